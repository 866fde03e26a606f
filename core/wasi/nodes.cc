#include "core/wasi/nodes.h"

#include <algorithm>
#include <utility>

#include "core/base/assert.h"

namespace weft::wasi {
namespace {

constexpr std::size_t index_of(NodeId id) { return static_cast<std::size_t>(id); }

}  // namespace

NodeId NodeStore::root(std::uint64_t now) {
  if (nodes_.empty()) {
    const NodeId id = allocate(FileType::folder, now);
    at(id).names = 1;  // nobody can remove it
    at(id).folder->parent = id;
  }
  return NodeId{0};
}

Node& NodeStore::at(NodeId id) {
  WEFT_ASSERT(index_of(id) < nodes_.size() && nodes_[index_of(id)]->type != FileType::unknown);
  return *nodes_[index_of(id)];
}

const Node& NodeStore::at(NodeId id) const {
  WEFT_ASSERT(index_of(id) < nodes_.size() && nodes_[index_of(id)]->type != FileType::unknown);
  return *nodes_[index_of(id)];
}

std::optional<NodeId> NodeStore::find(NodeId folder, std::string_view name) const {
  const auto& entries = at(folder).folder->entries;
  const auto found = entries.find(name);
  if (found == entries.end()) return std::nullopt;
  return found->second.node;
}

NodeId NodeStore::allocate(FileType type, std::uint64_t now) {
  NodeId id{};
  if (free_.empty()) {
    id = NodeId{static_cast<std::uint32_t>(nodes_.size())};
    nodes_.push_back(std::make_unique<Node>());
  } else {
    id = free_.back();
    free_.pop_back();
  }
  Node& node = *nodes_[index_of(id)];
  node.type = type;
  node.inode = next_inode_++;
  node.accessed_ns = node.modified_ns = node.changed_ns = now;
  if (type == FileType::folder) node.folder = std::make_unique<Folder>();
  return id;
}

void NodeStore::insert(NodeId folder, std::string_view name, NodeId node, std::uint64_t now) {
  Node& into = at(folder);
  const bool is_new = into.folder->entries.try_emplace(std::string(name), Entry{node}).second;
  WEFT_ASSERT(is_new);
  into.modified_ns = into.changed_ns = now;
  ++at(node).names;
  ++used_names_;
  if (at(node).folder) at(node).folder->parent = folder;
}

std::expected<NodeId, Errno> NodeStore::create(NodeId folder, std::string_view name, FileType type, std::uint64_t now) {
  if (at(folder).names == 0) return std::unexpected(Errno::noent);
  if (used_names_ >= bounds_.names) return std::unexpected(refuse_for_bound());
  const NodeId id = allocate(type, now);
  insert(folder, name, id, now);
  return id;
}

NodeId NodeStore::mount(NodeId folder, std::string_view name, FileType type, std::uint64_t now) {
  const NodeId id = allocate(type, now);
  insert(folder, name, id, now);
  return id;
}

void NodeStore::mount_content(NodeId file, ContentId content, std::uint64_t size) {
  Node& node = at(file);
  node.content = content;
  node.size = size;
  if (node.guard != Guard::mounted) used_bytes_ += size;
}

Errno NodeStore::link(NodeId folder, std::string_view name, NodeId node, std::uint64_t now) {
  if (at(folder).names == 0) return Errno::noent;
  if (used_names_ >= bounds_.names) return refuse_for_bound();
  insert(folder, name, node, now);
  at(node).changed_ns = now;
  return Errno::success;
}

void NodeStore::unlink(NodeId folder, std::string_view name, std::uint64_t now) {
  Node& from = at(folder);
  const auto entry = from.folder->entries.find(name);
  WEFT_ASSERT(entry != from.folder->entries.end());
  const NodeId id = entry->second.node;
  from.folder->entries.erase(entry);
  from.modified_ns = from.changed_ns = now;
  --used_names_;
  Node& node = at(id);
  --node.names;
  node.changed_ns = now;
  collect(id);
}

void NodeStore::rename(NodeId from, std::string_view from_name, NodeId to, std::string_view to_name,
                       std::uint64_t now) {
  const std::optional<NodeId> id = find(from, from_name);
  WEFT_ASSERT(id.has_value());
  add_descriptor(*id);  // held, so that the node outlives the moment without a name
  if (find(to, to_name)) unlink(to, to_name, now);
  unlink(from, from_name, now);
  insert(to, to_name, *id, now);
  drop_descriptor(*id);
}

bool NodeStore::is_same_or_below(NodeId node, NodeId ancestor) const {
  for (;;) {
    if (node == ancestor) return true;
    if (at(node).names == 0) return false;  // removed: its parent may be gone
    const NodeId parent = at(node).folder->parent;
    if (parent == node) return false;
    node = parent;
  }
}

void NodeStore::drop_descriptor(NodeId id) {
  Node& node = at(id);
  WEFT_ASSERT(node.descriptors > 0);
  --node.descriptors;
  collect(id);
}

void NodeStore::collect(NodeId id) {
  Node& node = at(id);
  if (node.names > 0 || node.descriptors > 0) return;
  if (node.content) host_->release_content(*node.content);
  if (node.guard != Guard::mounted) used_bytes_ -= node.size;
  node = Node{};
  free_.push_back(id);
}

ContentId NodeStore::content_of(NodeId file) const {
  const Node& node = at(file);
  WEFT_ASSERT(node.content.has_value());
  return *node.content;
}

std::uint64_t NodeStore::reachable_size(NodeId file, std::uint64_t wanted) const {
  const Node& node = at(file);
  if (wanted <= node.size) return wanted;
  return node.size + std::min(wanted - node.size, bytes_left());
}

Errno NodeStore::resize(NodeId file, std::uint64_t size) {
  Node& node = at(file);
  if (size == node.size) return Errno::success;
  if (size > node.size && size - node.size > bytes_left()) return refuse_for_bound();
  if (!node.content) {
    ContentId made{};
    if (!host_->create_content(made)) return Errno::nospc;
    node.content = made;
  }
  if (!host_->resize_content(*node.content, size)) return Errno::nospc;
  used_bytes_ += size - node.size;  // wraps back where it shrinks
  node.size = size;
  return Errno::success;
}

Errno NodeStore::set_target(NodeId link, std::string_view target) {
  if (target.size() > bytes_left()) return refuse_for_bound();
  Node& node = at(link);
  node.target = target;
  node.size = target.size();
  used_bytes_ += node.size;
  return Errno::success;
}

std::uint64_t NodeStore::cookie_after(const Node& folder, std::map<std::string, Entry, std::less<>>::iterator entry) {
  if (entry->second.cookie >= first_cookie_) return entry->second.cookie;  // given, and not forgotten
  while (cookies_.size() > used_names_ + bounds_.names) {
    cookies_.pop_front();
    ++first_cookie_;
  }
  cookies_.push_back({folder.inode, entry->first});
  entry->second.cookie = first_cookie_ + cookies_.size() - 1;
  return entry->second.cookie;
}

std::optional<std::string_view> NodeStore::name_before(const Node& folder, std::uint64_t cookie) const {
  if (cookie < first_cookie_ || cookie - first_cookie_ >= cookies_.size()) return std::nullopt;
  const Cookie& given = cookies_[static_cast<std::size_t>(cookie - first_cookie_)];
  if (given.folder_inode != folder.inode) return std::nullopt;
  return given.name;
}

}  // namespace weft::wasi
