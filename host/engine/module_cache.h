// Compiled modules of this process, up to a bound of bytes, the least recently used going first. Loading happens once a
// module however many ask: mapped from an artifact where there is a good one, compiled on threads of its own otherwise.
// Thread: any. Lifetime: longer than every runner; the Engines and Artifacts outlive it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "host/engine/engines.h"
#include "host/engine/module.h"
#include "host/ports/artifacts.h"
#include "host/ports/loop.h"
#include "host/ports/step_runner.h"

namespace weft::host {

struct LoadedModule {
  std::shared_ptr<const Module> module;
  std::uint64_t compile_ns = 0;
  std::uint64_t map_ns = 0;
};

class ModuleCache {
 public:
  struct Options {
    std::uint64_t bound_bytes = 1ULL << 30;
    std::uint32_t compile_threads = 1;  // one compilation uses all cores by itself
  };
  // Told once for each artifact that was there and not used: its code and why (artifact.tampered, artifact.engine, ...).
  using Notice = std::function<void(const Error&)>;
  // `artifacts` may be null: nothing is kept between processes then.
  ModuleCache(Engines& engines, Artifacts* artifacts, Options options, Notice notice);
  ~ModuleCache();

  // What is loaded already.
  [[nodiscard]] std::shared_ptr<const Module> find(const Digest& digest, Mode mode);

  // Loads on a compile thread; `done` is posted to `loop`. Those who ask while it is under way get the same module, with
  // no times of their own. Errors: module.* (see load_error.cc).
  using Done = std::move_only_function<void(Result<LoadedModule>)>;
  void load(std::shared_ptr<const ModuleSource> source, Mode mode, Loop& loop, Done done);

  // The same, on this thread and without the cache.
  [[nodiscard]] Result<LoadedModule> load_now(const std::shared_ptr<const ModuleSource>& source, Mode mode);
  // Compiles and keeps the artifact, without loading it. Whether there was one already.
  enum class Ahead : std::uint8_t { compiled, was_there };
  [[nodiscard]] Result<Ahead> compile_ahead(const std::shared_ptr<const ModuleSource>& source);

 private:
  using Key = std::pair<Digest, Mode>;
  struct Waiting {
    Loop* loop;
    Done done;
  };
  struct Entry {
    std::shared_ptr<const Module> module;
    std::list<Key>::iterator use;
  };

  void work();
  [[nodiscard]] Result<LoadedModule> map_artifact(Engine& engine, const std::shared_ptr<const ModuleSource>& source);
  [[nodiscard]] Result<LoadedModule> compile(Engine& engine, const std::shared_ptr<const ModuleSource>& source, Mode mode);
  [[nodiscard]] Result<LoadedModule> load_on(Engine& engine, const std::shared_ptr<const ModuleSource>& source, Mode mode);
  void keep(const Key& key, const std::shared_ptr<const Module>& module);

  Engines& engines_;
  Artifacts* artifacts_;
  const Options options_;
  Notice notice_;
  std::mutex mutex_;
  std::condition_variable work_ready_;
  std::map<Key, Entry> entries_;
  std::list<Key> by_use_;  // most recent first
  std::uint64_t held_bytes_ = 0;
  std::map<Key, std::vector<Waiting>> loading_;
  struct Job {
    std::shared_ptr<const ModuleSource> source;
    Mode mode;
  };
  std::deque<Job> jobs_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

// Why Wasmtime, or we, refuse a module, in the user's words.
[[nodiscard]] Error load_error(const ModuleSource& source, std::string_view wasmtime_message);
// Whether these bytes can be a module at all; said before anybody tries to compile them.
[[nodiscard]] Result<void> check_preamble(const ModuleSource& source);

}  // namespace weft::host
