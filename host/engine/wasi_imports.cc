#include "host/engine/wasi_imports.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/base/assert.h"
#include "core/wasi/functions.h"
#include "host/engine/guest.h"

namespace weft::host {
namespace {

constexpr std::string_view kModule = "wasi_snapshot_preview1";
constexpr std::size_t kMaxParams = 9;  // path_open

struct Entry {
  wasi::Function function;
  std::string_view params;
};

constexpr std::array<Entry, wasi::kFunctions.size()> kEntries = [] {
  std::array<Entry, wasi::kFunctions.size()> entries{};
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i] = {static_cast<wasi::Function>(i), wasi::kFunctions[i].params};
  }
  return entries;
}();

Guest& guest_of(wasmtime_caller_t* caller, wasmtime_context_t*& context) {
  context = wasmtime_caller_context(caller);
  return *static_cast<Guest*>(wasmtime_context_get_data(context));
}

// Ends the guest; why is in the Guest, never read out of this text.
wasm_trap_t* stop_trap() {
  constexpr std::string_view kText = "weft: stopped";
  return wasmtime_trap_new(kText.data(), kText.size());
}

// A call that never waits.
wasm_trap_t* call_now(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* values, std::size_t) noexcept {
  const auto& entry = *static_cast<const Entry*>(env);
  wasmtime_context_t* context = nullptr;
  Guest& guest = guest_of(caller, context);
  std::array<std::uint64_t, kMaxParams> args;
  for (std::size_t i = 0; i < entry.params.size(); ++i)
    args[i] = entry.params[i] == 'I' ? static_cast<std::uint64_t>(values[i].i64)
                                     : static_cast<std::uint32_t>(values[i].i32);
  guest.see_memory(context);
  const wasi::Answer answer = guest.process().call(entry.function, std::span(args).first(entry.params.size()));
  if (guest.ended_by(answer)) return stop_trap();
  WEFT_ASSERT(answer.kind == wasi::Answer::Kind::done);
  values[0].i32 = static_cast<std::int32_t>(answer.error);
  return nullptr;
}

bool continue_call(void* env) noexcept { return static_cast<Guest*>(env)->continue_call(); }

// A call that may suspend the guest's fiber.
void call_waiting(void* env, wasmtime_caller_t* caller, const wasmtime_val_t* values, std::size_t, wasmtime_val_t* results,
                  std::size_t, wasm_trap_t** trap, wasmtime_async_continuation_t* continuation) noexcept {
  const auto& entry = *static_cast<const Entry*>(env);
  wasmtime_context_t* context = nullptr;
  Guest& guest = guest_of(caller, context);
  std::array<std::uint64_t, kMaxParams> args;
  for (std::size_t i = 0; i < entry.params.size(); ++i)
    args[i] = entry.params[i] == 'I' ? static_cast<std::uint64_t>(values[i].of.i64)
                                     : static_cast<std::uint32_t>(values[i].of.i32);
  guest.see_memory(context);
  guest.begin_call({results, trap, &stop_trap});
  guest.settle_call(guest.process().call(entry.function, std::span(args).first(entry.params.size())));
  *continuation = {&continue_call, &guest, nullptr};
}

struct FunctypeDelete {
  void operator()(wasm_functype_t* type) const { wasm_functype_delete(type); }
};

std::unique_ptr<wasm_functype_t, FunctypeDelete> type_of(const wasi::FunctionInfo& info) {
  wasm_valtype_vec_t params;
  wasm_valtype_vec_t results;
  wasm_valtype_vec_new_uninitialized(&params, info.params.size());
  for (std::size_t i = 0; i < info.params.size(); ++i)
    params.data[i] = wasm_valtype_new(info.params[i] == 'I' ? WASM_I64 : WASM_I32);
  wasm_valtype_vec_new_uninitialized(&results, info.has_result ? 1 : 0);
  if (info.has_result) results.data[0] = wasm_valtype_new(WASM_I32);
  return std::unique_ptr<wasm_functype_t, FunctypeDelete>(wasm_functype_new(&params, &results));
}

}  // namespace

OwnedLinker make_wasi_linker(wasm_engine_t* engine) {
  OwnedLinker linker(wasmtime_linker_new(engine));
  for (std::size_t i = 0; i < wasi::kFunctions.size(); ++i) {
    const wasi::FunctionInfo& info = wasi::kFunctions[i];
    const auto type = type_of(info);
    void* entry = const_cast<Entry*>(&kEntries[i]);
    const OwnedError error(
        info.may_wait
            ? wasmtime_linker_define_async_func(linker.get(), kModule.data(), kModule.size(), info.name.data(),
                                                info.name.size(), type.get(), call_waiting, entry, nullptr)
            : wasmtime_linker_define_func_unchecked(linker.get(), kModule.data(), kModule.size(), info.name.data(),
                                                    info.name.size(), type.get(), call_now, entry, nullptr));
    WEFT_ASSERT(error == nullptr);
  }
  return linker;
}

}  // namespace weft::host
