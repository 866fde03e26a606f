// A shard that runs workflows of test guests, for benchmarks: every call blocks until its run has ended.
// Thread: the benchmark's; the shard has its own.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "host/driver/run_driver.h"
#include "host/driver/shards.h"
#include "host/engine/engines.h"
#include "host/engine/module_cache.h"

namespace weft::bench {

class Workbench {
 public:
  explicit Workbench(std::string guests);

  [[nodiscard]] std::shared_ptr<const host::ModuleSource> module(const std::string& name);
  // Gives every step the module of that name.
  [[nodiscard]] std::shared_ptr<const host::PreparedWorkflow> prepare(flow::Workflow workflow, const std::string& module);
  // Runs it `times` times one after the other, all on the shard; the last result.
  host::RunResult run(const std::shared_ptr<const host::PreparedWorkflow>& prepared, const host::Blob& input, std::uint32_t times);
  // On the shard's thread.
  void on_shard(const std::function<void()>& work);

  [[nodiscard]] host::Engines& engines() { return engines_; }
  [[nodiscard]] const std::shared_ptr<host::ChunkPool>& pool() { return shards_.pool(0); }

 private:
  void next(const std::shared_ptr<const host::PreparedWorkflow>& prepared, const host::Blob& input, std::uint32_t left);
  void finish();
  void wait();

  std::string guests_;
  host::Engines engines_{host::Allocator::pooled};
  host::ModuleCache modules_{engines_, nullptr, {}, nullptr};
  host::Shards shards_;
  std::unique_ptr<host::RunDriver> driver_;
  host::RunResult result_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool done_ = false;
};

}  // namespace weft::bench
