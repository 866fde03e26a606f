// Calls about one descriptor, save those that move payload: what it is, where it stands, what it may do, what a folder
// lists.
#include <algorithm>

#include "core/wasi/limits.h"
#include "core/wasi/state.h"

namespace weft::wasi {
namespace {

constexpr std::string_view kPreopenedName = "/";

FileType type_of(const Descriptor& descriptor, Setup::StdinKind stdin_kind) {
  if (descriptor.kind == Descriptor::Kind::folder) return FileType::folder;
  if (descriptor.kind == Descriptor::Kind::file) return FileType::file;
  // A character device without the right to seek is what isatty() looks for; libc then buffers by lines, so a stream
  // that nobody watches is not called one.
  return stdin_kind == Setup::StdinKind::interactive ? FileType::character_device : FileType::unknown;
}

// Fills the guest's buffer with directory entries; the last is cut where the buffer ends, which tells the guest that
// there is more.
class DirentWriter {
 public:
  DirentWriter(const GuestMemory& memory, std::uint32_t address, std::uint32_t size)
      : memory_(memory), address_(address), size_(size) {}

  [[nodiscard]] bool is_full() const { return used_ == size_; }
  [[nodiscard]] std::uint32_t used() const { return used_; }

  void add(std::string_view name, std::uint64_t next, std::uint64_t inode, FileType type) {
    Packed<kDirentBytes> head;
    head.put(0, next);
    head.put(8, inode);
    head.put(16, static_cast<std::uint32_t>(name.size()));
    head.put(20, static_cast<std::uint8_t>(type));
    put(head.bytes);
    put(std::as_bytes(std::span(name)));
  }

 private:
  void put(std::span<const std::byte> bytes) {
    const auto part = bytes.first(std::min<std::size_t>(bytes.size(), size_ - used_));
    memory_.store(address_ + used_, part);
    used_ += static_cast<std::uint32_t>(part.size());
  }

  const GuestMemory& memory_;
  std::uint32_t address_;
  std::uint32_t size_;
  std::uint32_t used_ = 0;
};

}  // namespace

Errno Process::State::fd_advise(Args args) {
  const auto found = file(u32(args, 0), rights::kFdAdvise, Errno::spipe);
  if (!found) return found.error();
  if (u32(args, 3) >= kAdviceCount || args[1] > kMaxFileBytes || args[2] > kMaxFileBytes) return Errno::inval;
  return Errno::success;  // memory needs no advice
}

Errno Process::State::fd_allocate(Args args) {
  const auto found = file(u32(args, 0), rights::kFdAllocate, Errno::spipe);
  if (!found) return found.error();
  const std::uint64_t offset = args[1], length = args[2];
  if (offset > kMaxFileBytes || length > kMaxFileBytes || length == 0) return Errno::inval;
  if (offset + length > kMaxFileBytes) return Errno::fbig;
  if (offset + length <= node_of(**found).size) return Errno::success;
  return resize_file((*found)->node, offset + length);
}

Errno Process::State::fd_close(Args args) {
  const Descriptor* found = descriptors.find(u32(args, 0));
  if (!found) return Errno::badf;
  if (!found->is_stream()) release(found->node);
  descriptors.remove(u32(args, 0));
  return Errno::success;
}

// Everything is in memory, so there is nothing to wait for.
Errno Process::State::sync(std::uint32_t fd, Rights needed) {
  const Descriptor* found = descriptors.find(fd);
  if (!found) return Errno::badf;
  if (found->is_stream()) return Errno::inval;  // as fsync() has it on a pipe
  if (found->kind == Descriptor::Kind::folder) return Errno::badf;
  return found->has(needed) ? Errno::success : Errno::notcapable;
}

Errno Process::State::fd_datasync(Args args) { return sync(u32(args, 0), rights::kFdDatasync); }
Errno Process::State::fd_sync(Args args) { return sync(u32(args, 0), rights::kFdSync); }

Errno Process::State::fd_fdstat_get(Args args) {
  const Descriptor* found = descriptors.find(u32(args, 0));
  if (!found) return Errno::badf;
  if (!memory.holds(u32(args, 1), kFdstatBytes)) return Errno::fault;
  Packed<kFdstatBytes> stat;
  stat.put(0, static_cast<std::uint8_t>(type_of(*found, setup.stdin_kind)));
  stat.put(2, found->flags);
  stat.put(8, found->base);
  stat.put(16, found->inheriting);
  memory.store(u32(args, 1), stat);
  return Errno::success;
}

Errno Process::State::fd_fdstat_set_flags(Args args) {
  Descriptor* found = descriptors.find(u32(args, 0));
  if (!found || found->kind == Descriptor::Kind::folder) return Errno::badf;
  if (!found->has(rights::kFdSetFlags)) return Errno::notcapable;
  if ((u32(args, 1) & ~std::uint32_t{fdflags::kAll}) != 0) return Errno::inval;
  found->flags = static_cast<std::uint16_t>(u32(args, 1));
  return Errno::success;
}

Errno Process::State::fd_fdstat_set_rights(Args args) {
  Descriptor* found = descriptors.find(u32(args, 0));
  if (!found) return Errno::badf;
  const Rights base = args[1], inheriting = args[2];
  if ((base & ~found->base) != 0 || (inheriting & ~found->inheriting) != 0) return Errno::notcapable;
  found->base = base;
  found->inheriting = inheriting;
  return Errno::success;
}

Errno Process::State::fd_filestat_get(Args args) {
  const auto found = descriptor(u32(args, 0), rights::kFdFilestatGet);
  if (!found) return found.error();
  if (!memory.holds(u32(args, 1), kFilestatBytes)) return Errno::fault;
  if (!(*found)->is_stream()) {
    store_filestat(u32(args, 1), node_of(**found));
    return Errno::success;
  }
  Packed<kFilestatBytes> stat;  // no device, inode, size or times: a stream is nowhere in the tree
  stat.put(16, static_cast<std::uint8_t>(type_of(**found, setup.stdin_kind)));
  stat.put(24, std::uint64_t{1});
  memory.store(u32(args, 1), stat);
  return Errno::success;
}

Errno Process::State::fd_filestat_set_size(Args args) {
  const auto found = file(u32(args, 0), rights::kFdFilestatSetSize, Errno::inval);
  if (!found) return found.error();
  return resize_file((*found)->node, args[1]);
}

Errno Process::State::fd_filestat_set_times(Args args) {
  const auto found = descriptor(u32(args, 0), rights::kFdFilestatSetTimes);
  if (!found) return found.error();
  return set_times(node_of(**found), args[1], args[2], u32(args, 3));
}

// EBADF for what is not preopened, open or not: libc counts up from 3 until it hears that.
Errno Process::State::fd_prestat_get(Args args) {
  const Descriptor* found = descriptors.find(u32(args, 0));
  if (!found || !found->is_preopened) return Errno::badf;
  if (!memory.holds(u32(args, 1), kPrestatBytes)) return Errno::fault;
  Packed<kPrestatBytes> prestat;
  prestat.put(4, static_cast<std::uint32_t>(kPreopenedName.size()));
  memory.store(u32(args, 1), prestat);
  return Errno::success;
}

Errno Process::State::fd_prestat_dir_name(Args args) {
  const Descriptor* found = descriptors.find(u32(args, 0));
  if (!found || !found->is_preopened) return Errno::badf;
  if (!memory.holds(u32(args, 1), u32(args, 2))) return Errno::fault;
  if (u32(args, 2) < kPreopenedName.size()) return Errno::nametoolong;
  memory.store(u32(args, 1), kPreopenedName);
  return Errno::success;
}

Errno Process::State::fd_readdir(Args args) {
  const auto found = folder(u32(args, 0), rights::kFdReaddir);
  if (!found) return found.error();
  const std::uint32_t buffer = u32(args, 1), size = u32(args, 2), used_at = u32(args, 4);
  const std::uint64_t cookie = args[3];
  if (!memory.holds(buffer, size) || !memory.holds(used_at, 4)) return Errno::fault;

  Node& node = node_of(**found);
  Folder& list = *node.folder;
  DirentWriter writer(memory, buffer, size);
  auto next = list.entries.begin();
  if (cookie > 2) {
    const auto after = nodes.name_before(node, cookie);
    if (!after) return Errno::inval;
    next = list.entries.upper_bound(*after);
  }
  if (cookie < 1 && !writer.is_full()) writer.add(".", 1, node.inode, FileType::folder);
  if (cookie < 2 && !writer.is_full()) {
    const bool is_removed = node.names == 0;  // its parent may be gone
    writer.add("..", 2, is_removed ? node.inode : nodes.at(list.parent).inode, FileType::folder);
  }
  for (; next != list.entries.end() && !writer.is_full(); ++next) {
    const Node& listed = nodes.at(next->second.node);
    writer.add(next->first, nodes.cookie_after(node, next), listed.inode, listed.type);
  }
  memory.store_u32(used_at, writer.used());
  return Errno::success;
}

// Moves `from` to a number that is taken; what was there is closed. So no number is ever made by the guest.
Errno Process::State::fd_renumber(Args args) {
  const std::uint32_t from = u32(args, 0), to = u32(args, 1);
  Descriptor* source = descriptors.find(from);
  Descriptor* target = descriptors.find(to);
  if (!source || !target) return Errno::badf;
  if (from == to) return Errno::success;
  if (!target->is_stream()) release(target->node);
  *target = *source;
  descriptors.remove(from);
  return Errno::success;
}

Errno Process::State::fd_seek(Args args) {
  const std::uint64_t delta = args[1];
  const std::uint32_t whence = u32(args, 2), result = u32(args, 3);
  const bool only_asks = delta == 0 && whence == kWhenceCurrent;
  const auto found = file(u32(args, 0), only_asks ? rights::kFdTell : rights::kFdSeek, Errno::spipe);
  if (!found) return found.error();
  if (!memory.holds(result, 8)) return Errno::fault;
  if (whence > kWhenceEnd) return Errno::inval;
  const std::uint64_t start = whence == kWhenceSet       ? 0
                              : whence == kWhenceCurrent ? (*found)->offset
                                                         : node_of(**found).size;
  // Offsets stay below 2^63, so adding a signed distance as unsigned wraps into the upper half exactly when it is
  // wrong.
  const std::uint64_t position = start + delta;
  if (position > kMaxFileBytes) return Errno::inval;
  (*found)->offset = position;
  memory.store_u64(result, position);
  return Errno::success;
}

Errno Process::State::fd_tell(Args args) {
  const auto found = file(u32(args, 0), rights::kFdTell, Errno::spipe);
  if (!found) return found.error();
  if (!memory.holds(u32(args, 1), 8)) return Errno::fault;
  memory.store_u64(u32(args, 1), (*found)->offset);
  return Errno::success;
}

}  // namespace weft::wasi
