#include "host/engine/floor.h"

#include <cstring>
#include <vector>

#include "core/base/assert.h"
#include "core/wasi/functions.h"

namespace weft::host {
namespace {

// What the suspended guest reads from and writes to.
struct Pipe {
  std::span<const std::byte> in;
  std::vector<std::byte> out;
  wasmtime_val_t* results = nullptr;
  std::byte* memory = nullptr;
  std::uint32_t args[4] = {};
};

wasm_trap_t* answer_zero(void*, wasmtime_caller_t*, wasmtime_val_raw_t* values, std::size_t count) {
  if (count > 0) values[0].i32 = 0;
  return nullptr;
}

bool ready(void*) { return true; }

void answer_zero_later(void*, wasmtime_caller_t*, const wasmtime_val_t*, std::size_t, wasmtime_val_t* results, std::size_t,
                       wasm_trap_t**, wasmtime_async_continuation_t* continuation) {
  results[0].kind = WASMTIME_I32;
  results[0].of.i32 = 0;
  *continuation = {ready, nullptr, nullptr};
}

void answer(Pipe& pipe, std::uint32_t count) {
  std::memcpy(pipe.memory + pipe.args[3], &count, sizeof count);
  pipe.results[0].kind = WASMTIME_I32;
  pipe.results[0].of.i32 = 0;
}

bool continue_read(void* env) {
  Pipe& pipe = *static_cast<Pipe*>(env);
  if (pipe.in.empty()) return false;
  std::uint32_t vector[2];
  std::memcpy(vector, pipe.memory + pipe.args[1], sizeof vector);
  const auto size = static_cast<std::uint32_t>(std::min<std::size_t>(vector[1], pipe.in.size()));
  std::memcpy(pipe.memory + vector[0], pipe.in.data(), size);
  pipe.in = pipe.in.subspan(size);
  answer(pipe, size);
  return true;
}

Pipe& begin(wasmtime_caller_t* caller, const wasmtime_val_t* args, wasmtime_val_t* results) {
  wasmtime_context_t* context = wasmtime_caller_context(caller);
  Pipe& pipe = *static_cast<Pipe*>(wasmtime_context_get_data(context));
  wasmtime_extern_t memory;
  wasmtime_caller_export_get(caller, "memory", 6, &memory);
  pipe.memory = reinterpret_cast<std::byte*>(wasmtime_memory_data(context, &memory.of.memory));
  for (std::size_t i = 0; i < 4; ++i) pipe.args[i] = static_cast<std::uint32_t>(args[i].of.i32);
  pipe.results = results;
  return pipe;
}

void pipe_read(void*, wasmtime_caller_t* caller, const wasmtime_val_t* args, std::size_t, wasmtime_val_t* results, std::size_t,
               wasm_trap_t**, wasmtime_async_continuation_t* continuation) {
  *continuation = {continue_read, &begin(caller, args, results), nullptr};
}

void pipe_write(void*, wasmtime_caller_t* caller, const wasmtime_val_t* args, std::size_t, wasmtime_val_t* results, std::size_t,
                wasm_trap_t**, wasmtime_async_continuation_t* continuation) {
  Pipe& pipe = begin(caller, args, results);
  std::uint32_t vector[2];
  std::memcpy(vector, pipe.memory + pipe.args[1], sizeof vector);
  pipe.out.assign(pipe.memory + vector[0], pipe.memory + vector[0] + vector[1]);
  answer(pipe, vector[1]);
  *continuation = {ready, nullptr, nullptr};
}

OwnedLinker make_linker(wasm_engine_t* engine, bool piped) {
  constexpr std::string_view kModule = "wasi_snapshot_preview1";
  OwnedLinker linker(wasmtime_linker_new(engine));
  for (const wasi::FunctionInfo& info : wasi::kFunctions) {
    wasm_valtype_vec_t params, results;
    wasm_valtype_vec_new_uninitialized(&params, info.params.size());
    for (std::size_t i = 0; i < info.params.size(); ++i) params.data[i] = wasm_valtype_new(info.params[i] == 'I' ? WASM_I64 : WASM_I32);
    wasm_valtype_vec_new_uninitialized(&results, info.has_result ? 1 : 0);
    if (info.has_result) results.data[0] = wasm_valtype_new(WASM_I32);
    wasm_functype_t* type = wasm_functype_new(&params, &results);
    wasmtime_func_async_callback_t waiting = answer_zero_later;
    if (piped && info.name == "fd_read") waiting = pipe_read;
    if (piped && info.name == "fd_write") waiting = pipe_write;
    const OwnedError error(info.may_wait ? wasmtime_linker_define_async_func(linker.get(), kModule.data(), kModule.size(), info.name.data(), info.name.size(), type, waiting, nullptr, nullptr)
                                         : wasmtime_linker_define_func_unchecked(linker.get(), kModule.data(), kModule.size(), info.name.data(), info.name.size(), type, answer_zero, nullptr, nullptr));
    wasm_functype_delete(type);
    WEFT_ASSERT(error == nullptr);
  }
  return linker;
}

}  // namespace

struct Floor::State {
  Engine* engine;
  OwnedModule module;
  OwnedLinker plain, piped;
  OwnedInstancePre pre, piped_pre;
  Pipe pipe;
  // Of the suspended guest; the future goes before the store.
  wasm_trap_t* trap = nullptr;
  wasmtime_error_t* error = nullptr;
  wasmtime_instance_t instance{};
  wasmtime_extern_t start{};
  OwnedStore store;
  OwnedFuture future;
};

Floor::Floor(Engines& engines, std::span<const std::byte> wasm) : state_(std::make_unique<State>()) {
  state_->engine = &engines.get(Compiler::cranelift);
  wasm_engine_t* engine = state_->engine->engine.get();
  wasmtime_module_t* module = nullptr;
  const OwnedError bad(wasmtime_module_new(engine, reinterpret_cast<const std::uint8_t*>(wasm.data()), wasm.size(), &module));
  WEFT_ASSERT(bad == nullptr);
  state_->module.reset(module);
  const auto link = [&](OwnedLinker& linker, OwnedInstancePre& pre, bool piped) {
    linker = make_linker(engine, piped);
    wasmtime_instance_pre_t* raw = nullptr;
    const OwnedError error(wasmtime_linker_instantiate_pre(linker.get(), module, &raw));
    WEFT_ASSERT(error == nullptr);
    pre.reset(raw);
  };
  link(state_->plain, state_->pre, false);
  link(state_->piped, state_->piped_pre, true);
}

Floor::~Floor() = default;

void Floor::fresh() {
  OwnedStore store(wasmtime_store_new(state_->engine->engine.get(), nullptr, nullptr));
  wasmtime_context_t* context = wasmtime_store_context(store.get());
  wasmtime_context_set_epoch_deadline(context, 1);
  wasmtime_context_epoch_deadline_async_yield_and_update(context, 1);
  wasm_trap_t* trap = nullptr;
  wasmtime_error_t* error = nullptr;
  wasmtime_instance_t instance;
  OwnedFuture future(wasmtime_instance_pre_instantiate_async(state_->pre.get(), context, &instance, &trap, &error));
  while (!wasmtime_call_future_poll(future.get())) {
  }
  wasmtime_extern_t start;
  wasmtime_instance_export_get(context, &instance, "_start", 6, &start);
  future.reset(wasmtime_func_call_async(context, &start.of.func, nullptr, 0, nullptr, 0, &trap, &error));
  while (!wasmtime_call_future_poll(future.get())) {
  }
  future.reset();
  if (trap != nullptr) wasm_trap_delete(trap);
  if (error != nullptr) wasmtime_error_delete(error);
}

void Floor::suspend() {
  State& s = *state_;
  s.store.reset(wasmtime_store_new(s.engine->engine.get(), &s.pipe, nullptr));
  wasmtime_context_t* context = wasmtime_store_context(s.store.get());
  wasmtime_context_set_epoch_deadline(context, 1);
  wasmtime_context_epoch_deadline_async_yield_and_update(context, 1);
  s.future.reset(wasmtime_instance_pre_instantiate_async(s.piped_pre.get(), context, &s.instance, &s.trap, &s.error));
  while (!wasmtime_call_future_poll(s.future.get())) {
  }
  wasmtime_instance_export_get(context, &s.instance, "_start", 6, &s.start);
  s.future.reset(wasmtime_func_call_async(context, &s.start.of.func, nullptr, 0, nullptr, 0, &s.trap, &s.error));
  static_cast<void>(wasmtime_call_future_poll(s.future.get()));
}

void Floor::frame(std::span<const std::byte> bytes) {
  state_->pipe.in = bytes;
  state_->pipe.out.clear();
  while (state_->pipe.out.empty() || !state_->pipe.in.empty()) static_cast<void>(wasmtime_call_future_poll(state_->future.get()));
  WEFT_ASSERT(state_->pipe.out.size() == bytes.size());
}

}  // namespace weft::host
