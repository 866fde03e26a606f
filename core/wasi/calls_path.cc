// Calls that name files: opening, making, linking, moving, removing. Names are resolved below a descriptor and never
// leave it.
#include <algorithm>
#include <string>
#include <utility>

#include "core/wasi/limits.h"
#include "core/wasi/state.h"

namespace weft::wasi {
namespace {

LastLink last_link(std::uint64_t lookup_flags) {
  return (lookup_flags & kFollowLinks) != 0 ? LastLink::follow : LastLink::keep;
}

bool is_folder(const Nodes& nodes, NodeId id) { return nodes[id].type == FileType::directory; }

// Whether a new entry may be made where nothing is.
Errno check_new_entry(const Nodes& nodes, const Resolved& path) {
  if (path.node) return Errno::exist;
  // The folder itself may have been removed while it was open.
  if (path.folder != kRoot && nodes[path.folder].names < 2) return Errno::noent;
  return nodes[path.folder].read_only ? Errno::rofs : Errno::success;
}

struct OpenRequest {
  std::uint16_t how;
  std::uint16_t flags;
  Rights base;
  Rights inheriting;
};

// What opening something that exists says.
Errno check_existing(const Nodes& nodes, const Resolved& path, const OpenRequest& request) {
  const Node& node = nodes[*path.node];
  if ((request.how & kOpenCreate) != 0 && (request.how & kOpenExclusive) != 0) return Errno::exist;
  switch (node.type) {
    case FileType::symbolic_link: return Errno::loop;
    case FileType::directory: {
      const bool creates = (request.how & kOpenCreate) != 0 && (request.how & kOpenDirectory) == 0;
      return creates || (request.how & kOpenTruncate) != 0 || (request.base & kRightFdWrite) != 0 ? Errno::isdir : Errno::success;
    }
    default: break;
  }
  if ((request.how & kOpenDirectory) != 0 || path.trailing_slash) return Errno::notdir;
  const bool writes = (request.base & kRightFdWrite) != 0 || (request.how & kOpenTruncate) != 0;
  return node.read_only && writes ? Errno::rofs : Errno::success;
}

Errno create_file(Process::State& s, Resolved& path, const OpenRequest& request) {
  if ((request.how & kOpenCreate) == 0) return Errno::noent;
  if ((request.how & kOpenDirectory) != 0) return Errno::inval;
  if (path.trailing_slash) return Errno::isdir;
  if (const Errno error = check_new_entry(s.nodes, path); error != Errno::success) return error;
  const std::uint64_t now = s.file_time();
  path.node = s.nodes.make(FileType::regular_file, now);
  if (!path.node) return Errno::nospc;
  s.nodes.add_name(path.folder, path.name, *path.node, now);
  return Errno::success;
}

}  // namespace

Errno Process::State::resolve_path(std::uint64_t fd, Rights rights, std::uint64_t address, std::uint64_t size, LastLink last,
                                   Resolved& out) {
  Errno error = Errno::success;
  const Descriptor* d = folder(fd, rights, error);
  if (d == nullptr) return error;
  std::string path;
  if (!read_text(address, size, path)) return Errno::fault;
  Resolution found = resolve(nodes, d->node, path, last);
  out = std::move(found.path);
  return found.error;
}

Answer Process::State::path_create_directory(Args a) {
  Resolved path;
  Errno error = resolve_path(a[0], kRightPathCreateDirectory, a[1], a[2], LastLink::keep, path);
  if (error == Errno::success) error = check_new_entry(nodes, path);
  if (error != Errno::success) return done(error);
  const std::uint64_t now = file_time();
  const auto made = nodes.make(FileType::directory, now);
  if (!made) return done(Errno::nospc);
  nodes.add_name(path.folder, path.name, *made, now);
  return done(Errno::success);
}

Answer Process::State::path_filestat_get(Args a) {
  Resolved path;
  const Errno error = resolve_path(a[0], kRightPathFilestatGet, a[2], a[3], last_link(a[1]), path);
  if (error != Errno::success) return done(error);
  if (!path.node) return done(Errno::noent);
  if (path.trailing_slash && !is_folder(nodes, *path.node)) return done(Errno::notdir);
  return done(store_filestat(a[4], nodes[*path.node]));
}

Answer Process::State::path_filestat_set_times(Args a) {
  Resolved path;
  const Errno error = resolve_path(a[0], kRightPathFilestatSetTimes, a[2], a[3], last_link(a[1]), path);
  if (error != Errno::success) return done(error);
  if (!path.node) return done(Errno::noent);
  if (path.trailing_slash && !is_folder(nodes, *path.node)) return done(Errno::notdir);
  return done(set_times(*path.node, a[4], a[5], u16(a[6])));
}

Answer Process::State::path_link(Args a) {
  Resolved from;
  Errno error = resolve_path(a[0], kRightPathLinkSource, a[2], a[3], last_link(a[1]), from);
  if (error != Errno::success) return done(error);
  Resolved to;
  error = resolve_path(a[4], kRightPathLinkTarget, a[5], a[6], LastLink::keep, to);
  if (error != Errno::success) return done(error);
  if (!from.node) return done(Errno::noent);
  if (is_folder(nodes, *from.node)) return done(Errno::perm);
  if (from.trailing_slash) return done(Errno::notdir);
  if (!to.node && to.trailing_slash) return done(Errno::noent);
  if (error = check_new_entry(nodes, to); error != Errno::success) return done(error);
  if (nodes[*from.node].read_only) return done(Errno::rofs);
  nodes.add_name(to.folder, to.name, *from.node, file_time());
  return done(Errno::success);
}

Answer Process::State::path_open(Args a) {
  Errno error = Errno::success;
  const OpenRequest request{u16(a[4]), u16(a[7]), a[5] & kAllRights, a[6] & kAllRights};
  const Descriptor* base = folder(a[0], kRightPathOpen, error);
  if (base == nullptr) return done(error);
  if (a[4] > kAllOpenFlags || a[7] > kAllFlags) return done(Errno::inval);
  Rights needed = 0;
  if ((request.how & kOpenCreate) != 0) needed |= kRightPathCreateFile;
  if ((request.how & kOpenTruncate) != 0) needed |= kRightPathFilestatSetSize;
  const bool allowed = (base->base & needed) == needed && ((request.base | request.inheriting) & ~base->inheriting) == 0;
  if (!allowed) return done(Errno::notcapable);
  if (!in_memory(a[8], 4)) return done(Errno::fault);
  Resolved path;
  error = resolve_path(a[0], kRightPathOpen, a[2], a[3], last_link(a[1]), path);
  if (error != Errno::success) return done(error);
  const auto fd = free_descriptor();
  if (!fd) return done(Errno::mfile);
  error = path.node ? check_existing(nodes, path, request) : create_file(*this, path, request);
  if (error == Errno::success && (request.how & kOpenTruncate) != 0) error = nodes.resize(*path.node, 0);
  if (error != Errno::success) return done(error);
  Descriptor& d = descriptors[*fd];
  const bool directory = is_folder(nodes, *path.node);
  d.kind = directory ? Descriptor::Kind::folder : Descriptor::Kind::file;
  d.node = *path.node;
  d.flags = request.flags;
  d.base = request.base & (directory ? kFolderRights : kFileRights);
  d.inheriting = request.inheriting;
  nodes.open(d.node);
  static_cast<void>(write(a[8], *fd));
  return done(Errno::success);
}

Answer Process::State::path_readlink(Args a) {
  Resolved path;
  const Errno error = resolve_path(a[0], kRightPathReadlink, a[1], a[2], LastLink::keep, path);
  if (error != Errno::success) return done(error);
  if (!path.node) return done(Errno::noent);
  if (nodes[*path.node].type != FileType::symbolic_link) return done(Errno::inval);
  const std::string_view target = std::string_view(nodes[*path.node].target).substr(0, static_cast<std::size_t>(a[4]));
  if (!in_memory(a[3], target.size()) || !in_memory(a[5], 4)) return done(Errno::fault);
  static_cast<void>(write_bytes(a[3], target));
  static_cast<void>(write(a[5], static_cast<std::uint32_t>(target.size())));
  return done(Errno::success);
}

Answer Process::State::path_remove_directory(Args a) {
  Resolved path;
  const Errno error = resolve_path(a[0], kRightPathRemoveDirectory, a[1], a[2], LastLink::keep, path);
  if (error != Errno::success) return done(error);
  if (!path.node) return done(Errno::noent);
  if (!is_folder(nodes, *path.node)) return done(Errno::notdir);
  if (path.name.empty()) return done(Errno::inval);  // "." names no entry
  if (!nodes[*path.node].entries.empty()) return done(Errno::notempty);
  if (nodes[path.folder].read_only || nodes[*path.node].read_only) return done(Errno::rofs);
  nodes.remove_name(path.folder, path.name, file_time());
  return done(Errno::success);
}

Answer Process::State::path_rename(Args a) {
  Resolved from;
  Errno error = resolve_path(a[0], kRightPathRenameSource, a[1], a[2], LastLink::keep, from);
  if (error != Errno::success) return done(error);
  Resolved to;
  error = resolve_path(a[3], kRightPathRenameTarget, a[4], a[5], LastLink::keep, to);
  if (error != Errno::success) return done(error);
  if (!from.node) return done(Errno::noent);
  if (from.name.empty() || to.name.empty()) return done(Errno::busy);  // "." and ".." stay where they are
  const bool moves_folder = is_folder(nodes, *from.node);
  if (!moves_folder && (from.trailing_slash || to.trailing_slash)) return done(Errno::notdir);
  if (from.node == to.node) return done(Errno::success);
  if (to.node) {
    const bool onto_folder = is_folder(nodes, *to.node);
    if (moves_folder && !onto_folder) return done(Errno::notdir);
    if (!moves_folder && onto_folder) return done(Errno::isdir);
    if (onto_folder && !nodes[*to.node].entries.empty()) return done(Errno::notempty);
    if (nodes[*to.node].read_only) return done(Errno::rofs);
  } else {
    Resolved target = to;
    if (error = check_new_entry(nodes, target); error != Errno::success) return done(error);
  }
  if (moves_folder && nodes.contains(*from.node, to.folder)) return done(Errno::inval);
  if (nodes[from.folder].read_only || nodes[to.folder].read_only || nodes[*from.node].read_only) return done(Errno::rofs);
  const std::uint64_t now = file_time();
  // Held open across the move, so that losing its old name does not drop it.
  nodes.open(*from.node);
  if (to.node) nodes.remove_name(to.folder, to.name, now);
  nodes.remove_name(from.folder, from.name, now);
  nodes.add_name(to.folder, to.name, *from.node, now);
  nodes.close(*from.node);
  return done(Errno::success);
}

Answer Process::State::path_symlink(Args a) {
  std::string target;
  if (!read_text(a[0], a[1], target)) return done(Errno::fault);
  Resolved path;
  Errno error = resolve_path(a[2], kRightPathSymlink, a[3], a[4], LastLink::keep, path);
  if (error != Errno::success) return done(error);
  if (target.empty()) return done(Errno::noent);
  if (target.size() > kMaxPathBytes) return done(Errno::nametoolong);
  if (target.find('\0') != std::string::npos) return done(Errno::ilseq);
  if (target.front() == '/') return done(Errno::notcapable);  // it could lead nowhere: paths begin below a descriptor
  if (!path.node && path.trailing_slash) return done(Errno::noent);
  if (error = check_new_entry(nodes, path); error != Errno::success) return done(error);
  const std::uint64_t now = file_time();
  const auto made = nodes.make(FileType::symbolic_link, now);
  if (!made) return done(Errno::nospc);
  nodes[*made].target = std::move(target);
  nodes.add_name(path.folder, path.name, *made, now);
  return done(Errno::success);
}

Answer Process::State::path_unlink_file(Args a) {
  Resolved path;
  const Errno error = resolve_path(a[0], kRightPathUnlinkFile, a[1], a[2], LastLink::keep, path);
  if (error != Errno::success) return done(error);
  if (!path.node) return done(Errno::noent);
  if (is_folder(nodes, *path.node)) return done(Errno::isdir);
  if (path.trailing_slash) return done(Errno::notdir);
  if (nodes[path.folder].read_only || nodes[*path.node].read_only) return done(Errno::rofs);
  nodes.remove_name(path.folder, path.name, file_time());
  return done(Errno::success);
}

}  // namespace weft::wasi
