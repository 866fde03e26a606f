// Ties the 45 calls of wasi_snapshot_preview1 to the Guest of the calling store (its store data).
#pragma once

#include "host/engine/wasmtime_api.h"

namespace weft::host {

[[nodiscard]] OwnedLinker make_wasi_linker(wasm_engine_t* engine);

}  // namespace weft::host
