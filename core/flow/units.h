// Amounts as people write them, and as the canonical form does: "100ms", "1.5s", "64MiB". Used by documents and by the
// command line, so both take the same. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace weft::flow {

// A whole number, or one with up to three decimals, and a unit: us, ms, s, m or h, with nothing between. Zero needs a
// unit too. What is no whole number of microseconds is refused. Errors: flow.bad_duration, flow.out_of_range (no
// int64).
[[nodiscard]] Result<std::int64_t> parse_duration(std::string_view text);

// A whole number and a unit: B, KiB, MiB, GiB, TiB (powers of 1024) or KB, MB, GB, TB (powers of 1000). Errors:
// flow.bad_size, flow.out_of_range (over 2^53, beyond which JSON readers lose digits).
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);

// The shortest whole number with the largest unit that divides it: 1'500'000 is "1500ms", 0 is "0s". Taken by
// parse_duration.
[[nodiscard]] std::string duration_text(std::int64_t micros);
// The same with binary units: 65536 is "64KiB". Taken by parse_size.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace weft::flow
