// Every bound of host/driver.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weft::host {

constexpr std::uint32_t kMaxShards = 256;
constexpr std::size_t kMaxEventsATurn = 256;      // what one run may do on its shard before others get a turn
constexpr std::size_t kLogTailLines = 20;         // shown of a failed step
constexpr std::size_t kLogTailBytes = 16 * 1024;
constexpr std::int64_t kLongStepNs = 50'000;      // a step that takes less is not worth sending to another shard

}  // namespace weft::host
