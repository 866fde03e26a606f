#include "host/driver/shards.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "host/driver/limits.h"

namespace weft::host {

// An attempt that runs on another shard than its run. Its handle lives here, the attempt there; both sides speak through
// the loops only.
class Shards::Remote final : public RunningAttempt {
 public:
  // What both shards hold; `over` is the target's alone, `started`, `done` and `wanted` the home's.
  struct Shared {
    Shard* home;
    Shard* target;
    bool over = false;
    StepRunner::Started started;
    StepRunner::Done done;
    bool wanted = true;
  };

  explicit Remote(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  ~Remote() override {
    shared_->wanted = false;
    shared_->target->loop.post([shared = shared_] {
      if (!std::exchange(shared->over, true)) shared->target->live.fetch_sub(1, std::memory_order_relaxed);
      shared->target->guests.erase(shared.get());
    });
  }
  void cancel(run::CancelAttempt::Reason reason) override {
    shared_->target->loop.post([shared = shared_, reason] {
      const auto found = shared->target->guests.find(shared.get());
      if (found != shared->target->guests.end() && !shared->over) found->second->cancel(reason);
    });
  }

  static void begin(const std::shared_ptr<Shared>& shared, AttemptSpec spec) {
    auto running = shared->target->own->start(
        std::move(spec),
        [shared] {
          shared->home->loop.post([shared] {
            if (shared->wanted && shared->started) shared->started();
          });
        },
        [shared](AttemptResult result) {
          shared->over = true;
          shared->target->live.fetch_sub(1, std::memory_order_relaxed);
          shared->home->loop.post([shared, result = std::move(result)]() mutable {
            if (std::exchange(shared->wanted, false)) shared->done(std::move(result));
          });
        });
    if (running) shared->target->guests.emplace(shared.get(), std::move(running));
  }

 private:
  std::shared_ptr<Shared> shared_;
};

// Starts attempts for the runs of one shard.
class Shards::Spread final : public StepRunner {
 public:
  Spread(Shards& shards, Shard& home) : shards_(shards), home_(home) {}

  std::unique_ptr<RunningAttempt> start(AttemptSpec spec, Started started, Done done) override {
    Shard& target = choose(*spec.program);
    if (spec.program->instances.max > 0) spec.instance_cap = share_of(*spec.program, target);
    target.live.fetch_add(1, std::memory_order_relaxed);
    if (&target == &home_) return start_here(std::move(spec), std::move(started), std::move(done));
    auto shared = std::make_shared<Remote::Shared>();
    shared->home = &home_;
    shared->target = &target;
    shared->started = std::move(started);
    shared->done = std::move(done);
    target.loop.post([shared, spec = std::move(spec)]() mutable {
      if (!shared->over) Remote::begin(shared, std::move(spec));
    });
    return std::make_unique<Remote>(std::move(shared));
  }

 private:
  class Here final : public RunningAttempt {
   public:
    Here(Shard& shard, std::shared_ptr<bool> over, std::unique_ptr<RunningAttempt> inner)
        : shard_(shard), over_(std::move(over)), inner_(std::move(inner)) {}
    ~Here() override {
      if (!*over_) shard_.live.fetch_sub(1, std::memory_order_relaxed);
    }
    void cancel(run::CancelAttempt::Reason reason) override { inner_->cancel(reason); }

   private:
    Shard& shard_;
    std::shared_ptr<bool> over_;
    std::unique_ptr<RunningAttempt> inner_;
  };

  std::unique_ptr<RunningAttempt> start_here(AttemptSpec spec, Started started, Done done) {
    auto over = std::make_shared<bool>(false);
    auto inner = home_.own->start(std::move(spec), std::move(started),
                                  [this, over, done = std::move(done)](AttemptResult result) mutable {
                                    *over = true;
                                    home_.live.fetch_sub(1, std::memory_order_relaxed);
                                    done(std::move(result));
                                  });
    if (!inner) return nullptr;
    return std::make_unique<Here>(home_, std::move(over), std::move(inner));
  }

  // A step that bounds its instances runs on so many shards at most, the first ones.
  [[nodiscard]] std::uint32_t shards_for(const StepProgram& program) const {
    return program.instances.max > 0 ? std::min(program.instances.max, shards_.count()) : shards_.count();
  }

  // How many of them a shard may have: all shares together are the step's `max`.
  [[nodiscard]] std::uint32_t share_of(const StepProgram& program, const Shard& shard) const {
    const std::uint32_t used = shards_for(program);
    return program.instances.max / used + (shard.index < program.instances.max % used ? 1 : 0);
  }

  // The home shard while it is idle, otherwise the one with the least to do.
  Shard& choose(const StepProgram& program) {
    const std::uint32_t used = shards_for(program);
    Shard* best = home_.index < used ? &home_ : shards_.shards_[0].get();
    std::int32_t least = best->live.load(std::memory_order_relaxed);
    for (std::uint32_t i = 0; i < used; ++i) {
      const std::int32_t live = shards_.shards_[i]->live.load(std::memory_order_relaxed);
      if (live < least) best = shards_.shards_[i].get(), least = live;
    }
    return *best;
  }

  Shards& shards_;
  Shard& home_;
};

Shards::Shards(std::uint32_t count, const MakeRunner& make_runner) {
  WEFT_ASSERT(count >= 1 && count <= kMaxShards);
  for (std::uint32_t i = 0; i < count; ++i) {
    auto& shard = shards_.emplace_back(std::make_unique<Shard>());
    shard->index = i;
    shard->own = make_runner(shard->loop, shard->pool);
    shard->spread = std::make_unique<Spread>(*this, *shard);
  }
  for (const auto& shard : shards_)
    shard->thread = std::thread([&loop = shard->loop] {
      // Signals are the main thread's, but for those that a guest's trap raises: blocked, they would end the process.
      sigset_t set;
      sigfillset(&set);
      for (const int trap : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP}) sigdelset(&set, trap);
      pthread_sigmask(SIG_BLOCK, &set, nullptr);
      loop.run();
    });
}

Shards::~Shards() {
  for (const auto& shard : shards_) shard->loop.stop();
  for (const auto& shard : shards_) shard->thread.join();
  for (const auto& shard : shards_) shard->guests.clear();
  for (const auto& shard : shards_) shard->spread.reset();
  for (const auto& shard : shards_) shard->own.reset();
}

}  // namespace weft::host
