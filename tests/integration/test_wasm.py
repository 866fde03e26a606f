"""The core built for wasm32-wasi decides as the native one does: traces of the simulation, byte for byte."""
import subprocess
import unittest

from harness import BUILD, PATIENCE_S, SANITIZED, SOURCE, WeftTest

SIM = BUILD / "sim/weft_sim"
SIM_WASM = BUILD.parent / "wasm/sim/weft_sim"


@unittest.skipIf(SANITIZED, "compared once, in the release build")
class Wasm(WeftTest):
    def setUp(self):
        super().setUp()
        self.assertTrue(SIM_WASM.exists(), "build it first: tools/build wasm")

    def test_a_thousand_traces_are_equal_under_node(self):
        native = subprocess.run([SIM, "traces", "0", "1000"], capture_output=True, timeout=PATIENCE_S)
        node = subprocess.run(["node", "--no-warnings", SOURCE / "tests/integration/run_wasi.mjs", SIM_WASM, "traces", "0", "1000"],
                              capture_output=True, timeout=PATIENCE_S)
        self.assertEqual((native.returncode, node.returncode), (0, 0), node.stderr.decode())
        self.assertEqual(native.stdout.count(b"seed "), 1000)
        self.assertTrue(native.stdout == node.stdout, "traces differ")

    def test_weft_runs_its_own_core_as_a_guest(self):
        native = subprocess.run([SIM, "traces", "0", "100"], capture_output=True, timeout=PATIENCE_S)
        guest = self.weft("exec", SIM_WASM, "--", "traces", "0", "100")
        self.assertTrue(native.stdout == guest.stdout, "traces differ")
