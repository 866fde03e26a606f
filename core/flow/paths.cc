#include "core/flow/paths.h"

#include <algorithm>

#include "core/flow/limits.h"

namespace weft::flow {
namespace {

bool has_control(std::string_view path) {
  return std::any_of(path.begin(), path.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

}  // namespace

std::string_view relative_path_problem(std::string_view path) {
  if (path.empty()) return "is empty";
  if (path.size() > limits::kPathBytes) return "is too long";
  if (has_control(path)) return "holds a control character";
  if (path.front() == '/') return "starts with /";
  if (path.back() == '/') return "ends with /";
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty()) return "has //";
    if (part == "." || part == "..") return "has a part that is . or ..";
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return {};
}

std::string_view guest_path_problem(std::string_view path) {
  if (path.empty()) return "is empty";
  if (path.front() != '/') return "does not start with /";
  if (path == "/") return "is the whole file tree";
  if (path[1] == '/') return "has //";
  return relative_path_problem(path.substr(1));
}

std::string plain_host_path(std::string_view path) {
  std::string plain;
  if (path.starts_with('/') || path.size() > limits::kPathBytes || has_control(path)) return plain;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part == "..") return {};
    if (!part.empty() && part != ".") {
      if (!plain.empty()) plain.push_back('/');
      plain += part;
    }
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return plain;
}

std::vector<std::pair<std::size_t, std::size_t>> overlaps(const std::vector<std::string_view>& paths) {
  std::vector<std::pair<std::string_view, std::size_t>> sorted;
  for (std::size_t i = 0; i < paths.size(); ++i) sorted.emplace_back(paths[i], i);
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    for (std::size_t slash = paths[i].find('/', 1); slash != std::string_view::npos;
         slash = paths[i].find('/', slash + 1)) {
      const std::string_view above = paths[i].substr(0, slash);
      const auto at = std::lower_bound(sorted.begin(), sorted.end(), std::pair(above, std::size_t{0}));
      if (at == sorted.end() || at->first != above) continue;
      found.emplace_back(i, at->second);
      break;
    }
  }
  return found;
}

}  // namespace weft::flow
