// Numbers and layouts of WASI preview 1 as they lie in guest memory (little-endian; sizes and offsets after the witx
// definition of wasi_snapshot_preview1). Only names and packing: what they mean is in the calls.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace weft::wasi {

enum class FileType : std::uint8_t { unknown = 0, character_device = 2, folder = 3, file = 4, link = 7 };

using Rights = std::uint64_t;
namespace rights {
inline constexpr Rights kFdDatasync = 1ULL << 0;
inline constexpr Rights kFdRead = 1ULL << 1;
inline constexpr Rights kFdSeek = 1ULL << 2;
inline constexpr Rights kFdSetFlags = 1ULL << 3;
inline constexpr Rights kFdSync = 1ULL << 4;
inline constexpr Rights kFdTell = 1ULL << 5;
inline constexpr Rights kFdWrite = 1ULL << 6;
inline constexpr Rights kFdAdvise = 1ULL << 7;
inline constexpr Rights kFdAllocate = 1ULL << 8;
inline constexpr Rights kPathCreateDirectory = 1ULL << 9;
inline constexpr Rights kPathCreateFile = 1ULL << 10;
inline constexpr Rights kPathLinkSource = 1ULL << 11;
inline constexpr Rights kPathLinkTarget = 1ULL << 12;
inline constexpr Rights kPathOpen = 1ULL << 13;
inline constexpr Rights kFdReaddir = 1ULL << 14;
inline constexpr Rights kPathReadlink = 1ULL << 15;
inline constexpr Rights kPathRenameSource = 1ULL << 16;
inline constexpr Rights kPathRenameTarget = 1ULL << 17;
inline constexpr Rights kPathFilestatGet = 1ULL << 18;
inline constexpr Rights kPathFilestatSetSize = 1ULL << 19;
inline constexpr Rights kPathFilestatSetTimes = 1ULL << 20;
inline constexpr Rights kFdFilestatGet = 1ULL << 21;
inline constexpr Rights kFdFilestatSetSize = 1ULL << 22;
inline constexpr Rights kFdFilestatSetTimes = 1ULL << 23;
inline constexpr Rights kPathSymlink = 1ULL << 24;
inline constexpr Rights kPathRemoveDirectory = 1ULL << 25;
inline constexpr Rights kPathUnlinkFile = 1ULL << 26;
inline constexpr Rights kPollFdReadwrite = 1ULL << 27;
inline constexpr Rights kAll = (1ULL << 30) - 1;  // with sock_shutdown and sock_accept, which nothing here honours

// What each kind of descriptor can have at all.
inline constexpr Rights kFolder = kPathCreateDirectory | kPathCreateFile | kPathLinkSource | kPathLinkTarget |
                                  kPathOpen | kFdReaddir | kPathReadlink | kPathRenameSource | kPathRenameTarget |
                                  kPathFilestatGet | kPathFilestatSetSize | kPathFilestatSetTimes | kFdFilestatGet |
                                  kFdFilestatSetTimes | kPathSymlink | kPathRemoveDirectory | kPathUnlinkFile |
                                  kPollFdReadwrite;
inline constexpr Rights kFile = kFdDatasync | kFdRead | kFdSeek | kFdSetFlags | kFdSync | kFdTell | kFdWrite |
                                kFdAdvise | kFdAllocate | kFdFilestatGet | kFdFilestatSetSize | kFdFilestatSetTimes |
                                kPollFdReadwrite;
inline constexpr Rights kStream = kFdSetFlags | kFdFilestatGet | kPollFdReadwrite;
// Those that path_open grants only where they are asked for; the others come with the descriptor.
inline constexpr Rights kAskedFor = kFdRead | kFdWrite | kFdAllocate | kFdFilestatSetSize;
}  // namespace rights

namespace fdflags {
inline constexpr std::uint16_t kAppend = 1, kDsync = 2, kNonblock = 4, kRsync = 8, kSync = 16, kAll = 31;
}
namespace oflags {
inline constexpr std::uint32_t kCreate = 1, kDirectory = 2, kExclusive = 4, kTruncate = 8, kAll = 15;
}
namespace fstflags {
inline constexpr std::uint32_t kAccessed = 1, kAccessedNow = 2, kModified = 4, kModifiedNow = 8, kAll = 15;
}
inline constexpr std::uint32_t kLookupFollow = 1;
inline constexpr std::uint32_t kAdviceCount = 6;
inline constexpr std::uint32_t kSignalCount = 31;
inline constexpr std::uint32_t kShutdownAll = 3;
inline constexpr std::uint32_t kWhenceSet = 0, kWhenceCurrent = 1, kWhenceEnd = 2;
inline constexpr std::uint8_t kEventClock = 0, kEventRead = 1, kEventWrite = 2;
inline constexpr std::uint16_t kClockAbsolute = 1;
inline constexpr std::uint16_t kHangup = 1;

inline constexpr std::uint32_t kIovecBytes = 8;
inline constexpr std::uint32_t kFdstatBytes = 24;
inline constexpr std::uint32_t kFilestatBytes = 64;
inline constexpr std::uint32_t kDirentBytes = 24;
inline constexpr std::uint32_t kPrestatBytes = 8;
inline constexpr std::uint32_t kSubscriptionBytes = 48;
inline constexpr std::uint32_t kEventBytes = 32;

inline constexpr std::uint64_t kDevice = 1;  // one file system, one device number

// A structure being filled for the guest; what is not put is zero.
template <std::size_t Size>
struct Packed {
  std::array<std::byte, Size> bytes{};

  template <class T>
  constexpr void put(std::size_t offset, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      bytes[offset + i] = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * i));
    }
  }
};

// A little-endian number out of bytes that the guest gave.
template <class T>
[[nodiscard]] constexpr T unpack(const std::byte* from) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value |= static_cast<std::uint64_t>(from[i]) << (8 * i);
  return static_cast<T>(value);
}

}  // namespace weft::wasi
