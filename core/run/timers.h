// The deadlines a run waits for, earliest first. Entries are never searched for: one that no longer applies is skipped
// by its owner when it comes up. Total order, so that equal times come in the same order everywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/run/events.h"

namespace weft::run {

struct Timer {
  enum class Kind : std::uint8_t { run_timeout, attempt_timeout, backoff };
  Instant deadline;
  Kind kind = Kind::run_timeout;
  Attempt attempt;  // of the other two: the try that runs out, or the one that failed
  friend auto operator<=>(const Timer&, const Timer&) = default;
};

class Timers {
 public:
  void add(const Timer& timer);
  [[nodiscard]] const Timer* earliest() const { return heap_.empty() ? nullptr : &heap_.front(); }
  void pop();

 private:
  std::vector<Timer> heap_;
};

}  // namespace weft::run
