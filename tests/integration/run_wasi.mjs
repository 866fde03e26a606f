// Runs a wasm32-wasi program under Node's own WASI: node run_wasi.mjs MODULE ARGS...
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const [module, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: "preview1", args: [module, ...args], returnOnExit: true });
const { instance } = await WebAssembly.instantiate(await readFile(module), wasi.getImportObject());
process.exitCode = wasi.start(instance);
