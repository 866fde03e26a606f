// Advances the epoch of the engines every kTickNs while any guest runs, so that guests yield and deadlines are seen.
// One thread, made on first use; asleep when nothing runs. enter() and leave() are cheap and may come from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace weft::host {

class Ticker {
 public:
  explicit Ticker(std::function<void()> tick) : tick_(std::move(tick)) {}
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  void enter();
  void leave() { running_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  void loop();

  std::function<void()> tick_;
  std::atomic<std::int64_t> running_{0};
  std::atomic<bool> asleep_{true};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace weft::host
