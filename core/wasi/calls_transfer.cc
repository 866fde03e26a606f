// fd_read, fd_write and their positioned twins: payload between guest memory and streams or files. One transfer is a
// list of steps, each at most kMaxTransferBytes; it may stop between any two of them and go on in resume().
#include <algorithm>

#include "core/base/assert.h"
#include "core/wasi/limits.h"
#include "core/wasi/state.h"

namespace weft::wasi {

struct Process::State::Step {
  enum class Then : std::uint8_t { go_on, stop, wait, kill };
  std::uint32_t moved = 0;
  Then then = Then::go_on;
  Errno error = Errno::success;  // of stop; the guest gets it only where nothing was moved before

  static Step go_on(std::uint32_t moved) { return {moved, Then::go_on, Errno::success}; }
  static Step stop(Errno error) { return {0, Then::stop, error}; }
};

Answer Process::State::fd_read(Args args) { return start_transfer(TransferState::Way::read, args, std::nullopt, 3); }
Answer Process::State::fd_pread(Args args) { return start_transfer(TransferState::Way::read, args, args[3], 4); }
Answer Process::State::fd_write(Args args) { return start_transfer(TransferState::Way::write, args, std::nullopt, 3); }
Answer Process::State::fd_pwrite(Args args) { return start_transfer(TransferState::Way::write, args, args[3], 4); }

Answer Process::State::start_transfer(TransferState::Way way, Args args, std::optional<std::uint64_t> position,
                                      std::size_t result_at) {
  const Descriptor* of = descriptors.find(u32(args, 0));
  if (!of) return done(Errno::badf);
  if (of->is_stream() && position) return done(Errno::spipe);
  // As POSIX has it for a descriptor that was not opened for this; a folder never is.
  if (!of->has(way == TransferState::Way::read ? rights::kFdRead : rights::kFdWrite)) return done(Errno::badf);
  if (position && !of->has(rights::kFdSeek)) return done(Errno::notcapable);
  if (position && *position > kMaxFileBytes) return done(Errno::inval);
  if (!memory.holds(u32(args, result_at), 4)) return done(Errno::fault);
  transfer.way = way;
  transfer.fd = u32(args, 0);
  transfer.result = u32(args, result_at);
  transfer.position = position;
  transfer.current = transfer.in_current = transfer.moved = 0;
  if (const Errno error = load_iovecs(u32(args, 1), u32(args, 2)); error != Errno::success) return done(error);
  return run_transfer();
}

// All buffers are checked before the first byte moves. A total past 4 GiB is cut there: the count is an u32.
Errno Process::State::load_iovecs(std::uint32_t address, std::uint32_t count) {
  if (!memory.holds(address, std::uint64_t{count} * kIovecBytes)) return Errno::fault;
  if (count > kMaxIovecs) return Errno::inval;
  transfer.iovecs.resize(count);
  std::uint64_t total = 0;
  constexpr std::uint32_t kBatch = 64;
  std::array<std::byte, std::size_t{kBatch} * kIovecBytes> raw;
  for (std::uint32_t first = 0; first < count; first += kBatch) {
    const std::uint32_t batch = std::min(kBatch, count - first);
    memory.load(address + first * kIovecBytes, std::span(raw).first(std::size_t{batch} * kIovecBytes));
    for (std::uint32_t i = 0; i < batch; ++i) {
      const std::byte* from = &raw[std::size_t{i} * kIovecBytes];
      const Iovec iovec{unpack<std::uint32_t>(from), unpack<std::uint32_t>(from + 4)};
      if (!memory.holds(iovec.address, iovec.size)) return Errno::fault;
      transfer.iovecs[first + i] = iovec;
      total += iovec.size;
    }
  }
  transfer.left = static_cast<std::uint32_t>(std::min<std::uint64_t>(total, UINT32_MAX));
  return Errno::success;
}

Answer Process::State::run_transfer() {
  TransferState& t = transfer;
  Descriptor& of = *descriptors.find(t.fd);
  std::uint32_t budget = kMaxTransferBytes;
  while (t.left > 0) {
    const Iovec& iovec = t.iovecs[t.current];
    if (t.in_current == iovec.size) {
      ++t.current;
      t.in_current = 0;
      continue;
    }
    if (budget == 0) {
      pending = Pending::transfer;
      return {Answer::Kind::more, Errno::success};
    }
    const std::uint32_t size = std::min({iovec.size - t.in_current, t.left, budget});
    const Step taken = step(of, iovec.address + t.in_current, size);
    WEFT_ASSERT(taken.moved <= size);
    t.in_current += taken.moved;
    t.moved += taken.moved;
    t.left -= taken.moved;
    budget -= taken.moved;
    switch (taken.then) {
      case Step::Then::go_on:
        break;
      case Step::Then::stop:
        return finish_transfer(t.moved > 0 ? Errno::success : taken.error);
      case Step::Then::wait:
        pending = Pending::transfer;
        return {Answer::Kind::pending, Errno::success};
      case Step::Then::kill:
        pending = Pending::nothing;
        return {Answer::Kind::killed, Errno::success};
    }
  }
  return finish_transfer(Errno::success);
}

Answer Process::State::finish_transfer(Errno error) {
  pending = Pending::nothing;
  if (error != Errno::success) return done(error);
  const Descriptor& of = *descriptors.find(transfer.fd);
  if (of.kind == Descriptor::Kind::file && transfer.way == TransferState::Way::write && transfer.moved > 0) {
    Node& node = nodes.at(of.node);
    node.modified_ns = node.changed_ns = clocks.stamp();
  }
  memory.store_u32(transfer.result, transfer.moved);
  return done(Errno::success);
}

Process::State::Step Process::State::step(Descriptor& of, std::uint32_t address, std::uint32_t size) {
  if (of.kind == Descriptor::Kind::file) return step_file(of, address, size);
  if (of.kind == Descriptor::Kind::log) return step_log(address, size);
  return step_stream(of, address, size);
}

Process::State::Step Process::State::step_stream(Descriptor& of, std::uint32_t address, std::uint32_t size) {
  const bool reads = of.kind == Descriptor::Kind::input;
  const Transfer got = reads ? host.read_stdin(address, size) : host.write_stream(OutStream::out, address, size);
  switch (got.state) {
    case Transfer::State::moved: {
      WEFT_ASSERT(got.size > 0);
      const bool is_enough = reads && setup.stdin_kind == Setup::StdinKind::interactive;
      return {got.size, is_enough ? Step::Then::stop : Step::Then::go_on, Errno::success};
    }
    case Transfer::State::pending:
      // A frame ends here: a reader that buffers asks for more than it holds.
      if (reads && transfer.moved > 0 && setup.stdin_kind == Setup::StdinKind::frames) return Step::stop(Errno::success);
      // With a seed what has arrived so far must not show, so there a stream that does not block blocks all the same.
      if ((of.flags & fdflags::kNonblock) && !clocks.is_virtual()) return Step::stop(Errno::again);
      (reads ? wait.stdin_readable : wait.stdout_writable) = true;
      return {0, Step::Then::wait, Errno::success};
    case Transfer::State::ended:
      return Step::stop(reads ? Errno::success : Errno::pipe);
    case Transfer::State::refused:
      return {0, reads ? Step::Then::stop : Step::Then::kill, Errno::io};
    case Transfer::State::failed:
      break;
  }
  return Step::stop(Errno::io);
}

// What is past the log's bound is dropped and counted; the guest sees it written.
Process::State::Step Process::State::step_log(std::uint32_t address, std::uint32_t size) {
  const std::uint64_t room = setup.bounds.log_bytes - log_bytes;
  if (room == 0) {
    dropped_log_bytes += size;
    return Step::go_on(size);
  }
  const auto part = static_cast<std::uint32_t>(std::min<std::uint64_t>(size, room));
  const Transfer got = host.write_stream(OutStream::err, address, part);
  switch (got.state) {
    case Transfer::State::moved:
      WEFT_ASSERT(got.size > 0 && got.size <= part);
      log_bytes += got.size;
      return Step::go_on(got.size);
    case Transfer::State::pending:
      if ((descriptors.find(transfer.fd)->flags & fdflags::kNonblock) && !clocks.is_virtual()) {
        return Step::stop(Errno::again);
      }
      wait.stderr_writable = true;
      return {0, Step::Then::wait, Errno::success};
    case Transfer::State::ended:
      return Step::stop(Errno::pipe);
    case Transfer::State::refused:
      return {0, Step::Then::kill, Errno::success};
    case Transfer::State::failed:
      break;
  }
  return Step::stop(Errno::io);
}

Process::State::Step Process::State::step_file(Descriptor& of, std::uint32_t address, std::uint32_t size) {
  const Node& node = nodes.at(of.node);
  std::uint64_t& position = transfer.position ? *transfer.position : of.offset;
  if (transfer.way == TransferState::Way::write) {
    // Appending goes to the end, pwrite too, as on Linux; only pwrite leaves the descriptor where it stands.
    if (of.flags & fdflags::kAppend) position = node.size;
    return write_file(of, position, address, size);
  }
  if (position >= node.size) return Step::stop(Errno::success);
  const auto part = static_cast<std::uint32_t>(std::min<std::uint64_t>(size, node.size - position));
  host.read_content(nodes.content_of(of.node), position, address, part);
  position += part;
  return Step::go_on(part);
}

Process::State::Step Process::State::write_file(Descriptor& of, std::uint64_t& position, std::uint32_t address,
                                                std::uint32_t size) {
  if (position >= kMaxFileBytes) return Step::stop(Errno::fbig);
  Node& node = nodes.at(of.node);
  const std::uint64_t before = node.size;
  std::uint64_t end = std::min(position + size, kMaxFileBytes);
  // What fits is written; the next step finds no room and ends the transfer with what it has.
  if (const std::uint64_t reachable = nodes.reachable_size(of.node, end); reachable > position) end = reachable;
  if (end > before) {
    if (const Errno error = nodes.resize(of.node, end); error != Errno::success) return Step::stop(error);
  }
  const auto part = static_cast<std::uint32_t>(end - position);
  if (!host.write_content(nodes.content_of(of.node), position, address, part)) {
    if (end > before && nodes.resize(of.node, before) != Errno::success) return Step::stop(Errno::io);
    return Step::stop(Errno::nospc);
  }
  position = end;
  return Step::go_on(part);
}

}  // namespace weft::wasi
