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

class Clocks;
class NodeStore;

class FileTree {
 public:
  FileTree(NodeStore& nodes, const Clocks& clocks) : nodes_(&nodes), clocks_(&clocks) {}

  // Puts an immutable file (its bytes already with the host) at `path`, making the folders on the way. A folder so made
  // at or below /in is read-only itself; elsewhere it is scratch, takes new names, and cannot be moved or removed.
  // Mounts are never refused for Bounds::files, but they count.
  // Errors: wasi.bad_path (relative, empty name, "." or "..", NUL, not UTF-8, over 255 bytes a name), wasi.path_taken.
  Result<void> mount_read_only(std::string_view path, ContentId content, std::uint64_t size_bytes);
  // The same with bytes that the guest may change; they are the process's from now on and count against its bound.
  Result<void> mount_writable(std::string_view path, ContentId content, std::uint64_t size_bytes);
  Result<void> make_folder(std::string_view path);

  struct File {
    ContentId content;  // means nothing where size_bytes is 0: a file that never had bytes has no content
    std::uint64_t size_bytes;
  };
  // A regular file after the run; nothing where there is none (links are followed, inside the tree).
  [[nodiscard]] std::optional<File> find_file(std::string_view path) const;

  struct Listed {
    std::string path;  // relative to the folder asked for
    enum class Kind { file, folder, link } kind;
    File file;           // of a file
    std::string target;  // of a link
  };
  // Everything below a folder, in name order, parents first. Left out: what lies deeper than a path of kMaxPathBytes
  // (limits.h) reaches, which a guest can make step by step.
  [[nodiscard]] std::vector<Listed> list(std::string_view folder) const;

 private:
  NodeStore* nodes_;
  const Clocks* clocks_;
};

}  // namespace weft::wasi
