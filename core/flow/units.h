// Amounts as documents and the command line write them. Pure. Errors: unit.bad_duration, unit.bad_size.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/error.h"

namespace weft::flow {

// "250us", "100ms", "1.5s", "2m", "1h": a number of at most three decimals and its unit, whole microseconds, at least
// `1us` unless it is 0, at most kMaxDurationUs.
[[nodiscard]] Result<std::int64_t> parse_duration(std::string_view text);
// "512B", "64KiB", "64MiB", "2GiB", "1TiB", or decimal "64kB", "64MB", "2GB", "1TB"; whole bytes.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);

}  // namespace weft::flow
