// Constants and layouts of wasi_snapshot_preview1, after its witx definition. Sizes in bytes, times in nanoseconds.
#pragma once

#include <cstdint>

namespace weft::wasi {

using Rights = std::uint64_t;

constexpr Rights kRightFdDatasync = 1ULL << 0;
constexpr Rights kRightFdRead = 1ULL << 1;
constexpr Rights kRightFdSeek = 1ULL << 2;
constexpr Rights kRightFdFdstatSetFlags = 1ULL << 3;
constexpr Rights kRightFdSync = 1ULL << 4;
constexpr Rights kRightFdTell = 1ULL << 5;
constexpr Rights kRightFdWrite = 1ULL << 6;
constexpr Rights kRightFdAdvise = 1ULL << 7;
constexpr Rights kRightFdAllocate = 1ULL << 8;
constexpr Rights kRightPathCreateDirectory = 1ULL << 9;
constexpr Rights kRightPathCreateFile = 1ULL << 10;
constexpr Rights kRightPathLinkSource = 1ULL << 11;
constexpr Rights kRightPathLinkTarget = 1ULL << 12;
constexpr Rights kRightPathOpen = 1ULL << 13;
constexpr Rights kRightFdReaddir = 1ULL << 14;
constexpr Rights kRightPathReadlink = 1ULL << 15;
constexpr Rights kRightPathRenameSource = 1ULL << 16;
constexpr Rights kRightPathRenameTarget = 1ULL << 17;
constexpr Rights kRightPathFilestatGet = 1ULL << 18;
constexpr Rights kRightPathFilestatSetSize = 1ULL << 19;
constexpr Rights kRightPathFilestatSetTimes = 1ULL << 20;
constexpr Rights kRightFdFilestatGet = 1ULL << 21;
constexpr Rights kRightFdFilestatSetSize = 1ULL << 22;
constexpr Rights kRightFdFilestatSetTimes = 1ULL << 23;
constexpr Rights kRightPathSymlink = 1ULL << 24;
constexpr Rights kRightPathRemoveDirectory = 1ULL << 25;
constexpr Rights kRightPathUnlinkFile = 1ULL << 26;
constexpr Rights kRightPollFdReadwrite = 1ULL << 27;
constexpr Rights kAllRights = (1ULL << 30) - 1;  // with the two of sockets

// What makes sense on a file, on a folder, on a stream.
constexpr Rights kFileRights = kRightFdDatasync | kRightFdRead | kRightFdSeek | kRightFdFdstatSetFlags | kRightFdSync |
                               kRightFdTell | kRightFdWrite | kRightFdAdvise | kRightFdAllocate | kRightFdFilestatGet |
                               kRightFdFilestatSetSize | kRightFdFilestatSetTimes | kRightPollFdReadwrite;
constexpr Rights kFolderRights = kRightFdFdstatSetFlags | kRightFdSync | kRightFdDatasync | kRightFdAdvise | kRightPathCreateDirectory |
                                 kRightPathCreateFile | kRightPathLinkSource | kRightPathLinkTarget | kRightPathOpen |
                                 kRightFdReaddir | kRightPathReadlink | kRightPathRenameSource | kRightPathRenameTarget |
                                 kRightPathFilestatGet | kRightPathFilestatSetSize | kRightPathFilestatSetTimes |
                                 kRightFdFilestatGet | kRightFdFilestatSetTimes | kRightPathSymlink |
                                 kRightPathRemoveDirectory | kRightPathUnlinkFile | kRightPollFdReadwrite;
constexpr Rights kStreamRights = kRightFdRead | kRightFdFdstatSetFlags | kRightFdWrite | kRightFdFilestatGet | kRightPollFdReadwrite |
                                 kRightFdSync | kRightFdDatasync;

enum class FileType : std::uint8_t {
  unknown, block_device, character_device, directory, regular_file, socket_dgram, socket_stream, symbolic_link,
};

constexpr std::uint16_t kFlagAppend = 1, kFlagDsync = 2, kFlagNonblock = 4, kFlagRsync = 8, kFlagSync = 16, kAllFlags = 31;
constexpr std::uint16_t kOpenCreate = 1, kOpenDirectory = 2, kOpenExclusive = 4, kOpenTruncate = 8, kAllOpenFlags = 15;
constexpr std::uint16_t kSetAtim = 1, kSetAtimNow = 2, kSetMtim = 4, kSetMtimNow = 8, kAllSetFlags = 15;
constexpr std::uint32_t kFollowLinks = 1;
constexpr std::uint8_t kSeekSet = 0, kSeekCurrent = 1, kSeekEnd = 2;
constexpr std::uint8_t kEventClock = 0, kEventRead = 1, kEventWrite = 2;
constexpr std::uint16_t kEventHangup = 1;
constexpr std::uint16_t kClockAbsolute = 1;

constexpr std::uint32_t kVectorBytes = 8;
constexpr std::uint32_t kFdstatBytes = 24;
constexpr std::uint32_t kFilestatBytes = 64;
constexpr std::uint32_t kPrestatBytes = 8;
constexpr std::uint32_t kDirentBytes = 24;
constexpr std::uint32_t kSubscriptionBytes = 48;
constexpr std::uint32_t kEventBytes = 32;

}  // namespace weft::wasi
