// Every bound of host/store.
#pragma once

#include <cstdint>

namespace weft::host {

constexpr std::uint64_t kMaxArtifactBytes = 4ULL << 30;
constexpr std::uint64_t kSpillAboveBytes = 4ULL << 30;  // payload kept in memory before more goes to disk
constexpr std::uint64_t kSpillAtLeastBytes = 1ULL << 20;  // smaller blobs are not worth a file

}  // namespace weft::host
