// Any bytes as a module.
#include "core/module/module.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(weft::module::read_module(std::as_bytes(std::span(data, size))));
  return 0;
}
