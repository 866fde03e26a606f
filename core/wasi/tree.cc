#include "core/wasi/tree.h"

#include <utility>

#include "core/base/assert.h"
#include "core/wasi/limits.h"
#include "core/wasi/nodes.h"
#include "core/wasi/path.h"

namespace weft::wasi {
namespace {

// The time of what the host puts there: 1970, the same wherever the run is.
constexpr std::uint64_t kMountTime = 0;

// Takes the first name off an absolute path without its leading slash.
std::string_view take_name(std::string_view& path) {
  const std::size_t slash = path.find('/');
  const std::string_view name = path.substr(0, slash);
  path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  return name;
}

bool is_host_path(std::string_view path) {
  if (!path.starts_with('/') || path.size() > kMaxPathBytes || path.ends_with('/')) return false;
  path.remove_prefix(1);
  while (!path.empty())
    if (!is_entry_name(take_name(path))) return false;
  return true;
}

std::unexpected<Error> bad_path(std::string_view path) {
  return fail("wasi.bad_path", "`" + std::string(path) + "` cannot be a path in a guest's file tree");
}

}  // namespace

FileTree::FileTree(Host& host, std::uint64_t max_bytes, std::uint32_t max_nodes)
    : nodes_(std::make_unique<Nodes>(host, max_bytes, max_nodes)) {
  const auto root = nodes_->make(FileType::directory, kMountTime);
  WEFT_ASSERT(root == kRoot);
  (*nodes_)[kRoot].parent = kRoot;
}

FileTree::~FileTree() = default;

Result<void> FileTree::make_folder(std::string_view path) {
  if (!is_host_path(path)) return bad_path(path);
  std::string_view rest = path.substr(1);
  NodeId at = kRoot;
  while (!rest.empty()) {
    const std::string_view name = take_name(rest);
    if (const auto found = nodes_->find(at, name)) {
      if ((*nodes_)[*found].type != FileType::directory) return fail("wasi.path_taken", "`" + std::string(path) + "` goes through a file");
      at = *found;
      continue;
    }
    const auto made = nodes_->make(FileType::directory, kMountTime);
    if (!made) return fail("wasi.tree_full", "the guest's file tree has no room for `" + std::string(path) + "`");
    nodes_->add_name(at, std::string(name), *made, kMountTime);
    // /in is the run's: its folders take nothing from the guest.
    (*nodes_)[*made].read_only = path == "/in" || path.starts_with("/in/");
    at = *made;
  }
  return {};
}

Result<void> FileTree::mount(std::string_view path, ContentId content, std::uint64_t size_bytes, Access access) {
  if (!is_host_path(path)) return bad_path(path);
  const std::size_t slash = path.rfind('/');
  if (slash > 0)
    if (auto made = make_folder(path.substr(0, slash)); !made) return made;
  const auto folder = slash > 0 ? resolve_host_path(*nodes_, path.substr(0, slash)) : kRoot;
  const std::string_view name = path.substr(slash + 1);
  if (nodes_->find(*folder, name)) return fail("wasi.path_taken", "`" + std::string(path) + "` is there twice");
  const auto made = nodes_->make(FileType::regular_file, kMountTime);
  if (!made) return fail("wasi.tree_full", "the guest's file tree has no room for `" + std::string(path) + "`");
  Node& node = (*nodes_)[*made];
  node.read_only = access == Access::read_only;
  node.counted = false;
  node.content = content;
  node.size = size_bytes;
  nodes_->add_name(*folder, std::string(name), *made, kMountTime);
  if (access == Access::writable && !nodes_->count_in(*made))
    return fail("wasi.tree_full", "`" + std::string(path) + "` is larger than the guest's file tree may be");
  return {};
}

Result<void> FileTree::mount_read_only(std::string_view path, ContentId content, std::uint64_t size_bytes) {
  return mount(path, content, size_bytes, Access::read_only);
}

Result<void> FileTree::mount_writable(std::string_view path, ContentId content, std::uint64_t size_bytes) {
  return mount(path, content, size_bytes, Access::writable);
}

std::optional<FileTree::File> FileTree::find_file(std::string_view path) const {
  const auto found = resolve_host_path(*nodes_, path);
  if (!found) return std::nullopt;
  const Node& node = (*nodes_)[*found];
  if (node.type != FileType::regular_file) return std::nullopt;
  return File{node.content, node.size};
}

std::vector<FileTree::Listed> FileTree::list(std::string_view folder) const {
  std::vector<Listed> out;
  const auto root = resolve_host_path(*nodes_, folder);
  if (!root || (*nodes_)[*root].type != FileType::directory) return out;
  // A stack of what is still to be listed, the next on top: name order, parents first, no recursion.
  std::vector<std::pair<std::string, NodeId>> open;
  const auto push_entries = [&](NodeId id, const std::string& prefix) {
    const auto& entries = (*nodes_)[id].entries;
    for (auto it = entries.rbegin(); it != entries.rend(); ++it) open.emplace_back(prefix + it->first, it->second);
  };
  push_entries(*root, "");
  while (!open.empty()) {
    const auto [path, id] = std::move(open.back());
    open.pop_back();
    const Node& node = (*nodes_)[id];
    Listed listed{path, Listed::Kind::file, {node.content, node.size}, node.target};
    if (node.type == FileType::directory) listed.kind = Listed::Kind::folder;
    if (node.type == FileType::symbolic_link) listed.kind = Listed::Kind::link;
    out.push_back(std::move(listed));
    if (node.type == FileType::directory) push_entries(id, path + "/");
  }
  return out;
}

}  // namespace weft::wasi
