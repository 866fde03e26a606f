#include "host/ports/step_runner.h"

namespace weft::host {

std::string_view name_of(Mode mode) {
  switch (mode) {
    case Mode::aot: return "aot";
    case Mode::jit: return "jit";
    case Mode::winch: return "winch";
  }
  return "";
}

std::string_view name_of(Start start) {
  switch (start) {
    case Start::cold: return "cold";
    case Start::warm: return "warm";
    case Start::hot: return "hot";
  }
  return "";
}

}  // namespace weft::host
