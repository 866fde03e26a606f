// Every bound of core/wasi that is not a setting of the run (those are Bounds, in process.h).
#pragma once

#include <cstdint>

namespace weft::wasi {

// One Host transfer, and all of one call() or resume(): past it the answer is `more`, so that neighbours get their
// turn.
inline constexpr std::uint32_t kMaxTransferBytes = 1U << 20;

inline constexpr std::uint32_t kMaxNameBytes = 255;        // one name in a folder; longer is ENAMETOOLONG
inline constexpr std::uint32_t kMaxPathBytes = 4096;       // one path, or the target of one link
inline constexpr std::uint32_t kMaxLinksFollowed = 40;     // in one lookup; more is ELOOP
inline constexpr std::uint32_t kMaxIovecs = 1024;          // of one read or write; more is EINVAL, as IOV_MAX has it
inline constexpr std::uint32_t kMaxSubscriptions = 4096;   // of one poll_oneoff; more is EINVAL
inline constexpr std::uint32_t kEntropyChunkBytes = 4096;  // asked of the host at once
inline constexpr std::uint64_t kMaxFileBytes = (1ULL << 63) - 1;  // largest offset; past it EFBIG or EINVAL

}  // namespace weft::wasi
