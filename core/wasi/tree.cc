#include "core/wasi/tree.h"

#include <algorithm>
#include <utility>

#include "core/base/json_writer.h"
#include "core/base/text.h"
#include "core/wasi/clocks.h"
#include "core/wasi/limits.h"
#include "core/wasi/nodes.h"
#include "core/wasi/path.h"

namespace weft::wasi {
namespace {

constexpr std::string_view kInFolder = "in";

// The names of a host path, or nothing where it is not what tree.h asks for. "/" has none.
std::optional<std::vector<std::string_view>> names_of(std::string_view path) {
  if (!path.starts_with('/') || path.size() > kMaxPathBytes) return std::nullopt;
  if (path.find('\0') != std::string_view::npos || !is_utf8(path)) return std::nullopt;
  std::vector<std::string_view> names;
  std::string_view rest = path.substr(1);
  if (rest.empty()) return names;
  for (;;) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view name = rest.substr(0, end);
    if (name.empty() || name == "." || name == ".." || name.size() > kMaxNameBytes) return std::nullopt;
    names.push_back(name);
    if (end == rest.size()) return names;
    rest.remove_prefix(end + 1);
  }
}

std::unexpected<Error> bad_path(std::string_view path) {
  return fail("wasi.bad_path", "the guest path " + json_quote(path) +
                                   " is not absolute and normalised: /name/name, each at most 255 bytes of UTF-8");
}

std::unexpected<Error> path_taken(std::string_view path) {
  return fail("wasi.path_taken", "the guest path " + json_quote(path) + " meets something that is already there");
}

// The folder that `names` lead to, made where it is missing; nothing where something else stands in the way.
std::optional<NodeId> make_folders(NodeStore& nodes, std::span<const std::string_view> names, std::uint64_t now,
                                   Guard guard) {
  NodeId at = nodes.root(now);
  const bool below_in = !names.empty() && names.front() == kInFolder;
  for (const std::string_view name : names) {
    std::optional<NodeId> next = nodes.find(at, name);
    if (!next) next = nodes.mount(at, name, FileType::folder, now);
    Node& node = nodes.at(*next);
    if (node.type != FileType::folder) return std::nullopt;
    const Guard wanted = guard == Guard::carries_mounted && below_in ? Guard::mounted : guard;
    if (node.guard == Guard::none) node.guard = wanted;
    at = *next;
  }
  return at;
}

Result<void> mount(NodeStore& nodes, std::string_view path, ContentId content, std::uint64_t size, std::uint64_t now,
                   Guard guard) {
  const auto names = names_of(path);
  if (!names) return bad_path(path);
  if (names->empty()) return path_taken(path);
  const Guard on_the_way = guard == Guard::mounted ? Guard::carries_mounted : Guard::none;
  const auto parents = std::span(*names).first(names->size() - 1);
  const std::optional<NodeId> folder = make_folders(nodes, parents, now, on_the_way);
  if (!folder || nodes.find(*folder, names->back())) return path_taken(path);
  const NodeId file = nodes.mount(*folder, names->back(), FileType::file, now);
  nodes.at(file).guard = guard;
  nodes.mount_content(file, content, size);
  return {};
}

// What a host path means in a tree that exists, links followed.
std::optional<NodeId> look_up(NodeStore& nodes, std::string_view path) {
  const auto names = names_of(path);
  if (!names || !nodes.has_root()) return std::nullopt;
  const NodeId root = nodes.root(0);
  if (names->empty()) return root;
  const auto place = resolve(nodes, root, path.substr(1), LastLink::follow);
  return place ? place->node : std::nullopt;
}

FileTree::Listed listed(const Node& node, std::string path) {
  using Kind = FileTree::Listed::Kind;
  const Kind kind = node.type == FileType::folder ? Kind::folder
                    : node.type == FileType::link ? Kind::link
                                                  : Kind::file;
  const std::uint64_t size = kind == Kind::file ? node.size : 0;
  return {std::move(path), kind, {node.content.value_or(ContentId{}), size}, node.target};
}

}  // namespace

Result<void> FileTree::mount_read_only(std::string_view path, ContentId content, std::uint64_t size_bytes) {
  return mount(*nodes_, path, content, size_bytes, clocks_->stamp(), Guard::mounted);
}

Result<void> FileTree::mount_writable(std::string_view path, ContentId content, std::uint64_t size_bytes) {
  return mount(*nodes_, path, content, size_bytes, clocks_->stamp(), Guard::none);
}

Result<void> FileTree::make_folder(std::string_view path) {
  const auto names = names_of(path);
  if (!names) return bad_path(path);
  if (!make_folders(*nodes_, *names, clocks_->stamp(), Guard::none)) return path_taken(path);
  return {};
}

std::optional<FileTree::File> FileTree::find_file(std::string_view path) const {
  const std::optional<NodeId> id = look_up(*nodes_, path);
  if (!id || nodes_->at(*id).type != FileType::file) return std::nullopt;
  const Node& node = nodes_->at(*id);
  return File{node.content.value_or(ContentId{}), node.size};
}

std::vector<FileTree::Listed> FileTree::list(std::string_view folder) const {
  std::vector<Listed> all;
  const std::optional<NodeId> start = look_up(*nodes_, folder);
  if (!start || nodes_->at(*start).type != FileType::folder) return all;

  using Position = std::map<std::string, Entry, std::less<>>::const_iterator;
  struct Level {
    Position next, end;
    std::size_t prefix;  // how much of `prefix` names the folder
  };
  std::string prefix;
  std::vector<Level> levels;  // instead of recursion: a guest chooses the depth
  const auto enter = [&](NodeId id) {
    const auto& entries = nodes_->at(id).folder->entries;
    levels.push_back({entries.begin(), entries.end(), prefix.size()});
  };
  enter(*start);
  while (!levels.empty()) {
    Level& level = levels.back();
    prefix.resize(level.prefix);
    if (level.next == level.end) {
      levels.pop_back();
      continue;
    }
    const auto& [name, entry] = *level.next++;
    if (prefix.size() + name.size() > kMaxPathBytes) continue;
    prefix += name;
    const Node& node = nodes_->at(entry.node);
    all.push_back(listed(node, prefix));
    if (node.type != FileType::folder) continue;
    prefix += '/';
    enter(entry.node);
  }
  return all;
}

}  // namespace weft::wasi
