// Rules for paths in a workflow: below /in, below /out, in the guest, below the document's folder. Pure functions;
// nothing here looks at a disk, so a link that leaves the folder is the host's to refuse.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weft::flow {

// What keeps `path` from being relative and in its plain form ("has an empty part"), or empty.
[[nodiscard]] std::string_view relative_path_problem(std::string_view path);
// The same for an absolute path of the guest. "/" itself is refused.
[[nodiscard]] std::string_view guest_path_problem(std::string_view path);

// `path` without "." and empty parts and without a slash at its end: "./a//b/" is "a/b". Empty where it is not relative
// or names the folder itself or leaves it: any ".." is refused, because with links in between it says nothing certain.
[[nodiscard]] std::string plain_host_path(std::string_view path);

// Pairs (below, above) of positions where one path lies below another. Paths are distinct.
[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> overlaps(const std::vector<std::string_view>& paths);

}  // namespace weft::flow
