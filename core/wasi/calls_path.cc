// Calls that name something in the tree: open, make, remove, move, link, ask. Paths start at a folder's descriptor and
// do not leave it (path.h). What POSIX leaves open is decided here and written down in docs/wasi.md.
#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "core/wasi/state.h"

namespace weft::wasi {
namespace {

LastLink last_link(std::uint32_t lookup_flags) {
  return (lookup_flags & kLookupFollow) ? LastLink::follow : LastLink::if_folder;
}

bool is_itself(const Place& place) { return place.name.empty(); }

// What a lookup must find to be usable: something, and a folder where a slash stood at the end.
std::expected<NodeId, Errno> existing(const NodeStore& nodes, const Place& place) {
  if (!place.node) return std::unexpected(Errno::noent);
  if (place.wants_folder && nodes.at(*place.node).type != FileType::folder) return std::unexpected(Errno::notdir);
  return *place.node;
}

// Whether a new file or link may get this name: nothing there, and no slash after it.
Errno must_be_free(const NodeStore& nodes, const Place& place) {
  if (!place.node) return place.wants_folder ? Errno::noent : Errno::success;
  const bool is_folder = nodes.at(*place.node).type == FileType::folder;
  return place.wants_folder && !is_folder ? Errno::notdir : Errno::exist;
}

bool is_read_only(const NodeStore& nodes, NodeId id) { return nodes.at(id).guard == Guard::mounted; }
bool is_guarded(const NodeStore& nodes, NodeId id) { return nodes.at(id).guard != Guard::none; }

}  // namespace

Errno Process::State::path_create_directory(Args args) {
  const auto at = place(u32(args, 0), rights::kPathCreateDirectory, u32(args, 1), u32(args, 2), LastLink::keep);
  if (!at) return at.error();
  if (at->node) return Errno::exist;
  if (is_read_only(nodes, at->folder)) return Errno::rofs;
  const auto made = nodes.create(at->folder, at->name, FileType::folder, clocks.stamp());
  return made ? Errno::success : made.error();
}

Errno Process::State::path_filestat_get(Args args) {
  const auto at = place(u32(args, 0), rights::kPathFilestatGet, u32(args, 2), u32(args, 3), last_link(u32(args, 1)));
  if (!at) return at.error();
  const auto found = existing(nodes, *at);
  if (!found) return found.error();
  if (!memory.holds(u32(args, 4), kFilestatBytes)) return Errno::fault;
  store_filestat(u32(args, 4), nodes.at(*found));
  return Errno::success;
}

Errno Process::State::path_filestat_set_times(Args args) {
  const auto at =
      place(u32(args, 0), rights::kPathFilestatSetTimes, u32(args, 2), u32(args, 3), last_link(u32(args, 1)));
  if (!at) return at.error();
  const auto found = existing(nodes, *at);
  if (!found) return found.error();
  return set_times(nodes.at(*found), args[4], args[5], u32(args, 6));
}

Errno Process::State::path_link(Args args) {
  const auto from = place(u32(args, 0), rights::kPathLinkSource, u32(args, 2), u32(args, 3), LastLink::keep);
  if (!from) return from.error();
  const auto to = place(u32(args, 4), rights::kPathLinkTarget, u32(args, 5), u32(args, 6), LastLink::keep);
  if (!to) return to.error();
  const auto found = existing(nodes, *from);
  if (!found) return found.error();
  const Node& node = nodes.at(*found);
  if (node.type == FileType::folder) return Errno::perm;
  if (node.type == FileType::link && (u32(args, 1) & kLookupFollow)) return Errno::inval;
  if (const Errno error = must_be_free(nodes, *to); error != Errno::success) return error;
  if (is_read_only(nodes, to->folder)) return Errno::rofs;
  if (node.guard == Guard::mounted) return Errno::xdev;  // as from another file system: the caller copies then
  return nodes.link(to->folder, to->name, *found, clocks.stamp());
}

Errno Process::State::path_readlink(Args args) {
  const auto at = place(u32(args, 0), rights::kPathReadlink, u32(args, 1), u32(args, 2), LastLink::if_folder);
  if (!at) return at.error();
  const auto found = existing(nodes, *at);
  if (!found) return found.error();
  const Node& node = nodes.at(*found);
  if (node.type != FileType::link) return Errno::inval;
  if (!memory.holds(u32(args, 3), u32(args, 4)) || !memory.holds(u32(args, 5), 4)) return Errno::fault;
  const std::string_view part = std::string_view(node.target).substr(0, u32(args, 4));
  memory.store(u32(args, 3), part);
  memory.store_u32(u32(args, 5), static_cast<std::uint32_t>(part.size()));
  return Errno::success;
}

Errno Process::State::path_remove_directory(Args args) {
  const auto at = place(u32(args, 0), rights::kPathRemoveDirectory, u32(args, 1), u32(args, 2), LastLink::keep);
  if (!at) return at.error();
  const std::optional<NodeId> found = at->node;
  if (!found) return Errno::noent;
  if (is_itself(*at)) return Errno::inval;
  const Node& node = nodes.at(*found);
  if (node.type != FileType::folder) return Errno::notdir;
  if (is_read_only(nodes, at->folder) || is_guarded(nodes, *found)) return Errno::rofs;
  if (!node.folder->entries.empty()) return Errno::notempty;
  nodes.unlink(at->folder, at->name, clocks.stamp());
  return Errno::success;
}

Errno Process::State::path_unlink_file(Args args) {
  const auto at = place(u32(args, 0), rights::kPathUnlinkFile, u32(args, 1), u32(args, 2), LastLink::keep);
  if (!at) return at.error();
  const std::optional<NodeId> found = at->node;
  if (!found) return Errno::noent;
  if (nodes.at(*found).type == FileType::folder) return Errno::isdir;
  if (at->wants_folder) return Errno::notdir;
  if (is_read_only(nodes, at->folder) || is_guarded(nodes, *found)) return Errno::rofs;
  nodes.unlink(at->folder, at->name, clocks.stamp());
  return Errno::success;
}

Errno Process::State::path_symlink(Args args) {
  const auto target = load_path(u32(args, 0), u32(args, 1));  // an absolute one is refused, as one that leads out
  if (!target) return target.error();
  const auto at = place(u32(args, 2), rights::kPathSymlink, u32(args, 3), u32(args, 4), LastLink::keep);
  if (!at) return at.error();
  if (const Errno error = must_be_free(nodes, *at); error != Errno::success) return error;
  if (is_read_only(nodes, at->folder)) return Errno::rofs;
  const std::uint64_t now = clocks.stamp();
  const auto made = nodes.create(at->folder, at->name, FileType::link, now);
  if (!made) return made.error();
  const Errno error = nodes.set_target(*made, *target);
  if (error != Errno::success) nodes.unlink(at->folder, at->name, now);
  return error;
}

Errno Process::State::path_rename(Args args) {
  const auto from = place(u32(args, 0), rights::kPathRenameSource, u32(args, 1), u32(args, 2), LastLink::keep);
  if (!from) return from.error();
  const auto to = place(u32(args, 3), rights::kPathRenameTarget, u32(args, 4), u32(args, 5), LastLink::keep);
  if (!to) return to.error();
  if (const Errno error = may_rename(*from, *to); error != Errno::success) return error;
  if (from->node == to->node) return Errno::success;  // two names of one file: POSIX says nothing happens
  nodes.rename(from->folder, from->name, to->folder, to->name, clocks.stamp());
  return Errno::success;
}

Errno Process::State::may_rename(const Place& from, const Place& to) {
  if (is_itself(from) || is_itself(to)) return Errno::inval;
  const auto moved = existing(nodes, from);
  if (!moved) return moved.error();
  if (nodes.at(to.folder).names == 0) return Errno::noent;
  const bool moves_folder = nodes.at(*moved).type == FileType::folder;
  if (to.wants_folder && !moves_folder) return Errno::notdir;
  if (from.node == to.node) return Errno::success;
  if (moves_folder && nodes.is_same_or_below(to.folder, *moved)) return Errno::inval;
  if (to.node) {
    const Node& over = nodes.at(*to.node);
    const bool over_folder = over.type == FileType::folder;
    if (moves_folder && !over_folder) return Errno::notdir;
    if (!moves_folder && over_folder) return Errno::isdir;
    if (over_folder && !over.folder->entries.empty()) return Errno::notempty;
    if (is_guarded(nodes, *to.node)) return Errno::rofs;
  }
  const bool in_read_only = is_read_only(nodes, from.folder) || is_read_only(nodes, to.folder);
  return in_read_only || is_guarded(nodes, *moved) ? Errno::rofs : Errno::success;
}

Errno Process::State::path_open(Args args) {
  const std::uint32_t fd = u32(args, 0), oflags = u32(args, 4), fdflags = u32(args, 7), result = u32(args, 8);
  const Rights asked = args[5] & rights::kAll, inheriting = args[6] & rights::kAll;
  const Rights needed = rights::kPathOpen | ((oflags & oflags::kCreate) ? rights::kPathCreateFile : 0) |
                        ((oflags & oflags::kTruncate) ? rights::kPathFilestatSetSize : 0);
  const auto at = place(fd, needed, u32(args, 2), u32(args, 3), last_link(u32(args, 1)));
  if (!at) return at.error();
  if (!memory.holds(result, 4)) return Errno::fault;
  if ((oflags & ~oflags::kAll) != 0 || (fdflags & ~std::uint32_t{fdflags::kAll}) != 0) return Errno::inval;
  const Descriptor from = *descriptors.find(fd);
  if (((asked | inheriting) & ~from.inheriting) != 0) return Errno::notcapable;
  if (const Errno error = may_open(*at, oflags, asked); error != Errno::success) return error;
  if (descriptors.is_full()) return Errno::mfile;

  Descriptor opened;
  opened.flags = static_cast<std::uint16_t>(fdflags);
  if (const Errno error = open_node(*at, oflags, opened, from, asked, inheriting); error != Errno::success)
    return error;
  hold(opened.node);
  const std::optional<std::uint32_t> number = descriptors.add(opened);
  WEFT_ASSERT(number.has_value());
  memory.store_u32(result, *number);
  return Errno::success;
}

Errno Process::State::may_open(const Place& at, std::uint32_t oflags, Rights asked) {
  const bool creates = oflags & oflags::kCreate;
  const bool wants_folder = oflags & oflags::kDirectory;
  if (creates && wants_folder) return Errno::inval;
  if (!at.node) {
    if (!creates) return Errno::noent;
    if (at.wants_folder) return Errno::isdir;
    return is_read_only(nodes, at.folder) ? Errno::rofs : Errno::success;
  }
  if (creates && (oflags & oflags::kExclusive)) return Errno::exist;
  const Node& node = nodes.at(*at.node);
  if (node.type == FileType::link) return Errno::loop;
  if (node.type == FileType::folder) {
    const bool writes = creates || (oflags & oflags::kTruncate) || (asked & rights::kFdWrite);
    return writes ? Errno::isdir : Errno::success;
  }
  if (wants_folder || at.wants_folder) return Errno::notdir;
  const bool writes = (oflags & oflags::kTruncate) || (asked & rights::kFdWrite);
  return writes && node.guard == Guard::mounted ? Errno::rofs : Errno::success;
}

// Makes or empties the file where the flags say so, and works out the rights. What is asked for decides on reading,
// writing and resizing only; the rest comes with the descriptor, as far as the folder lets it be inherited.
Errno Process::State::open_node(const Place& at, std::uint32_t oflags, Descriptor& opened, const Descriptor& from,
                                Rights asked, Rights inheriting) {
  if (at.node) {
    opened.node = *at.node;
    if ((oflags & oflags::kTruncate) != 0) {
      if (const Errno error = resize_file(*at.node, 0); error != Errno::success) return error;
    }
  } else {
    const auto made = nodes.create(at.folder, at.name, FileType::file, clocks.stamp());
    if (!made) return made.error();
    opened.node = *made;
  }
  const Node& node = nodes.at(opened.node);
  const bool is_folder = node.type == FileType::folder;
  opened.kind = is_folder ? Descriptor::Kind::folder : Descriptor::Kind::file;
  const Rights writing = rights::kFdAllocate | rights::kFdFilestatSetSize;
  Rights granted = (rights::kAll & ~rights::kAskedFor) | asked;
  if (asked & rights::kFdWrite) granted |= writing;
  if (node.guard == Guard::mounted) granted &= ~writing;
  opened.base = granted & (is_folder ? rights::kFolder : rights::kFile) & from.inheriting;
  opened.inheriting = is_folder ? from.inheriting | inheriting : 0;
  return Errno::success;
}

}  // namespace weft::wasi
