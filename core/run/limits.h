// Every bound of core/run. SPEC section 1 where it names one.
#pragma once

#include <cstdint>

namespace weft::run {

constexpr std::uint32_t kMaxItems = 65'536;              // of one `each`; SPEC section 1, defaults
constexpr std::int64_t kMaxBackoffUs = 60'000'000;       // a wait between two tries
constexpr std::uint32_t kDefaultMaxRunning = 64;         // attempts of one run that may be under way at once
constexpr std::uint32_t kDefaultWindow = 4;              // runs of a stream that may be unanswered at once
constexpr std::uint32_t kMaxWindow = 1024;

}  // namespace weft::run
