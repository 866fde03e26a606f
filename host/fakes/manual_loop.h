// A Loop for tests: time stands still until it is told to go on, and handlers run when the test says so.
// Thread: the test's.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <utility>

#include "host/ports/loop.h"

namespace weft::host {

class ManualLoop final : public Loop {
 public:
  void post(Task task) override { tasks_.push_back(std::move(task)); }
  std::uint64_t now_ns() const override { return now_ns_; }
  std::unique_ptr<Pending> at(std::uint64_t deadline_ns, Task task) override {
    auto alive = std::make_shared<bool>(true);
    timers_.emplace(deadline_ns, Timer{alive, std::move(task)});
    return std::make_unique<Handle>(std::move(alive));
  }
  std::unique_ptr<Pending> when(int, Direction, Task) override { return nullptr; }

  // Runs what is posted, and what that posts, until nothing is left.
  void settle() {
    while (!tasks_.empty()) {
      Task task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }
  // Lets time pass; what falls due runs at its time.
  void advance(std::uint64_t ns) {
    const std::uint64_t end = now_ns_ + ns;
    settle();
    while (!timers_.empty() && timers_.begin()->first <= end) {
      auto next = timers_.extract(timers_.begin());
      now_ns_ = std::max(now_ns_, next.key());
      if (*next.mapped().alive) next.mapped().task();
      settle();
    }
    now_ns_ = end;
  }

 private:
  struct Timer {
    std::shared_ptr<bool> alive;
    Task task;
  };
  class Handle final : public Pending {
   public:
    explicit Handle(std::shared_ptr<bool> alive) : alive_(std::move(alive)) {}
    ~Handle() override { *alive_ = false; }

   private:
    std::shared_ptr<bool> alive_;
  };

  std::uint64_t now_ns_ = 1'000'000;
  std::deque<Task> tasks_;
  std::multimap<std::uint64_t, Timer> timers_;
};

}  // namespace weft::host
