// Every bound of core/wasi that is not a run's to set (those are Bounds in process.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace weft::wasi {

constexpr std::uint32_t kMaxTransferBytes = 1U << 20;  // moved by one call before others get a turn
constexpr std::uint32_t kMaxNameBytes = 255;
constexpr std::uint32_t kMaxPathBytes = 4096;
constexpr std::uint32_t kMaxLinksFollowed = 32;        // in one path
constexpr std::uint32_t kMaxVectors = 1024;            // of one read or write, as IOV_MAX
constexpr std::uint32_t kMaxSubscriptions = 4096;      // of one poll_oneoff
constexpr std::uint32_t kMaxListedEntries = 1U << 20;  // names held for directory readers, all together
constexpr std::uint64_t kMaxFileBytes = 1ULL << 40;    // whatever the bound: offsets stay far from overflow

}  // namespace weft::wasi
