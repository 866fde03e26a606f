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
  auto oldest = idle_.end();
  for (auto it = idle_.begin(); it != idle_.end(); ++it)
    if (oldest == idle_.end() || it->second.instances.front().idle_since_ns < oldest->second.instances.front().idle_since_ns)
      oldest = it;
  if (oldest == idle_.end()) return false;
  oldest->second.instances.erase(oldest->second.instances.begin());
  if (oldest->second.instances.empty()) idle_.erase(oldest);
  --guests_;
  return true;
}

std::optional<HotInstance> EngineRunner::take_idle(const StepProgram& program) {
  const auto found = idle_.find(&program);
  if (found == idle_.end()) return std::nullopt;
  HotInstance instance = std::move(found->second.instances.back());
  found->second.instances.pop_back();
  if (found->second.instances.empty()) idle_.erase(found);
  return instance;
}

void EngineRunner::put_idle(const std::shared_ptr<const StepProgram>& program, HotInstance instance) {
  const flow::Instances& bounds = program->instances;
  if (bounds.max_reuse > 0 && instance.served >= bounds.max_reuse) {
    instance.guest.reset();
    return free_slot();
  }
  instance.idle_since_ns = loop_.now_ns();
  Idle& idle = idle_[program.get()];
  idle.program = program;
  idle.instances.push_back(std::move(instance));
  if (!waiting_.empty() && drop_oldest_idle()) loop_.post([this] { start_waiting(); });
  if (!sweep_timer_) sweep();
}

// Ends instances that were idle for longer than their step allows; sleeps until the next may be.
void EngineRunner::sweep() {
  sweep_timer_.reset();
  const std::uint64_t now = loop_.now_ns();
  std::uint64_t next = UINT64_MAX;
  for (auto it = idle_.begin(); it != idle_.end();) {
    auto& instances = it->second.instances;
    const auto timeout = static_cast<std::uint64_t>(it->second.program->instances.idle_timeout_us) * 1000;
    while (!instances.empty() && instances.size() > it->second.program->instances.min &&
           instances.front().idle_since_ns + timeout <= now) {
      instances.erase(instances.begin());
      free_slot();
    }
    if (!instances.empty()) next = std::min(next, std::max(instances.front().idle_since_ns + timeout, now + timeout / 2 + 1));
    it = instances.empty() ? idle_.erase(it) : std::next(it);
  }
  if (next != UINT64_MAX) sweep_timer_ = loop_.at(next, [this] { sweep(); });
}

}  // namespace weft::host
