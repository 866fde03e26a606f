#include "host/engine/runner.h"

#include <algorithm>
#include <utility>

#include "host/engine/attempt.h"

namespace weft::host {
namespace {

class Handle final : public RunningAttempt {
 public:
  explicit Handle(std::shared_ptr<EngineAttempt> attempt) : attempt_(std::move(attempt)) {}
  void cancel(run::CancelAttempt::Reason reason) override { attempt_->cancel(reason); }

 private:
  std::shared_ptr<EngineAttempt> attempt_;
};

}  // namespace

EngineRunner::EngineRunner(Engines& engines, ModuleCache& modules, Loop& loop, std::shared_ptr<ChunkPool> pool,
                           std::uint32_t max_guests)
    : engines_(engines), modules_(modules), loop_(loop), pool_(std::move(pool)), max_guests_(max_guests) {}

EngineRunner::~EngineRunner() = default;

std::unique_ptr<RunningAttempt> EngineRunner::start(AttemptSpec spec, Started started, Done done) {
  const auto attempt = std::make_shared<EngineAttempt>(*this, std::move(spec), std::move(started), std::move(done));
  attempt->begin();
  if (attempt->over()) return nullptr;
  return std::make_unique<Handle>(attempt);
}

bool EngineRunner::take_slot() {
  if (guests_ >= max_guests_ && !drop_oldest_idle()) return false;
  ++guests_;
  return true;
}

void EngineRunner::free_slot() {
  --guests_;
  if (!waiting_.empty()) loop_.post([this] { start_waiting(); });
}

void EngineRunner::start_waiting() {
  while (!waiting_.empty() && guests_ < max_guests_) {
    const auto attempt = waiting_.front().lock();
    waiting_.pop_front();
    if (attempt && !attempt->over()) attempt->begin_instance();
  }
}

bool EngineRunner::drop_oldest_idle() {
  Pool* oldest = nullptr;
  for (auto& [program, pool] : pools_)
    if (!pool.idle.empty() && (oldest == nullptr || pool.idle.front().idle_since_ns < oldest->idle.front().idle_since_ns)) oldest = &pool;
  if (oldest == nullptr) return false;
  oldest->idle.erase(oldest->idle.begin());
  --guests_;
  uncount_instance(*oldest->program);
  return true;
}

bool EngineRunner::count_instance(const AttemptSpec& spec, std::weak_ptr<EngineAttempt> attempt) {
  Pool& pool = pools_[spec.program.get()];
  pool.program = spec.program;
  if (spec.instance_cap > 0 && pool.count >= spec.instance_cap) {
    pool.waiting.push_back(std::move(attempt));
    return false;
  }
  ++pool.count;
  return true;
}

void EngineRunner::uncount_instance(const StepProgram& program) {
  Pool& pool = pools_.at(&program);
  --pool.count;
  start_next(pool);
  forget_if_unused(program);
}

// Somebody's instance is free or gone: who waits for one begins again, on a turn of its own.
void EngineRunner::start_next(Pool& pool) {
  while (!pool.waiting.empty()) {
    const auto attempt = pool.waiting.front().lock();
    pool.waiting.pop_front();
    if (!attempt || attempt->over()) continue;
    return loop_.post([weak = std::weak_ptr(attempt)] {
      if (const auto next = weak.lock(); next && !next->over()) next->begin();
    });
  }
}

void EngineRunner::forget_if_unused(const StepProgram& program) {
  const auto found = pools_.find(&program);
  if (found->second.count == 0 && found->second.waiting.empty()) pools_.erase(found);
}

std::optional<HotInstance> EngineRunner::take_idle(const StepProgram& program) {
  const auto found = pools_.find(&program);
  if (found == pools_.end() || found->second.idle.empty()) return std::nullopt;
  HotInstance instance = std::move(found->second.idle.back());
  found->second.idle.pop_back();
  return instance;
}

void EngineRunner::put_idle(const std::shared_ptr<const StepProgram>& program, HotInstance instance) {
  const flow::Instances& bounds = program->instances;
  if (bounds.max_reuse > 0 && instance.served >= bounds.max_reuse) {
    instance.guest.reset();
    free_slot();
    return uncount_instance(*program);
  }
  instance.idle_since_ns = loop_.now_ns();
  Pool& pool = pools_.at(program.get());
  pool.idle.push_back(std::move(instance));
  start_next(pool);
  if (!waiting_.empty() && drop_oldest_idle()) loop_.post([this] { start_waiting(); });
  if (!sweep_timer_) sweep();
}

// Ends instances that were idle for longer than their step allows; sleeps until the next may be.
void EngineRunner::sweep() {
  sweep_timer_.reset();
  const std::uint64_t now = loop_.now_ns();
  std::uint64_t next = UINT64_MAX;
  std::vector<std::shared_ptr<const StepProgram>> dropped;
  for (auto& [key, pool] : pools_) {
    const auto timeout = static_cast<std::uint64_t>(pool.program->instances.idle_timeout_us) * 1000;
    std::size_t keep = pool.idle.size();
    while (keep > pool.program->instances.min && pool.idle[pool.idle.size() - keep].idle_since_ns + timeout <= now) --keep;
    for (std::size_t i = pool.idle.size() - keep; i > 0; --i) dropped.push_back(pool.program);
    pool.idle.erase(pool.idle.begin(), pool.idle.end() - static_cast<std::ptrdiff_t>(keep));
    if (keep > pool.program->instances.min) next = std::min(next, pool.idle.front().idle_since_ns + timeout);
  }
  for (const auto& program : dropped) {
    free_slot();
    uncount_instance(*program);
  }
  if (next != UINT64_MAX) sweep_timer_ = loop_.at(next, [this] { sweep(); });
}

}  // namespace weft::host
