#include "core/wasi/clocks.h"

#include <algorithm>

#include "core/base/assert.h"

namespace weft::wasi {

std::uint64_t Clocks::read(HostClock clock) {
  const std::uint64_t now = peek(clock);
  if (is_virtual()) virtual_ns_ = saturating_add(virtual_ns_, kVirtualTickNs);
  return now;
}

std::uint64_t Clocks::peek(HostClock clock) const {
  if (!is_virtual()) return host_->now_ns(clock);
  const bool counts_from_start = clock == HostClock::process_cpu || clock == HostClock::thread_cpu;
  return counts_from_start ? virtual_ns_ - kVirtualStartNs : virtual_ns_;
}

std::uint64_t Clocks::resolution(HostClock clock) const {
  return is_virtual() ? kVirtualTickNs : host_->resolution_ns(clock);
}

void Clocks::sleep_until(std::uint64_t time_ns) {
  WEFT_ASSERT(is_virtual());
  virtual_ns_ = std::max(virtual_ns_, time_ns);
}

}  // namespace weft::wasi
