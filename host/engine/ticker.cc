#include "host/engine/ticker.h"

#include <chrono>

#include "host/engine/limits.h"

namespace weft::host {

Ticker::~Ticker() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Ticker::enter() {
  running_.fetch_add(1, std::memory_order_seq_cst);
  if (!asleep_.load(std::memory_order_seq_cst)) return;
  const std::lock_guard lock(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { loop(); });
  asleep_.store(false);
  wake_.notify_one();
}

void Ticker::loop() {
  std::uint32_t idle = 0;
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (idle >= kIdleTicks) {
      asleep_.store(true, std::memory_order_seq_cst);
      // A guest that entered in between saw asleep_ false, so look once more before sleeping.
      if (running_.load(std::memory_order_seq_cst) == 0) wake_.wait(lock, [this] { return stop_ || !asleep_.load(); });
      asleep_.store(false);
      idle = 0;
    }
    wake_.wait_for(lock, std::chrono::nanoseconds(kTickNs), [this] { return stop_; });
    if (stop_) return;
    idle = running_.load(std::memory_order_relaxed) > 0 ? 0 : idle + 1;
    tick_();
  }
}

}  // namespace weft::host
