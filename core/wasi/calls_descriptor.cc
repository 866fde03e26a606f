// What can be done with an open descriptor but moving bytes.
#include <algorithm>
#include <utility>

#include "core/wasi/limits.h"
#include "core/wasi/state.h"

namespace weft::wasi {
namespace {

constexpr std::string_view kRootName = "/";

FileType type_of(const Process::State& s, const Descriptor& d) {
  switch (d.kind) {
    case Descriptor::Kind::file: return FileType::regular_file;
    case Descriptor::Kind::folder: return FileType::directory;
    default: break;
  }
  // Not a character device unless it is a terminal: libc would take it for one and flush every line.
  return s.setup.stdin_kind == ProcessSetup::StdinKind::interactive ? FileType::character_device : FileType::unknown;
}

}  // namespace

Errno Process::State::store_filestat(std::uint64_t address, const Node& node) {
  struct Layout {
    std::uint64_t device = 1, inode, type, names, size, accessed, modified, changed;
  } out{1, node.inode, static_cast<std::uint64_t>(node.type), node.names, 0, node.times.accessed, node.times.modified, node.times.changed};
  static_assert(sizeof(Layout) == kFilestatBytes);
  out.size = node.type == FileType::symbolic_link ? node.target.size() : node.size;
  return write(address, out) ? Errno::success : Errno::fault;
}

Errno Process::State::set_times(NodeId id, std::uint64_t accessed, std::uint64_t modified, std::uint16_t what) {
  if ((what & ~kAllSetFlags) != 0) return Errno::inval;
  if ((what & kSetAtim) != 0 && (what & kSetAtimNow) != 0) return Errno::inval;
  if ((what & kSetMtim) != 0 && (what & kSetMtimNow) != 0) return Errno::inval;
  Node& node = nodes[id];
  if (node.read_only) return Errno::rofs;
  const std::uint64_t now = file_time();
  if ((what & kSetAtim) != 0) node.times.accessed = accessed;
  if ((what & kSetAtimNow) != 0) node.times.accessed = now;
  if ((what & kSetMtim) != 0) node.times.modified = modified;
  if ((what & kSetMtimNow) != 0) node.times.modified = now;
  if (what != 0) node.times.changed = now;
  return Errno::success;
}

Answer Process::State::fd_advise(Args a) {
  constexpr std::uint64_t kLastAdvice = 5;
  Errno error = Errno::success;
  const Descriptor* d = descriptor(a[0], 0, error);
  if (d == nullptr) return done(error);
  if (d->is_stream()) return done(Errno::spipe);
  if (descriptor(a[0], kRightFdAdvise, error) == nullptr) return done(error);
  if (d->kind == Descriptor::Kind::folder) return done(Errno::badf);
  return done(a[3] > kLastAdvice || a[1] > INT64_MAX || a[2] > INT64_MAX - a[1] ? Errno::inval : Errno::success);
}

Answer Process::State::fd_allocate(Args a) {
  Errno error = Errno::success;
  const Descriptor* d = file(a[0], kRightFdAllocate, error);
  if (d == nullptr) return done(error);
  if (a[2] == 0 || a[1] > INT64_MAX || a[2] > INT64_MAX - a[1]) return done(Errno::inval);
  if (nodes[d->node].read_only) return done(Errno::rofs);
  const std::uint64_t end = a[1] + a[2];
  return done(end <= nodes[d->node].size ? Errno::success : nodes.resize(d->node, end));
}

Answer Process::State::fd_close(Args a) {
  Errno error = Errno::success;
  Descriptor* d = descriptor(a[0], 0, error);
  if (d == nullptr) return done(error);
  close(*d);
  return done(Errno::success);
}

Answer Process::State::fd_sync(Args a) {
  Errno error = Errno::success;
  static_cast<void>(descriptor(a[0], kRightFdSync, error));
  return done(error);
}

Answer Process::State::fd_datasync(Args a) {
  Errno error = Errno::success;
  static_cast<void>(descriptor(a[0], kRightFdDatasync, error));
  return done(error);
}

Answer Process::State::fd_fdstat_get(Args a) {
  Errno error = Errno::success;
  const Descriptor* d = descriptor(a[0], 0, error);
  if (d == nullptr) return done(error);
  struct Layout {
    std::uint8_t type = 0, padding = 0;
    std::uint16_t flags = 0;
    std::uint32_t more_padding = 0;
    std::uint64_t base = 0, inheriting = 0;
  } out;
  static_assert(sizeof(Layout) == kFdstatBytes);
  out.type = static_cast<std::uint8_t>(type_of(*this, *d));
  out.flags = d->flags;
  out.base = d->base;
  out.inheriting = d->inheriting;
  return done(write(a[1], out) ? Errno::success : Errno::fault);
}

Answer Process::State::fd_fdstat_set_flags(Args a) {
  Errno error = Errno::success;
  Descriptor* d = descriptor(a[0], kRightFdFdstatSetFlags, error);
  if (d == nullptr) return done(error);
  if ((a[1] & ~std::uint64_t{kAllFlags}) != 0) return done(Errno::inval);
  d->flags = u16(a[1]);
  return done(Errno::success);
}

Answer Process::State::fd_fdstat_set_rights(Args a) {
  Errno error = Errno::success;
  Descriptor* d = descriptor(a[0], 0, error);
  if (d == nullptr) return done(error);
  if ((a[1] & ~d->base) != 0 || (a[2] & ~d->inheriting) != 0) return done(Errno::notcapable);
  d->base = a[1];
  d->inheriting = a[2];
  return done(Errno::success);
}

Answer Process::State::fd_filestat_get(Args a) {
  Errno error = Errno::success;
  const Descriptor* d = descriptor(a[0], kRightFdFilestatGet, error);
  if (d == nullptr) return done(error);
  if (!d->is_stream()) return done(store_filestat(a[1], nodes[d->node]));
  Node stream;
  stream.type = type_of(*this, *d);
  stream.names = 1;
  return done(store_filestat(a[1], stream));
}

Answer Process::State::fd_filestat_set_size(Args a) {
  Errno error = Errno::success;
  const Descriptor* d = file(a[0], kRightFdFilestatSetSize, error);
  if (d == nullptr) return done(error == Errno::spipe ? Errno::inval : error);
  Node& node = nodes[d->node];
  if (node.read_only) return done(Errno::rofs);
  if (a[1] > INT64_MAX) return done(Errno::inval);
  error = nodes.resize(d->node, a[1]);
  if (error == Errno::success) nodes[d->node].times.modified = nodes[d->node].times.changed = file_time();
  return done(error);
}

Answer Process::State::fd_filestat_set_times(Args a) {
  Errno error = Errno::success;
  const Descriptor* d = descriptor(a[0], 0, error);
  if (d == nullptr) return done(error);
  if (d->is_stream()) return done(Errno::inval);
  if (descriptor(a[0], kRightFdFilestatSetTimes, error) == nullptr) return done(error);
  return done(set_times(d->node, a[1], a[2], u16(a[3])));
}

Answer Process::State::fd_prestat_get(Args a) {
  Errno error = Errno::success;
  const Descriptor* d = descriptor(a[0], 0, error);
  if (d == nullptr) return done(error);
  if (!d->preopened) return done(Errno::badf);
  const std::array<std::uint32_t, 2> out = {0, static_cast<std::uint32_t>(kRootName.size())};  // tag: a directory
  static_assert(sizeof out == kPrestatBytes);
  return done(write(a[1], out) ? Errno::success : Errno::fault);
}

Answer Process::State::fd_prestat_dir_name(Args a) {
  Errno error = Errno::success;
  const Descriptor* d = descriptor(a[0], 0, error);
  if (d == nullptr) return done(error);
  if (!d->preopened) return done(Errno::badf);
  if (a[2] < kRootName.size()) return done(Errno::nametoolong);
  return done(write_bytes(a[1], kRootName) ? Errno::success : Errno::fault);
}

// Moves a descriptor to another number, closing what was there.
Answer Process::State::fd_renumber(Args a) {
  Errno error = Errno::success;
  Descriptor* from = descriptor(a[0], 0, error);
  Descriptor* to = descriptor(a[1], 0, error);
  if (from == nullptr || to == nullptr) return done(error);
  if (from == to) return done(Errno::success);
  close(*to);
  *to = std::move(*from);
  *from = Descriptor{};
  return done(Errno::success);
}

Answer Process::State::fd_seek(Args a) {
  Errno error = Errno::success;
  const auto delta = static_cast<std::int64_t>(a[1]);
  // Asking where it is takes no more than the right to tell.
  const Rights right = delta == 0 && a[2] == kSeekCurrent ? kRightFdTell : kRightFdSeek;
  Descriptor* d = file(a[0], 0, error);
  if (d == nullptr) return done(error);
  if ((d->base & (right | kRightFdSeek)) == 0) return done(Errno::notcapable);
  if (!in_memory(a[3], 8)) return done(Errno::fault);
  std::uint64_t origin = 0;
  switch (a[2]) {
    case kSeekSet: break;
    case kSeekCurrent: origin = d->offset; break;
    case kSeekEnd: origin = nodes[d->node].size; break;
    default: return done(Errno::inval);
  }
  const auto base = static_cast<std::int64_t>(origin);  // offsets stay within 63 bits
  if ((delta < 0 && base + delta < 0) || (delta > 0 && delta > INT64_MAX - base)) return done(Errno::inval);
  d->offset = static_cast<std::uint64_t>(base + delta);
  static_cast<void>(write(a[3], d->offset));
  return done(Errno::success);
}

Answer Process::State::fd_tell(Args a) {
  Errno error = Errno::success;
  const Descriptor* d = file(a[0], kRightFdTell, error);
  if (d == nullptr) return done(error);
  return done(write(a[1], d->offset) ? Errno::success : Errno::fault);
}

Answer Process::State::fd_readdir(Args a) {
  Errno error = Errno::success;
  Descriptor* d = folder(a[0], kRightFdReaddir, error);
  if (d == nullptr) return done(error);
  const std::uint64_t address = a[1], size = a[2], cookie = a[3];
  if (!in_memory(address, size) || !in_memory(a[4], 4)) return done(Errno::fault);
  if (cookie == 0 || !d->listing) {
    const Node& node = nodes[d->node];
    const auto count = static_cast<std::uint32_t>(node.entries.size() + 2);
    if (d->listing) listed_entries -= static_cast<std::uint32_t>(d->listing->entries.size());
    d->listing.reset();
    if (count > kMaxListedEntries - listed_entries) return done(Errno::nomem);
    d->listing = std::make_unique<Listing>();
    auto& entries = d->listing->entries;
    entries.reserve(count);
    entries.push_back({".", node.inode, FileType::directory});
    entries.push_back({"..", nodes[node.parent].inode, FileType::directory});
    for (const auto& [name, id] : node.entries) entries.push_back({name, nodes[id].inode, nodes[id].type});
    listed_entries += count;
  }
  std::uint64_t used = 0;
  const auto& entries = d->listing->entries;
  for (std::uint64_t i = cookie; i < entries.size() && used < size; ++i) {
    const Listing::Entry& entry = entries[static_cast<std::size_t>(i)];
    // What was removed meanwhile is left out; what was added shows at the next reading from the front.
    if (i >= 2 && !nodes.find(d->node, entry.name)) continue;
    struct Layout {
      std::uint64_t next = 0, inode = 0;
      std::uint32_t name_size = 0;
      std::uint8_t type = 0;
      std::array<std::uint8_t, 3> padding{};
    } head{i + 1, entry.inode, static_cast<std::uint32_t>(entry.name.size()), static_cast<std::uint8_t>(entry.type), {}};
    static_assert(sizeof(Layout) == kDirentBytes);
    std::string record(reinterpret_cast<const char*>(&head), sizeof head);
    record += entry.name;
    // The last record is cut where the buffer ends: a full buffer says that there is more.
    record.resize(static_cast<std::size_t>(std::min<std::uint64_t>(record.size(), size - used)));
    static_cast<void>(write_bytes(address + used, record));
    used += record.size();
  }
  static_cast<void>(write(a[4], static_cast<std::uint32_t>(used)));
  return done(Errno::success);
}

}  // namespace weft::wasi
