#include "host/store/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "core/base/text.h"
#include "host/payload/buffer.h"
#include "host/store/descriptor.h"

namespace weft::host {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> unreadable(const std::string& path, int error) {
  if (error == ENOENT) return fail("file.missing", "there is no file `" + path + "`");
  if (error == EISDIR) return fail("file.is_folder", "`" + path + "` is a folder, not a file");
  return fail("file.unreadable", "`" + path + "` cannot be read: " + std::strerror(error));
}

std::unexpected<Error> unwritable(const std::string& path, int error) {
  if (error == ENOSPC || error == EDQUOT) return fail("file.full", "`" + path + "` cannot be written: the disk is full");
  return fail("file.unwritable", "`" + path + "` cannot be written: " + std::strerror(error));
}

// 0, or errno.
int write_all(int fd, const Blob& blob) {
  for (const Blob::Piece& piece : blob.pieces()) {
    std::span<const std::byte> left = piece.bytes();
    while (!left.empty()) {
      const ssize_t put = ::write(fd, left.data(), left.size());
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return errno;
      left = left.subspan(static_cast<std::size_t>(put));
    }
  }
  return 0;
}

}  // namespace

Result<Blob> read_descriptor(int descriptor, const std::string& name, const std::shared_ptr<ChunkPool>& pool,
                             std::uint64_t max_bytes) {
  Buffer buffer(pool);
  for (;;) {
    const std::span<std::byte> room = buffer.room();
    if (room.empty()) return fail("file.unreadable", "`" + name + "` cannot be read: memory is out");
    const ssize_t got = ::read(descriptor, room.data(), room.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(name, errno);
    if (got == 0) return buffer.freeze();
    buffer.commit(static_cast<std::size_t>(got));
    if (buffer.size_bytes() > max_bytes)
      return fail("file.too_large", "`" + name + "` is larger than the bound of " + format_bytes(max_bytes));
  }
}

Result<Blob> read_file(const std::string& path, const std::shared_ptr<ChunkPool>& pool, std::uint64_t max_bytes) {
  if (path == "-") return read_descriptor(STDIN_FILENO, "standard input", pool, max_bytes);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return unreadable(path, errno);
  struct stat info {};
  if (::fstat(file.get(), &info) == 0 && S_ISDIR(info.st_mode)) return unreadable(path, EISDIR);
  if (S_ISREG(info.st_mode) && static_cast<std::uint64_t>(info.st_size) > max_bytes)
    return fail("file.too_large", "`" + path + "` is larger than the bound of " + format_bytes(max_bytes));
  return read_descriptor(file.get(), path, pool, max_bytes);
}

Result<std::vector<FoundFile>> list_files(const std::string& path, std::uint32_t max_files) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return unreadable(path, ENOENT);
  if (error) return unreadable(path, error.value());
  if (!fs::is_directory(status)) return std::vector<FoundFile>{{"", path}};
  const fs::path root = fs::canonical(path, error);
  if (error) return unreadable(path, error.value());
  std::vector<FoundFile> found;
  for (auto it = fs::recursive_directory_iterator(root, error); !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (it->is_symlink()) {
      const fs::path target = fs::weakly_canonical(it->path(), error);
      const auto [end, _] = std::mismatch(root.begin(), root.end(), target.begin(), target.end());
      if (error || end != root.end())
        return fail("file.link", "`" + it->path().string() + "` is a link that leaves its folder");
    }
    if (!it->is_regular_file()) continue;
    if (found.size() == max_files)
      return fail("file.too_many", "`" + path + "` holds more than " + std::to_string(max_files) + " files");
    found.push_back({fs::relative(it->path(), root).generic_string(), it->path().string()});
  }
  if (error) return unreadable(path, error.value());
  std::sort(found.begin(), found.end(), [](const FoundFile& a, const FoundFile& b) { return a.relative < b.relative; });
  return found;
}

Result<void> write_file(const std::string& path, const Blob& blob) {
  const fs::path target(path);
  std::error_code error;
  if (target.has_parent_path()) fs::create_directories(target.parent_path(), error);
  if (error) return unwritable(path, error.value());
  std::string temporary = path + ".XXXXXX";
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file) return unwritable(path, errno);
  int problem = write_all(file.get(), blob);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  if (problem == 0 && ::fchmod(file.get(), 0666 & ~mask) != 0) problem = errno;
  if (problem == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) problem = errno;
  if (problem == 0) return {};
  ::unlink(temporary.c_str());
  return unwritable(path, problem);
}

Result<void> write_descriptor(int descriptor, const Blob& blob) {
  const int problem = write_all(descriptor, blob);
  if (problem == 0) return {};
  if (problem == EPIPE) return fail("file.closed", "nobody reads the output any more");
  return unwritable("standard output", problem);
}

}  // namespace weft::host
