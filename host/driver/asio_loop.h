// A shard's Loop on Boost.Asio. Made and run by Shards; one thread runs it.
#pragma once

#include <memory>

#include "host/ports/loop.h"

namespace weft::host {

class AsioLoop final : public Loop {
 public:
  AsioLoop();
  ~AsioLoop() override;

  void post(Task task) override;
  std::uint64_t now_ns() const override;
  std::unique_ptr<Pending> at(std::uint64_t deadline_ns, Task task) override;
  std::unique_ptr<Pending> when(int descriptor, Direction direction, Task task) override;

  // Handles what is posted until stop(), which any thread may call.
  void run();
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weft::host
