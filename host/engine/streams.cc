#include "host/engine/streams.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/base/assert.h"

namespace weft::host {
namespace {

using wasi::Readiness;
using wasi::Transfer;

constexpr std::size_t kEnvelopeBytes = 5;
constexpr std::size_t kPipeRoomBytes = 4096;  // what poll() promises when it calls a pipe writable (PIPE_BUF)

// What poll() says right now of one event: its revents, 0 when nothing is ready.
short poll_now(int descriptor, short event) {
  pollfd p{descriptor, event, 0};
  while (::poll(&p, 1, 0) < 0)
    if (errno != EINTR) return POLLERR;
  return p.revents;
}

Transfer moved(std::size_t size) { return {Transfer::State::moved, static_cast<std::uint32_t>(size)}; }

}  // namespace

Transfer BlobSource::read(std::span<std::byte> to) {
  std::size_t done = 0;
  while (done < to.size()) {
    const std::span<const std::byte> run = blob_.at(offset_);
    if (run.empty()) break;
    const std::size_t take = std::min(run.size(), to.size() - done);
    std::memcpy(to.data() + done, run.data(), take);
    done += take;
    offset_ += take;
  }
  return done > 0 ? moved(done) : Transfer{Transfer::State::ended, 0};
}

Readiness BlobSource::readiness() {
  const std::uint64_t left = blob_.size_bytes() - offset_;
  return {true, left == 0, left};
}

Transfer BufferSink::write(std::span<const std::byte> from) {
  if (from.size() > bound_ - buffer_.size_bytes()) return {Transfer::State::refused, 0};
  if (!buffer_.append(from)) return {Transfer::State::failed, 0};
  return moved(from.size());
}

Transfer DescriptorSource::read(std::span<std::byte> to) {
  if (poll_now(descriptor_, POLLIN) == 0) return {Transfer::State::pending, 0};
  for (;;) {
    const ssize_t got = ::read(descriptor_, to.data(), to.size());
    if (got > 0) return moved(static_cast<std::size_t>(got));
    if (got == 0) return {Transfer::State::ended, 0};
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return {Transfer::State::pending, 0};
    return {Transfer::State::failed, 0};
  }
}

Readiness DescriptorSource::readiness() {
  const short ready = poll_now(descriptor_, POLLIN);
  if (ready == 0) return {};
  int bytes = 0;
  if (::ioctl(descriptor_, FIONREAD, &bytes) != 0) bytes = 1;
  return {true, (ready & (POLLHUP | POLLERR)) != 0 && bytes == 0, static_cast<std::uint64_t>(std::max(bytes, 0))};
}

DescriptorSink::DescriptorSink(int descriptor) : descriptor_(descriptor) {
  struct stat info {};
  may_block_ = ::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode);
  if (S_ISCHR(info.st_mode) && ::isatty(descriptor) == 0) may_block_ = false;  // /dev/null and its like
}

Transfer DescriptorSink::write(std::span<const std::byte> from) {
  if (may_block_) {
    const short ready = poll_now(descriptor_, POLLOUT);
    if (ready == 0) return {Transfer::State::pending, 0};
    from = from.first(std::min(from.size(), kPipeRoomBytes));
  }
  for (;;) {
    const ssize_t put = ::write(descriptor_, from.data(), from.size());
    if (put >= 0) return moved(static_cast<std::size_t>(put));
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return {Transfer::State::pending, 0};
    return {errno == EPIPE ? Transfer::State::ended : Transfer::State::failed, 0};
  }
}

Readiness DescriptorSink::readiness() {
  if (!may_block_) return {true, false, UINT32_MAX};
  const short ready = poll_now(descriptor_, POLLOUT);
  return {ready != 0, (ready & POLLERR) != 0, ready != 0 ? kPipeRoomBytes : 0};
}

void FrameSource::offer(Blob payload) {
  WEFT_ASSERT(drained());
  const auto size = static_cast<std::uint32_t>(payload.size_bytes());
  header_ = {std::byte{0}, static_cast<std::byte>(size >> 24), static_cast<std::byte>(size >> 16),
             static_cast<std::byte>(size >> 8), static_cast<std::byte>(size)};
  payload_ = std::move(payload);
  at_ = 0;
  end_ = kEnvelopeBytes + size;
}

Transfer FrameSource::read(std::span<std::byte> to) {
  if (drained()) return {Transfer::State::pending, 0};
  std::size_t done = 0;
  while (done < to.size() && !drained()) {
    const std::span<const std::byte> run =
        at_ < kEnvelopeBytes ? std::span<const std::byte>(header_).subspan(at_) : payload_.at(at_ - kEnvelopeBytes);
    const std::size_t take = std::min(run.size(), to.size() - done);
    std::memcpy(to.data() + done, run.data(), take);
    done += take;
    at_ += take;
  }
  return moved(done);
}

Readiness FrameSource::readiness() { return {!drained(), false, end_ - at_}; }

void FrameSink::expect() {
  state_ = State::header;
  header_size_ = 0;
}

Transfer FrameSink::refuse(std::string_view code) {
  refusal_ = code;
  return {Transfer::State::refused, 0};
}

Transfer FrameSink::write(std::span<const std::byte> from) {
  const std::size_t asked = from.size();
  while (!from.empty()) {
    if (state_ == State::idle || state_ == State::complete) return refuse("stream.protocol");
    if (state_ == State::header) {
      header_[header_size_++] = from.front();
      from = from.subspan(1);
      if (header_size_ < kEnvelopeBytes) continue;
      payload_left_ = 0;
      for (std::size_t i = 1; i < kEnvelopeBytes; ++i) payload_left_ = payload_left_ << 8 | std::to_integer<std::uint64_t>(header_[i]);
      if (header_[0] != std::byte{0}) return refuse("stream.protocol");
      if (payload_left_ > bound_) return refuse("output.too_large");
      state_ = payload_left_ > 0 ? State::payload : State::complete;
      continue;
    }
    const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, from.size()));
    if (!buffer_.append(from.first(take))) return {Transfer::State::failed, 0};
    payload_left_ -= take;
    from = from.subspan(take);
    if (payload_left_ == 0) state_ = State::complete;
  }
  return moved(asked);
}

}  // namespace weft::host
