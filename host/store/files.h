// Reading what the user names and writing what the user asked for. Errors name the path and say why.
// Thread: any; blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "host/payload/blob.h"
#include "host/payload/chunk.h"

namespace weft::host {

// A whole file, or standard input for "-". Errors: file.missing, file.unreadable, file.too_large, file.is_folder.
[[nodiscard]] Result<Blob> read_file(const std::string& path, const std::shared_ptr<ChunkPool>& pool, std::uint64_t max_bytes);
[[nodiscard]] Result<Blob> read_descriptor(int descriptor, const std::string& name, const std::shared_ptr<ChunkPool>& pool,
                                           std::uint64_t max_bytes);

struct FoundFile {
  std::string relative;  // below the folder; empty where the path itself is a file
  std::string path;
};
// The regular files of a folder, all levels, by name; or the one file that the path is. Links out of the folder are
// refused. Errors: as read_file, file.link.
[[nodiscard]] Result<std::vector<FoundFile>> list_files(const std::string& path, std::uint32_t max_files);

// Writes beside and renames, so that a reader sees all of it or nothing; folders on the way are made. Errors: file.unwritable,
// file.full. Nothing is left behind on an error.
[[nodiscard]] Result<void> write_file(const std::string& path, const Blob& blob);
// To a descriptor that stays open. A reader that is gone is file.closed.
[[nodiscard]] Result<void> write_descriptor(int descriptor, const Blob& blob);

}  // namespace weft::host
