#include "core/wasi/nodes.h"

#include <utility>

#include "core/base/assert.h"
#include "core/base/text.h"
#include "core/wasi/limits.h"

namespace weft::wasi {

bool is_entry_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.size() <= kMaxNameBytes &&
         name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos && is_utf8(name);
}

std::optional<NodeId> Nodes::make(FileType type, std::uint64_t now) {
  if (count_ >= max_nodes_) {
    limit_hit_ = true;
    return std::nullopt;
  }
  ++count_;
  NodeId id;
  if (!free_.empty()) {
    id = free_.back();
    free_.pop_back();
  } else {
    id = NodeId{static_cast<std::uint32_t>(nodes_.size())};
    nodes_.emplace_back();
  }
  Node& node = (*this)[id];
  node = Node{};
  node.type = type;
  node.inode = next_inode_++;
  node.times = {now, now, now};
  node.counted = type == FileType::regular_file;
  if (type == FileType::directory) node.names = 1;
  return id;
}

void Nodes::add_name(NodeId folder, std::string name, NodeId node, std::uint64_t now) {
  ++(*this)[node].names;
  if ((*this)[node].type == FileType::directory) (*this)[node].parent = folder;
  (*this)[node].times.changed = now;
  Node& in = (*this)[folder];
  in.times.modified = in.times.changed = now;
  in.entries.emplace(std::move(name), node);
}

void Nodes::remove_name(NodeId folder, std::string_view name, std::uint64_t now) {
  Node& in = (*this)[folder];
  const auto found = in.entries.find(name);
  WEFT_ASSERT(found != in.entries.end());
  const NodeId id = found->second;
  in.entries.erase(found);
  in.times.modified = in.times.changed = now;
  Node& node = (*this)[id];
  node.times.changed = now;
  --node.names;
  drop_if_unused(id);
}

std::optional<NodeId> Nodes::find(NodeId folder, std::string_view name) const {
  const auto& entries = (*this)[folder].entries;
  const auto found = entries.find(name);
  if (found == entries.end()) return std::nullopt;
  return found->second;
}

void Nodes::close(NodeId id) {
  --(*this)[id].opens;
  drop_if_unused(id);
}

// A folder's own count of itself does not keep it; the root is never dropped.
void Nodes::drop_if_unused(NodeId id) {
  Node& node = (*this)[id];
  const std::uint32_t own = node.type == FileType::directory ? 1 : 0;
  if (id == kRoot || node.names > own || node.opens > 0) return;
  if (node.content) host_.release_content(*node.content);
  if (node.counted) bytes_ -= node.size;
  node = Node{};
  free_.push_back(id);
  --count_;
}

Errno Nodes::extend(NodeId id, std::uint64_t end) {
  Node& node = (*this)[id];
  if (end > kMaxFileBytes) return Errno::fbig;
  if (end <= node.size) return Errno::success;
  if (end - node.size > max_bytes_ - bytes_) {
    limit_hit_ = true;
    return Errno::nospc;
  }
  if (!node.content) {
    ContentId content{};
    if (!host_.create_content(content)) return Errno::nospc;
    node.content = content;
  }
  bytes_ += end - node.size;
  node.size = end;
  return Errno::success;
}

void Nodes::retract(NodeId id, std::uint64_t size) {
  Node& node = (*this)[id];
  bytes_ -= node.size - size;
  node.size = size;
}

Errno Nodes::resize(NodeId id, std::uint64_t size) {
  const std::uint64_t before = (*this)[id].size;
  if (const Errno error = extend(id, size); error != Errno::success) return error;
  Node& node = (*this)[id];
  if (size < before) {
    bytes_ -= before - size;
    node.size = size;
  }
  if (size == before || !node.content || host_.resize_content(*node.content, size)) return Errno::success;
  bytes_ = bytes_ + before - node.size;
  node.size = before;
  return Errno::nospc;
}

bool Nodes::count_in(NodeId id) {
  Node& node = (*this)[id];
  if (node.size > max_bytes_ - bytes_) return false;
  bytes_ += node.size;
  node.counted = true;
  return true;
}

bool Nodes::contains(NodeId folder, NodeId below) const {
  while (below != folder) {
    if (below == kRoot) return false;
    below = (*this)[below].parent;
  }
  return true;
}

}  // namespace weft::wasi
