// Every bound of host/engine.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weft::host {

constexpr std::size_t kMaxModuleBytes = 512ULL << 20;
constexpr std::size_t kMaxWasmStackBytes = 2ULL << 20;     // a guest's own calls; past it: trap.stack_overflow
constexpr std::size_t kFiberStackBytes = kMaxWasmStackBytes + (512ULL << 10);  // and what our calls need on top
constexpr std::uint32_t kMaxTableElements = 10'000'000;
constexpr std::uint32_t kPoolSlots = 128;                  // instances of one pooled engine at once
constexpr std::uint32_t kPoolTableElements = 20'000;       // a module with more runs on demand
constexpr std::size_t kPoolInstanceBytes = 1ULL << 20;
constexpr std::uint64_t kMemoryReservationBytes = 4ULL << 30;  // so that no bounds check is compiled in
constexpr std::uint64_t kTickNs = 1'000'000;               // an epoch: how long a guest runs before others get a turn
constexpr std::uint32_t kIdleTicks = 64;                   // after so many with no guest running the ticker sleeps
constexpr std::size_t kMaxTrapMessageBytes = 4096;

}  // namespace weft::host
