// A seeded simulation of core/run: a random workflow, random outcomes, delays, cancellations and clocks, and a check of
// what must always hold. The same seed gives the same trace, natively and as wasm. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace weft::sim {

struct Simulated {
  std::uint64_t events = 0;
  std::string trace;      // every event and action, a line each (core/run/trace.h); empty unless asked for
  std::string violation;  // what did not hold; empty: all did
};

enum class Trace : std::uint8_t { drop, keep };
[[nodiscard]] Simulated simulate(std::uint64_t seed, Trace trace);

}  // namespace weft::sim
