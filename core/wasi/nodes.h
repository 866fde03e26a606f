// The file tree itself: folders, files and links as numbered nodes, who names them, how many bytes they hold. Knows no
// path, descriptor or guest address; those are path.h, descriptors.h and the calls.
// Owner and thread: its Process. Nodes live in one flat table, so that a tree of any depth is freed without recursion.
// A node goes when no name and no descriptor is left; then its content is released. The store's own end releases
// nothing: the host keeps the contents that are left, for /out.
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/wasi/abi.h"
#include "core/wasi/errno.h"
#include "core/wasi/host.h"

namespace weft::wasi {

enum class NodeId : std::uint32_t {};

struct Entry {
  NodeId node{};
  std::uint64_t cookie = 0;  // of fd_readdir; 0 until it is first listed
};

struct Folder {
  std::map<std::string, Entry, std::less<>> entries;  // name order is the order of fd_readdir
  NodeId parent{};                                    // of the root: itself
};

// Whether the guest may change it. `mounted`: a file the host put there, or a folder of /in. `carries_mounted`: a
// scratch folder on the way to one, which may not be moved or removed but takes new names.
enum class Guard : std::uint8_t { none, mounted, carries_mounted };

struct Node {
  FileType type = FileType::unknown;  // unknown: a free slot of the table
  Guard guard = Guard::none;
  std::uint32_t names = 0;
  std::uint32_t descriptors = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::uint64_t accessed_ns = 0, modified_ns = 0, changed_ns = 0;
  std::optional<ContentId> content;  // of a file that has ever had bytes
  std::string target;                // of a link
  std::unique_ptr<Folder> folder;
};

struct NodeBounds {
  std::uint64_t bytes;
  std::uint32_t names;
};

class NodeStore {
 public:
  NodeStore(Host& host, NodeBounds bounds) : host_(&host), bounds_(bounds) {}

  // Made on first use with `now`, so that a program that touches no file pays nothing for the tree.
  NodeId root(std::uint64_t now);
  [[nodiscard]] bool has_root() const { return !nodes_.empty(); }

  [[nodiscard]] Node& at(NodeId id);
  [[nodiscard]] const Node& at(NodeId id) const;
  [[nodiscard]] std::optional<NodeId> find(NodeId folder, std::string_view name) const;

  // A new node named `name` in `folder`, where the caller knows there is none. ENOSPC past the bound on names, ENOENT
  // in a folder that has itself been removed.
  [[nodiscard]] std::expected<NodeId, Errno> create(NodeId folder, std::string_view name, FileType type,
                                                    std::uint64_t now);
  // The same for what the host mounts: not refused for a bound, but counted.
  NodeId mount(NodeId folder, std::string_view name, FileType type, std::uint64_t now);
  void mount_content(NodeId file, ContentId content, std::uint64_t size);

  [[nodiscard]] Errno link(NodeId folder, std::string_view name, NodeId node, std::uint64_t now);
  void unlink(NodeId folder, std::string_view name, std::uint64_t now);
  // Moves a name, over `to_name` where that exists. The caller has checked that POSIX allows it.
  void rename(NodeId from, std::string_view from_name, NodeId to, std::string_view to_name, std::uint64_t now);
  [[nodiscard]] bool is_same_or_below(NodeId node, NodeId ancestor) const;

  void add_descriptor(NodeId id) { ++at(id).descriptors; }
  void drop_descriptor(NodeId id);

  // Grows with zeros or shrinks. ENOSPC past the bound or where the host has no room; then nothing has changed.
  [[nodiscard]] Errno resize(NodeId file, std::uint64_t size);
  // Of a file that has bytes.
  [[nodiscard]] ContentId content_of(NodeId file) const;
  // How large a file may be made now, at most `wanted`.
  [[nodiscard]] std::uint64_t reachable_size(NodeId file, std::uint64_t wanted) const;
  // Gives a link its target, whose bytes count as content.
  [[nodiscard]] Errno set_target(NodeId link, std::string_view target);

  // A cookie that stands after `entry` of `folder`, above 2: 1 and 2 stand after "." and "..". It stays good when the
  // name goes, so that a listing can go on. Only as many cookies are remembered as there are names and may be names;
  // the oldest go first, so that one walk over the whole tree, removing it, never meets one that is forgotten.
  std::uint64_t cookie_after(const Node& folder, std::map<std::string, Entry, std::less<>>::iterator entry);
  // The name a cookie stands after; nullopt for one never given for this folder, or forgotten.
  [[nodiscard]] std::optional<std::string_view> name_before(const Node& folder, std::uint64_t cookie) const;

  [[nodiscard]] std::uint64_t bytes_left() const {
    return used_bytes_ < bounds_.bytes ? bounds_.bytes - used_bytes_ : 0;
  }
  [[nodiscard]] bool limit_hit() const { return limit_hit_; }

 private:
  NodeId allocate(FileType type, std::uint64_t now);
  void insert(NodeId folder, std::string_view name, NodeId node, std::uint64_t now);
  void collect(NodeId id);
  Errno refuse_for_bound() {
    limit_hit_ = true;
    return Errno::nospc;
  }

  Host* host_;
  NodeBounds bounds_;
  std::vector<std::unique_ptr<Node>> nodes_;  // pointers, so that a Node& outlives the making of others
  std::vector<NodeId> free_;
  std::uint64_t next_inode_ = 1;
  std::uint64_t used_bytes_ = 0;
  std::uint64_t used_names_ = 0;
  struct Cookie {
    std::uint64_t folder_inode;
    std::string name;
  };
  std::deque<Cookie> cookies_;  // in the order given, without gaps
  std::uint64_t first_cookie_ = 3;
  bool limit_hit_ = false;
};

}  // namespace weft::wasi
