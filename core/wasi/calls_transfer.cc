// Moving bytes between guest memory and streams or files: straight, at most kMaxTransferBytes before others get a turn.
#include <algorithm>
#include <optional>

#include "core/wasi/limits.h"
#include "core/wasi/state.h"

namespace weft::wasi {
namespace {

// The buffers of one read or write, checked whole before the first byte moves.
class Vectors {
 public:
  Vectors(const Process::State& s, std::uint64_t address, std::uint64_t count) : s_(s), address_(address), count_(count) {}

  [[nodiscard]] Errno check() {
    if (count_ > kMaxVectors) return Errno::inval;
    if (!s_.in_memory(address_, count_ * kVectorBytes)) return Errno::fault;
    for (std::uint64_t i = 0; i < count_; ++i) {
      const Range range = at(i);
      if (!s_.in_memory(range.address, range.size)) return Errno::fault;
      total_ += range.size;
    }
    return total_ > UINT32_MAX ? Errno::inval : Errno::success;
  }
  [[nodiscard]] std::uint64_t total() const { return total_; }

  struct Range {
    std::uint32_t address;
    std::uint32_t size;
  };
  // The run that begins `skip` bytes into all of them; empty at their end.
  [[nodiscard]] Range run(std::uint64_t skip) const {
    for (std::uint64_t i = 0; i < count_; ++i) {
      const Range range = at(i);
      if (skip < range.size) return {range.address + u32(skip), range.size - u32(skip)};
      skip -= range.size;
    }
    return {0, 0};
  }

 private:
  [[nodiscard]] Range at(std::uint64_t i) const {
    Range range{};
    static_cast<void>(s_.read(address_ + i * kVectorBytes, range));
    return range;
  }

  const Process::State& s_;
  std::uint64_t address_;
  std::uint64_t count_;
  std::uint64_t total_ = 0;
};

constexpr Answer kMore{Answer::Kind::more, Errno::success};
constexpr Answer kPending{Answer::Kind::pending, Errno::success};

// The call is over: tells the guest how much was moved.
Answer moved_all(Process::State& s, std::uint64_t result_at) {
  return done(s.write(result_at, u32(s.moved)) ? Errno::success : Errno::fault);
}

// It cannot go on for `error`: what was moved before counts, otherwise the error does.
Answer moved_until(Process::State& s, std::uint64_t result_at, Errno error) {
  return s.moved > 0 ? moved_all(s, result_at) : done(error);
}

Answer read_stream(Process::State& s, Descriptor& d, const Vectors& vectors, std::uint64_t result_at) {
  const bool interactive = s.setup.stdin_kind == ProcessSetup::StdinKind::interactive;
  for (std::uint32_t budget = kMaxTransferBytes; s.moved < vectors.total();) {
    if (budget == 0) return kMore;
    const auto range = vectors.run(s.moved);
    const Transfer t = s.host.read_stdin(range.address, std::min(range.size, budget));
    switch (t.state) {
      case Transfer::State::moved:
        s.moved += t.size;
        budget -= t.size;
        if (interactive) return moved_all(s, result_at);
        continue;
      case Transfer::State::pending:
        if (s.moved > 0 && s.setup.stdin_kind != ProcessSetup::StdinKind::stream) return moved_all(s, result_at);
        if ((d.flags & kFlagNonblock) != 0) return moved_until(s, result_at, Errno::again);
        s.wait.stdin_readable = true;
        return kPending;
      case Transfer::State::ended: return moved_all(s, result_at);
      default: return moved_until(s, result_at, Errno::io);
    }
  }
  return moved_all(s, result_at);
}

// Past its bound a log is dropped and counted; the guest sees success.
std::optional<std::uint32_t> drop_log(Process::State& s, std::uint32_t size) {
  if (s.log_bytes < s.setup.bounds.log_bytes) return std::nullopt;
  s.dropped_log_bytes += size;
  return size;
}

Answer write_stream(Process::State& s, Descriptor& d, const Vectors& vectors, std::uint64_t result_at) {
  const OutStream stream = d.kind == Descriptor::Kind::err ? OutStream::err : OutStream::out;
  for (std::uint32_t budget = kMaxTransferBytes; s.moved < vectors.total();) {
    if (budget == 0) return kMore;
    const auto range = vectors.run(s.moved);
    std::uint32_t size = std::min(range.size, budget);
    if (stream == OutStream::err) {
      if (const auto dropped = drop_log(s, size)) {
        s.moved += *dropped;
        budget -= *dropped;
        continue;
      }
      size = u32(std::min<std::uint64_t>(size, s.setup.bounds.log_bytes - s.log_bytes));
    }
    const Transfer t = s.host.write_stream(stream, range.address, size);
    switch (t.state) {
      case Transfer::State::moved:
        s.moved += t.size;
        budget -= t.size;
        if (stream == OutStream::err) s.log_bytes += t.size;
        continue;
      case Transfer::State::pending:
        if ((d.flags & kFlagNonblock) != 0) return moved_until(s, result_at, Errno::again);
        (stream == OutStream::err ? s.wait.stderr_writable : s.wait.stdout_writable) = true;
        return kPending;
      case Transfer::State::ended: return moved_until(s, result_at, Errno::pipe);
      case Transfer::State::refused: return {Answer::Kind::killed, Errno::success};
      case Transfer::State::failed: return moved_until(s, result_at, Errno::io);
    }
  }
  return moved_all(s, result_at);
}

// From `offset` on; what lies past the end is not there.
Answer read_file(Process::State& s, NodeId id, std::uint64_t offset, const Vectors& vectors, std::uint64_t result_at) {
  Node& node = s.nodes[id];
  node.times.accessed = s.file_time();
  for (std::uint32_t budget = kMaxTransferBytes; s.moved < vectors.total();) {
    const std::uint64_t at = offset + s.moved;
    if (at >= node.size) break;
    if (budget == 0) return kMore;
    const auto range = vectors.run(s.moved);
    const auto size = u32(std::min<std::uint64_t>(std::min(range.size, budget), node.size - at));
    s.host.read_content(*node.content, at, range.address, size);
    s.moved += size;
    budget -= size;
  }
  return moved_all(s, result_at);
}

Answer write_file(Process::State& s, NodeId id, std::uint64_t offset, const Vectors& vectors, std::uint64_t result_at) {
  if (s.nodes[id].read_only) return done(Errno::rofs);
  for (std::uint32_t budget = kMaxTransferBytes; s.moved < vectors.total();) {
    if (budget == 0) return kMore;
    const std::uint64_t at = offset + s.moved;
    const auto range = vectors.run(s.moved);
    const std::uint32_t size = std::min(range.size, budget);
    if (at > s.nodes[id].size)
      if (const Errno error = s.nodes.resize(id, at); error != Errno::success) return moved_until(s, result_at, error);
    const std::uint64_t before = s.nodes[id].size;
    if (const Errno error = s.nodes.extend(id, at + size); error != Errno::success) return moved_until(s, result_at, error);
    if (!s.host.write_content(*s.nodes[id].content, at, range.address, size)) {
      s.nodes.retract(id, before);
      return moved_until(s, result_at, Errno::nospc);
    }
    s.moved += size;
    budget -= size;
  }
  if (s.moved > 0) s.nodes[id].times.modified = s.nodes[id].times.changed = s.file_time();
  return moved_all(s, result_at);
}

// Moves the descriptor on by what a finished call has moved.
Answer advance(Process::State& s, Descriptor& d, std::uint64_t from, Answer answer) {
  if (answer.kind == Answer::Kind::done && answer.error == Errno::success) d.offset = from + s.moved;
  return answer;
}

}  // namespace

Answer Process::State::fd_read(Args a) {
  Errno error = Errno::success;
  Descriptor* d = descriptor(a[0], 0, error);
  if (d == nullptr) return done(error);
  if (d->kind == Descriptor::Kind::folder) return done(Errno::isdir);
  if (descriptor(a[0], kRightFdRead, error) == nullptr) return done(error);
  Vectors vectors(*this, a[1], a[2]);
  if (error = vectors.check(); error != Errno::success) return done(error);
  if (!in_memory(a[3], 4)) return done(Errno::fault);
  if (d->is_stream()) return read_stream(*this, *d, vectors, a[3]);
  return advance(*this, *d, d->offset, read_file(*this, d->node, d->offset, vectors, a[3]));
}

Answer Process::State::fd_write(Args a) {
  Errno error = Errno::success;
  Descriptor* d = descriptor(a[0], 0, error);
  if (d == nullptr) return done(error);
  if (d->kind == Descriptor::Kind::folder) return done(Errno::isdir);
  if (descriptor(a[0], kRightFdWrite, error) == nullptr) return done(error);
  Vectors vectors(*this, a[1], a[2]);
  if (error = vectors.check(); error != Errno::success) return done(error);
  if (!in_memory(a[3], 4)) return done(Errno::fault);
  if (d->is_stream()) return write_stream(*this, *d, vectors, a[3]);
  // Where appending begins is decided once, however many slices follow.
  if ((d->flags & kFlagAppend) != 0 && moved == 0) d->offset = nodes[d->node].size;
  return advance(*this, *d, d->offset, write_file(*this, d->node, d->offset, vectors, a[3]));
}

Answer Process::State::fd_pread(Args a) {
  Errno error = Errno::success;
  const Descriptor* d = file(a[0], kRightFdRead | kRightFdSeek, error);
  if (d == nullptr) return done(error);
  if (a[3] > INT64_MAX) return done(Errno::inval);
  Vectors vectors(*this, a[1], a[2]);
  if (error = vectors.check(); error != Errno::success) return done(error);
  if (!in_memory(a[4], 4)) return done(Errno::fault);
  return read_file(*this, d->node, a[3], vectors, a[4]);
}

Answer Process::State::fd_pwrite(Args a) {
  Errno error = Errno::success;
  const Descriptor* d = file(a[0], kRightFdWrite | kRightFdSeek, error);
  if (d == nullptr) return done(error);
  if (a[3] > INT64_MAX) return done(Errno::inval);
  Vectors vectors(*this, a[1], a[2]);
  if (error = vectors.check(); error != Errno::success) return done(error);
  if (!in_memory(a[4], 4)) return done(Errno::fault);
  return write_file(*this, d->node, a[3], vectors, a[4]);
}

}  // namespace weft::wasi
