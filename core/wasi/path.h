// Resolves guest paths in a file tree: from a folder downwards, never out of it, links followed up to a bound. Private to
// core/wasi. No recursion; the work is linear in the path and the links in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/wasi/errno.h"
#include "core/wasi/nodes.h"

namespace weft::wasi {

struct Resolved {
  NodeId folder{};              // that the last name stands in
  std::string name;             // empty: the path names `folder` itself ("." or "a/..")
  std::optional<NodeId> node;   // what the name is now, if anything
  bool trailing_slash = false;  // so it must be a folder
};

enum class LastLink : std::uint8_t { keep, follow };

struct Resolution {
  Errno error = Errno::success;
  Resolved path;
};

// `path` as the guest gave it. A last name that does not exist is no error here; everything before must.
[[nodiscard]] Resolution resolve(const Nodes& nodes, NodeId base, std::string_view path, LastLink last);

// An absolute path of the host's, links followed.
[[nodiscard]] std::optional<NodeId> resolve_host_path(const Nodes& nodes, std::string_view path);

}  // namespace weft::wasi
