#include "host/engine/module_cache.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/base/assert.h"
#include "core/module/grow_watch.h"
#include "core/wasi/functions.h"
#include "host/engine/limits.h"

namespace weft::host {
namespace {

std::uint64_t monotonic_ns() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec);
}

std::string_view text_of(const wasm_name_t& name) { return {name.data, name.size}; }

// The first import that weft does not provide, as "module.name", or nothing.
std::optional<std::string> unknown_import(const wasmtime_module_t& module) {
  wasm_importtype_vec_t imports;
  wasmtime_module_imports(&module, &imports);
  std::optional<std::string> found;
  for (std::size_t i = 0; i < imports.size && !found; ++i) {
    const std::string_view from = text_of(*wasm_importtype_module(imports.data[i]));
    const std::string_view name = text_of(*wasm_importtype_name(imports.data[i]));
    const bool known = from == "wasi_snapshot_preview1" && wasi::find_function(name).has_value();
    if (!known) found = std::string(from) + "." + std::string(name);
  }
  wasm_importtype_vec_delete(&imports);
  return found;
}

// Ties a compiled module to the imports; from here on it can be instantiated.
Result<LoadedModule> finish(Engine& engine, const std::shared_ptr<const ModuleSource>& source, OwnedModule code) {
  auto module = std::make_shared<Module>();
  module->engine = &engine;
  module->source = source;
  if (const auto import = unknown_import(*code))
    return fail("module.unknown_import", "`" + source->path + "` imports `" + *import +
                                             "`, which is not part of WASI preview 1; build it for wasm32-wasi");
  wasmtime_instance_pre_t* pre = nullptr;
  if (const OwnedError error(wasmtime_linker_instantiate_pre(engine.linker.get(), code.get(), &pre)); error)
    return std::unexpected(load_error(*source, message_of(*error)));
  module->pre.reset(pre);
  void* begin = nullptr;
  void* end = nullptr;
  wasmtime_module_image_range(code.get(), &begin, &end);
  module->code_bytes = static_cast<std::uint64_t>(static_cast<char*>(end) - static_cast<char*>(begin));
  module->code = std::move(code);
  return LoadedModule{std::move(module), 0, 0};
}

}  // namespace

ModuleCache::ModuleCache(Engines& engines, Artifacts* artifacts, Options options, Notice notice)
    : engines_(engines), artifacts_(artifacts), options_(options), notice_(std::move(notice)) {}

ModuleCache::~ModuleCache() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  work_ready_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

std::shared_ptr<const Module> ModuleCache::find(const Digest& digest, Mode mode) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find({digest, mode});
  if (found == entries_.end()) return nullptr;
  by_use_.splice(by_use_.begin(), by_use_, found->second.use);
  return found->second.module;
}

void ModuleCache::load(std::shared_ptr<const ModuleSource> source, Mode mode, Loop& loop, Done done) {
  const std::lock_guard lock(mutex_);
  const Key key{source->digest, mode};
  std::vector<Waiting>& waiting = loading_[key];
  waiting.push_back({&loop, std::move(done)});
  if (waiting.size() > 1) return;
  jobs_.push_back({std::move(source), mode});
  if (threads_.size() < options_.compile_threads) threads_.emplace_back([this] { work(); });
  work_ready_.notify_one();
}

void ModuleCache::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_ready_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
    if (stop_) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    Result<LoadedModule> loaded = load_now(job.source, job.mode);
    lock.lock();
    const Key key{job.source->digest, job.mode};
    if (loaded) keep(key, loaded->module);
    std::vector<Waiting> waiting = std::move(loading_[key]);
    loading_.erase(key);
    for (Waiting& one : waiting) {
      one.loop->post([done = std::move(one.done), loaded]() mutable { done(std::move(loaded)); });
      if (loaded) loaded = LoadedModule{loaded->module, 0, 0};
    }
  }
}

// Called with the lock held.
void ModuleCache::keep(const Key& key, const std::shared_ptr<const Module>& module) {
  if (entries_.contains(key)) return;
  by_use_.push_front(key);
  entries_[key] = {module, by_use_.begin()};
  held_bytes_ += module->code_bytes;
  while (held_bytes_ > options_.bound_bytes && by_use_.size() > 1) {
    const auto last = entries_.find(by_use_.back());
    held_bytes_ -= last->second.module->code_bytes;
    entries_.erase(last);
    by_use_.pop_back();
  }
}

Result<LoadedModule> ModuleCache::load_now(const std::shared_ptr<const ModuleSource>& source, Mode mode) {
  if (auto good = check_preamble(*source); !good) return std::unexpected(good.error());
  Engine& engine = engines_.get(compiler_of(mode));
  Result<LoadedModule> loaded = load_on(engine, source, mode);
  if (loaded || engine.allocator == Allocator::on_demand) return loaded;
  // It may only be too large for the pool; if it is bad, the second error says so again.
  return load_on(engines_.get(compiler_of(mode), Allocator::on_demand), source, mode);
}

Result<LoadedModule> ModuleCache::load_on(Engine& engine, const std::shared_ptr<const ModuleSource>& source, Mode mode) {
  if (mode == Mode::aot && artifacts_ != nullptr) {
    Result<LoadedModule> mapped = map_artifact(engine, source);
    if (mapped && mapped->module) return mapped;
    if (!mapped && notice_) notice_(mapped.error());
  }
  return compile(engine, source, mode);
}

// A module that is empty: there is no artifact.
Result<LoadedModule> ModuleCache::map_artifact(Engine& engine, const std::shared_ptr<const ModuleSource>& source) {
  const std::uint64_t begin = monotonic_ns();
  auto artifact = artifacts_->open({source->digest, Engines::artifact_engine()});
  if (!artifact) return std::unexpected(artifact.error());
  if (*artifact == nullptr) return LoadedModule{};
  wasmtime_module_t* raw = nullptr;
  if (const OwnedError error(wasmtime_module_deserialize_file(engine.engine.get(), (*artifact)->path().c_str(), &raw)); error)
    return fail("artifact.engine", "the artifact of `" + source->path + "` does not fit this engine: " + message_of(*error));
  Result<LoadedModule> loaded = finish(engine, source, OwnedModule(raw));
  if (loaded) loaded->map_ns = monotonic_ns() - begin;
  return loaded;
}

Result<LoadedModule> ModuleCache::compile(Engine& engine, const std::shared_ptr<const ModuleSource>& source, Mode mode) {
  const std::uint64_t begin = monotonic_ns();
  const Blob& bytes = source->bytes;
  const std::string joined = bytes.to_string();
  std::span<const std::byte> wasm = std::as_bytes(std::span(joined));
  const auto watched = module::watch_growth(wasm);
  if (watched) wasm = *watched;
  wasmtime_module_t* raw = nullptr;
  if (const OwnedError error(wasmtime_module_new(engine.engine.get(), reinterpret_cast<const std::uint8_t*>(wasm.data()),
                                                 wasm.size(), &raw));
      error)
    return std::unexpected(load_error(*source, message_of(*error)));
  Result<LoadedModule> loaded = finish(engine, source, OwnedModule(raw));
  if (!loaded) return loaded;
  loaded->compile_ns = monotonic_ns() - begin;
  if (mode != Mode::aot || artifacts_ == nullptr) return loaded;
  wasm_byte_vec_t serialized;
  if (const OwnedError error(wasmtime_module_serialize(loaded->module->code.get(), &serialized)); error) return loaded;
  const auto put = artifacts_->put({source->digest, Engines::artifact_engine()},
                                   std::as_bytes(std::span(serialized.data, serialized.size)));
  wasm_byte_vec_delete(&serialized);
  if (!put && notice_) notice_(put.error());
  return loaded;
}

Result<ModuleCache::Ahead> ModuleCache::compile_ahead(const std::shared_ptr<const ModuleSource>& source) {
  WEFT_ASSERT(artifacts_ != nullptr);
  if (auto good = check_preamble(*source); !good) return std::unexpected(good.error());
  Engine& engine = engines_.get(Compiler::cranelift);
  auto mapped = map_artifact(engine, source);
  if (mapped && mapped->module) return Ahead::was_there;
  if (!mapped && notice_) notice_(mapped.error());
  auto loaded = compile(engine, source, Mode::aot);
  if (!loaded && engine.allocator == Allocator::pooled)
    loaded = compile(engines_.get(Compiler::cranelift, Allocator::on_demand), source, Mode::aot);
  if (!loaded) return std::unexpected(loaded.error());
  return Ahead::compiled;
}

}  // namespace weft::host
