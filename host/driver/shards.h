// The threads of a node: each runs one loop, with its own chunks and its own runner of guests. Nothing else is shared but
// immutable data. Attempts go to the shard whose run asks, or to an idle one when that is busy.
// Thread: made and destroyed by one; what is marked so may be called from any.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "host/driver/asio_loop.h"
#include "host/payload/chunk.h"
#include "host/ports/step_runner.h"

namespace weft::host {

class Shards {
 public:
  // Makes a shard's own runner; called on the constructing thread, once a shard.
  using MakeRunner = std::function<std::unique_ptr<StepRunner>(Loop&, const std::shared_ptr<ChunkPool>&)>;
  Shards(std::uint32_t count, const MakeRunner& make_runner);
  // Ends the threads; every attempt must be over or its handle dropped.
  ~Shards();

  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(shards_.size()); }
  [[nodiscard]] Loop& loop(std::uint32_t shard) { return shards_[shard]->loop; }
  [[nodiscard]] const std::shared_ptr<ChunkPool>& pool(std::uint32_t shard) { return shards_[shard]->pool; }
  // What a run on this shard starts its attempts with.
  [[nodiscard]] StepRunner& runner(std::uint32_t shard) { return *shards_[shard]->spread; }

 private:
  struct Shard {
    std::uint32_t index = 0;
    AsioLoop loop;
    std::shared_ptr<ChunkPool> pool = ChunkPool::make();
    std::unique_ptr<StepRunner> own;
    std::unique_ptr<StepRunner> spread;
    std::atomic<std::int32_t> live{0};  // attempts under way here
    // Attempts of runs that live elsewhere. Held by the shard, so that whatever a loop leaves undone when it is stopped,
    // they end with it.
    std::map<const void*, std::unique_ptr<RunningAttempt>> guests;
    std::thread thread;
  };
  class Spread;
  class Remote;

  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace weft::host
