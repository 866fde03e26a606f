// Wasmtime's C API and owners for its objects. Only host/engine includes this.
#pragma once

#include <wasmtime.h>

#include <memory>
#include <string>
#include <utility>

namespace weft::host {

template <auto Delete>
struct Deleter {
  template <class T>
  void operator()(T* object) const noexcept {
    Delete(object);
  }
};

using OwnedEngine = std::unique_ptr<wasm_engine_t, Deleter<wasm_engine_delete>>;
using OwnedStore = std::unique_ptr<wasmtime_store_t, Deleter<wasmtime_store_delete>>;
using OwnedModule = std::unique_ptr<wasmtime_module_t, Deleter<wasmtime_module_delete>>;
using OwnedLinker = std::unique_ptr<wasmtime_linker_t, Deleter<wasmtime_linker_delete>>;
using OwnedInstancePre = std::unique_ptr<wasmtime_instance_pre_t, Deleter<wasmtime_instance_pre_delete>>;
using OwnedFuture = std::unique_ptr<wasmtime_call_future_t, Deleter<wasmtime_call_future_delete>>;
using OwnedError = std::unique_ptr<wasmtime_error_t, Deleter<wasmtime_error_delete>>;
using OwnedTrap = std::unique_ptr<wasm_trap_t, Deleter<wasm_trap_delete>>;

[[nodiscard]] inline std::string message_of(const wasmtime_error_t& error) {
  wasm_byte_vec_t text;
  wasmtime_error_message(&error, &text);
  std::string out(text.data, text.size);
  wasm_byte_vec_delete(&text);
  return out;
}

}  // namespace weft::host
