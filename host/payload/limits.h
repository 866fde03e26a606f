// Every bound of host/payload.
#pragma once

#include <cstddef>

namespace weft::host {

constexpr std::size_t kSmallChunkBytes = 4096;           // what a buffer begins with: most answers are short
constexpr std::size_t kChunkBytes = 64 * 1024;           // and goes on with; one stdio buffer of most guests
constexpr std::size_t kMaxFreeChunks = 4096;             // 256 MiB kept for reuse by one pool
constexpr std::size_t kMaxFreeSmallChunks = 1024;
constexpr std::size_t kCopyOutBelowBytes = 1024;         // frozen answers below this give their chunk back at once

}  // namespace weft::host
