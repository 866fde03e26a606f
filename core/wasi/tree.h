// The guest's file tree: in memory, gone after the try, nothing of the host in it. /in and mounted files are read-only.
// Owner and thread: its Process. Paths here are the host's own (absolute, normalised, no links followed); guest paths
// are resolved by the calls (path.h).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/wasi/host.h"

namespace weft::wasi {

class Nodes;

class FileTree {
 public:
  FileTree(Host& host, std::uint64_t max_bytes, std::uint32_t max_nodes);
  ~FileTree();
  FileTree(const FileTree&) = delete;
  FileTree& operator=(const FileTree&) = delete;

  // Puts an immutable file (its bytes already with the host) at `path`, making the folders on the way.
  // Errors: wasi.bad_path (relative, empty name, "..", NUL, over 255 bytes a name), wasi.path_taken, wasi.tree_full.
  Result<void> mount_read_only(std::string_view path, ContentId content, std::uint64_t size_bytes);
  // The same with bytes that the guest may change; they are the process's from now on and count against its bound.
  Result<void> mount_writable(std::string_view path, ContentId content, std::uint64_t size_bytes);
  Result<void> make_folder(std::string_view path);

  struct File {
    std::optional<ContentId> content;  // nothing: it is empty and was never written
    std::uint64_t size_bytes = 0;
  };
  // A regular file after the run; nothing where there is none (links are followed, inside the tree).
  [[nodiscard]] std::optional<File> find_file(std::string_view path) const;

  struct Listed {
    std::string path;  // relative to the folder asked for
    enum class Kind { file, folder, link } kind;
    File file;            // of a file
    std::string target;   // of a link
  };
  // Everything below a folder, in name order, parents first.
  [[nodiscard]] std::vector<Listed> list(std::string_view folder) const;

  // For the calls of core/wasi.
  [[nodiscard]] Nodes& nodes() { return *nodes_; }

 private:
  enum class Access : std::uint8_t { read_only, writable };
  Result<void> mount(std::string_view path, ContentId content, std::uint64_t size_bytes, Access access);

  std::unique_ptr<Nodes> nodes_;
};

}  // namespace weft::wasi
