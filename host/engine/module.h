// A compiled module, ready to be instantiated by any shard; immutable.
#pragma once

#include <memory>
#include <string>

#include "host/engine/engines.h"
#include "host/engine/wasmtime_api.h"
#include "host/ports/step_runner.h"

namespace weft::host {

struct Module {
  Engine* engine = nullptr;
  std::shared_ptr<const ModuleSource> source;
  OwnedModule code;
  OwnedInstancePre pre;
  std::uint64_t code_bytes = 0;  // what it holds of memory
};

}  // namespace weft::host
