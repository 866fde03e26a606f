// What time the guest is told. Without a seed: the host's clocks. With one: a single virtual time that starts at
// 2000-01-01T00:00:00Z and moves only when the guest reads a clock (1 us after each reading) or sleeps (by the length
// of the sleep). Realtime and monotonic both tell it; the CPU clocks tell what has passed of it. Owner: its Process.
// File times are stamp(): the present moment, without moving a virtual one.
#pragma once

#include <cstdint>

#include "core/wasi/host.h"

namespace weft::wasi {

inline constexpr std::uint64_t kVirtualStartNs = 946'684'800'000'000'000;  // 2000-01-01T00:00:00Z
inline constexpr std::uint64_t kVirtualTickNs = 1'000;

[[nodiscard]] constexpr std::uint64_t saturating_add(std::uint64_t a, std::uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

class Clocks {
 public:
  enum class Kind : std::uint8_t { host, simulated };
  Clocks(Kind kind, Host& host) : host_(&host), kind_(kind) {}

  [[nodiscard]] bool is_virtual() const { return kind_ == Kind::simulated; }
  // A reading by the guest.
  [[nodiscard]] std::uint64_t read(HostClock clock);
  // The same value, without moving a virtual clock.
  [[nodiscard]] std::uint64_t peek(HostClock clock) const;
  [[nodiscard]] std::uint64_t stamp() const { return peek(HostClock::realtime); }
  [[nodiscard]] std::uint64_t resolution(HostClock clock) const;  // 0: there is no such clock here
  // Virtual only: a sleep until then is over. Never goes back.
  void sleep_until(std::uint64_t time_ns);

 private:
  Host* host_;
  std::uint64_t virtual_ns_ = kVirtualStartNs;
  Kind kind_;
};

}  // namespace weft::wasi
