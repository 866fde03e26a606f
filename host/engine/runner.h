// Runs attempts as guests on one shard. The StepRunner of a native node; the driver holds one a shard.
// Thread: the shard's own, all of it; compilation happens elsewhere (ModuleCache).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "host/engine/engines.h"
#include "host/engine/guest.h"
#include "host/engine/module_cache.h"
#include "host/payload/chunk.h"
#include "host/ports/loop.h"
#include "host/ports/step_runner.h"

namespace weft::host {

class EngineAttempt;

// A `stream` step's instance between frames.
struct HotInstance {
  std::unique_ptr<Guest> guest;
  FrameSource* in = nullptr;   // owned by the guest's ends
  FrameSink* out = nullptr;
  std::uint64_t served = 0;
  std::uint64_t idle_since_ns = 0;
};

class EngineRunner final : public StepRunner {
 public:
  // `max_guests`: instances this shard may have at once, idle ones included; attempts past it wait.
  EngineRunner(Engines& engines, ModuleCache& modules, Loop& loop, std::shared_ptr<ChunkPool> pool, std::uint32_t max_guests);
  ~EngineRunner() override;

  std::unique_ptr<RunningAttempt> start(AttemptSpec spec, Started started, Done done) override;

 private:
  friend class EngineAttempt;

  // The instances of one `stream` step on this shard.
  struct Pool {
    std::shared_ptr<const StepProgram> program;  // keeps the key alive
    std::vector<HotInstance> idle;               // the most recently used last
    std::uint32_t count = 0;                     // idle and at work
    std::deque<std::weak_ptr<EngineAttempt>> waiting;
  };

  [[nodiscard]] bool take_slot();
  void free_slot();
  [[nodiscard]] bool drop_oldest_idle();
  // Whether another instance of the step may be made; if not, the attempt begins again when one is free.
  [[nodiscard]] bool count_instance(const AttemptSpec& spec, std::weak_ptr<EngineAttempt> attempt);
  void uncount_instance(const StepProgram& program);
  void start_next(Pool& pool);
  void forget_if_unused(const StepProgram& program);
  [[nodiscard]] std::optional<HotInstance> take_idle(const StepProgram& program);
  void put_idle(const std::shared_ptr<const StepProgram>& program, HotInstance instance);
  void sweep();
  void start_waiting();

  Engines& engines_;
  ModuleCache& modules_;
  Loop& loop_;
  std::shared_ptr<ChunkPool> pool_;
  const std::uint32_t max_guests_;
  std::uint32_t guests_ = 0;
  std::deque<std::weak_ptr<EngineAttempt>> waiting_;
  std::map<const StepProgram*, Pool> pools_;
  std::unique_ptr<Pending> sweep_timer_;
};

}  // namespace weft::host
