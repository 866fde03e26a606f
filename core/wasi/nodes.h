// The nodes behind a FileTree: files, folders and links, in a table, counted by names and by open descriptors. No node
// owns another, so however deep a guest nests, nothing recurses. Private to core/wasi.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/wasi/errno.h"
#include "core/wasi/host.h"
#include "core/wasi/types.h"

namespace weft::wasi {

enum class NodeId : std::uint32_t {};
constexpr NodeId kRoot{0};

struct Times {
  std::uint64_t accessed = 0, modified = 0, changed = 0;
};

struct Node {
  FileType type = FileType::unknown;  // directory, regular_file, symbolic_link; unknown: the slot is free
  bool read_only = false;
  std::uint64_t inode = 0;
  std::uint32_t names = 0;  // folders that list it; a folder counts itself once
  std::uint32_t opens = 0;  // descriptors
  Times times;
  std::optional<ContentId> content;  // of a file that was ever written or mounted
  std::uint64_t size = 0;            // of a file
  bool counted = false;              // its bytes are the guest's and count against the bound
  NodeId parent{};                   // of a folder
  std::map<std::string, NodeId, std::less<>> entries;  // of a folder
  std::string target;                // of a link
};

class Nodes {
 public:
  Nodes(Host& host, std::uint64_t max_bytes, std::uint32_t max_nodes) : host_(host), max_bytes_(max_bytes), max_nodes_(max_nodes) {}

  Node& operator[](NodeId id) { return nodes_[static_cast<std::size_t>(id)]; }
  const Node& operator[](NodeId id) const { return nodes_[static_cast<std::size_t>(id)]; }

  // A new node without a name. Nothing when there are too many.
  [[nodiscard]] std::optional<NodeId> make(FileType type, std::uint64_t now);
  void add_name(NodeId folder, std::string name, NodeId node, std::uint64_t now);
  void remove_name(NodeId folder, std::string_view name, std::uint64_t now);
  [[nodiscard]] std::optional<NodeId> find(NodeId folder, std::string_view name) const;

  void open(NodeId id) { ++(*this)[id].opens; }
  void close(NodeId id);

  // Grows or shrinks a file of the guest's; nospc where a bound or the host says so.
  [[nodiscard]] Errno resize(NodeId id, std::uint64_t size);
  // Makes room for a write that ends at `end`, which is past the size; the content itself grows with the write.
  [[nodiscard]] Errno extend(NodeId id, std::uint64_t end);
  // Takes an extend() back whose write then failed.
  void retract(NodeId id, std::uint64_t size);
  // Counts a mounted file against the bound from now on; false, and not counted, where it does not fit.
  [[nodiscard]] bool count_in(NodeId id);
  [[nodiscard]] bool limit_hit() const { return limit_hit_; }
  void note_limit() { limit_hit_ = true; }
  // Whether `below` is `folder` or lies under it.
  [[nodiscard]] bool contains(NodeId folder, NodeId below) const;

 private:
  void drop_if_unused(NodeId id);

  Host& host_;
  const std::uint64_t max_bytes_;
  const std::uint32_t max_nodes_;
  std::vector<Node> nodes_;
  std::vector<NodeId> free_;
  std::uint64_t bytes_ = 0;
  std::uint64_t next_inode_ = 1;
  std::uint32_t count_ = 0;
  bool limit_hit_ = false;
};

// A valid name of a folder's entry: not empty, not "." or "..", no slash, no NUL, at most kMaxNameBytes of UTF-8.
[[nodiscard]] bool is_entry_name(std::string_view name);

}  // namespace weft::wasi
