// Where the code of one shard runs: handlers one after the other, timers, readiness of descriptors.
// Owner: the shard. post() may be called from any thread; everything else only on the shard's own.
// Not here: which shard does what (host/driver).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace weft::host {

using Task = std::move_only_function<void()>;

// Calls off what it stands for when it goes: a task that has not begun never begins.
class Pending {
 public:
  virtual ~Pending() = default;
};

class Loop {
 public:
  virtual ~Loop() = default;
  virtual void post(Task task) = 0;
  // Monotonic nanoseconds, of the same clock as deadlines.
  [[nodiscard]] virtual std::uint64_t now_ns() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Pending> at(std::uint64_t deadline_ns, Task task) = 0;
  enum class Direction : std::uint8_t { readable, writable };
  // Once, when `descriptor` is ready or has failed. It stays the caller's and must outlive the answer.
  [[nodiscard]] virtual std::unique_ptr<Pending> when(int descriptor, Direction direction, Task task) = 0;
};

}  // namespace weft::host
