#include "host/engine/engines.h"

#include <sys/mman.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "core/base/digest.h"
#include "host/engine/limits.h"
#include "host/engine/wasi_imports.h"

namespace weft::host {
namespace {

// Raised whenever a setting below changes what compiled code looks like.
constexpr std::string_view kSettingsVersion = "2";

struct ConfigDelete {
  void operator()(wasm_config_t* config) const { wasm_config_delete(config); }
};
using OwnedConfig = std::unique_ptr<wasm_config_t, ConfigDelete>;

// DESIGN section 4: the set that Wasmtime, Chromium and Node 20 all take; everything else is off by name, because
// Wasmtime's own defaults move. Fixed-width SIMD and bulk memory are part of it.
void set_features(wasm_config_t* c) {
  wasmtime_config_wasm_simd_set(c, true);
  wasmtime_config_wasm_bulk_memory_set(c, true);
  wasmtime_config_wasm_multi_value_set(c, true);
  wasmtime_config_wasm_reference_types_set(c, true);
  wasmtime_config_wasm_relaxed_simd_set(c, false);
  wasmtime_config_wasm_threads_set(c, false);
  wasmtime_config_shared_memory_set(c, false);
  wasmtime_config_wasm_tail_call_set(c, false);
  wasmtime_config_wasm_function_references_set(c, false);
  wasmtime_config_wasm_gc_set(c, false);
  wasmtime_config_wasm_multi_memory_set(c, false);
  wasmtime_config_wasm_memory64_set(c, false);
  wasmtime_config_wasm_wide_arithmetic_set(c, false);
  wasmtime_config_wasm_exceptions_set(c, false);
  wasmtime_config_wasm_custom_page_sizes_set(c, false);
  wasmtime_config_wasm_stack_switching_set(c, false);
  wasmtime_config_wasm_compact_imports_set(c, false);
}

void set_pool(wasm_config_t* c) {
  wasmtime_pooling_allocation_config_t* pool = wasmtime_pooling_allocation_config_new();
  wasmtime_pooling_allocation_config_total_core_instances_set(pool, kPoolSlots);
  wasmtime_pooling_allocation_config_total_memories_set(pool, kPoolSlots);
  wasmtime_pooling_allocation_config_total_tables_set(pool, kPoolSlots);
  wasmtime_pooling_allocation_config_total_stacks_set(pool, kPoolSlots);
  wasmtime_pooling_allocation_config_total_component_instances_set(pool, 1);
  wasmtime_pooling_allocation_config_total_gc_heaps_set(pool, 1);
  wasmtime_pooling_allocation_config_max_core_instance_size_set(pool, kPoolInstanceBytes);
  wasmtime_pooling_allocation_config_max_memories_per_module_set(pool, 1);
  wasmtime_pooling_allocation_config_max_tables_per_module_set(pool, 1);
  wasmtime_pooling_allocation_config_table_elements_set(pool, kPoolTableElements);
  wasmtime_pooling_allocation_config_max_memory_size_set(pool, kMemoryReservationBytes);
  wasmtime_pooling_allocation_config_max_unused_warm_slots_set(pool, kPoolSlots);
  wasmtime_pooling_allocation_strategy_set(c, pool);
  wasmtime_pooling_allocation_config_delete(pool);
}

OwnedConfig make_config(Compiler compiler, Allocator allocator) {
  OwnedConfig config(wasm_config_new());
  wasm_config_t* c = config.get();
  set_features(c);
  wasmtime_config_strategy_set(c, compiler == Compiler::winch ? WASMTIME_STRATEGY_WINCH : WASMTIME_STRATEGY_CRANELIFT);
  wasmtime_config_epoch_interruption_set(c, true);
  wasmtime_config_max_wasm_stack_set(c, kMaxWasmStackBytes);
  wasmtime_config_async_stack_size_set(c, kFiberStackBytes);
  // The same for both allocators, so that one artifact serves both.
  wasmtime_config_memory_reservation_set(c, kMemoryReservationBytes);
  wasmtime_config_memory_init_cow_set(c, true);
  wasmtime_config_native_unwind_info_set(c, false);
  wasmtime_config_cranelift_opt_level_set(c, WASMTIME_OPT_LEVEL_SPEED);
  wasmtime_config_parallel_compilation_set(c, true);
  if (allocator == Allocator::pooled) set_pool(c);
  return config;
}

// Whether the pool's address space can be had; asked first because Wasmtime's engine aborts where it cannot.
bool can_reserve_pool() {
  const std::size_t size = kPoolSlots * (kMemoryReservationBytes + (64ULL << 20));
  void* at = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) return false;
  ::munmap(at, size);
  return true;
}

// What tells CPUs apart for compiled code: the kernel's list of features.
std::string cpu_features() {
  std::ifstream info("/proc/cpuinfo");
  std::string line;
  while (std::getline(info, line))
    if (line.starts_with("flags") || line.starts_with("Features")) return line;
  return "unknown";
}

}  // namespace

Engines::Engines(Allocator preferred) : preferred_(preferred), ticker_([this] { tick(); }) {}

Engines::~Engines() = default;

void Engines::tick() {
  for (auto& row : ticked_)
    for (auto& engine : row)
      if (wasm_engine_t* e = engine.load(std::memory_order_acquire)) wasmtime_engine_increment_epoch(e);
}

Engine* Engines::make(Compiler compiler, Allocator allocator) {
  const auto c = static_cast<std::size_t>(compiler);
  const auto a = static_cast<std::size_t>(allocator);
  if (!engines_[c][a]) {
    auto engine = std::make_unique<Engine>(Engine{compiler, allocator, nullptr, nullptr});
    engine->engine.reset(wasm_engine_new_with_config(make_config(compiler, allocator).release()));
    if (!engine->engine) return nullptr;
    engine->linker = make_wasi_linker(engine->engine.get());
    ticked_[c][a].store(engine->engine.get(), std::memory_order_release);
    engines_[c][a] = std::move(engine);
  }
  return engines_[c][a].get();
}

Engine& Engines::get(Compiler compiler) { return get(compiler, preferred_); }

Engine& Engines::get(Compiler compiler, Allocator allocator) {
  const std::lock_guard lock(mutex_);
  if (allocator == Allocator::pooled && !pool_refused_ && !engines_[static_cast<std::size_t>(compiler)][1] &&
      !can_reserve_pool())
    pool_refused_ = "the address space for " + std::to_string(kPoolSlots) + " pooled instances could not be reserved";
  if (pool_refused_) allocator = Allocator::on_demand;
  Engine* engine = make(compiler, allocator);
  if (engine == nullptr) throw std::runtime_error("Wasmtime refused its configuration on this machine");
  return *engine;
}

std::optional<std::string> Engines::pool_refused() const {
  const std::lock_guard lock(mutex_);
  return pool_refused_;
}

std::string Engines::version() { return "wasmtime " WASMTIME_VERSION; }

std::string Engines::artifact_engine() {
  static const std::string kCpu = sha256(cpu_features()).hex().substr(0, 12);
  return "wasmtime-" WASMTIME_VERSION "-" + std::string(kSettingsVersion) + "-" + kCpu;
}

}  // namespace weft::host
