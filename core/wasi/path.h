// Finds what a guest's path means, starting at a descriptor's folder and never leaving it: an absolute path, a `..` too
// many, or a link that leads out is EPERM. Pure lookup: changes nothing.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "core/wasi/errno.h"
#include "core/wasi/nodes.h"

namespace weft::wasi {

// What becomes of a link that is the last name of a path. `if_folder`: followed only where a slash stands after it, as
// POSIX has it for calls that act on the link itself.
enum class LastLink : std::uint8_t { follow, if_folder, keep };

struct Place {
  NodeId folder{};             // the one that holds, or would hold, `name`
  std::string name;            // empty: the path ends in `.` or `..`, and means `folder` itself
  std::optional<NodeId> node;  // what is there
  bool wants_folder = false;   // a slash stood at the end
};

// ENOENT empty, ENAMETOOLONG, EINVAL for a NUL inside, EILSEQ where it is not UTF-8, EPERM absolute.
[[nodiscard]] Errno check_path(std::string_view path);

// `path` has passed check_path(). Errors: ENOENT and ENOTDIR on the way, ELOOP, ENAMETOOLONG, EPERM.
[[nodiscard]] std::expected<Place, Errno> resolve(const NodeStore& nodes, NodeId base, std::string_view path,
                                                  LastLink last_link);

}  // namespace weft::wasi
