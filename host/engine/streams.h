// The ends of a guest's stdin, stdout and stderr. Payload moves once: between guest memory and a chunk or a descriptor.
// Owner and thread: the guest's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/wasi/host.h"
#include "host/payload/blob.h"
#include "host/payload/buffer.h"
#include "host/ports/loop.h"

namespace weft::host {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  [[nodiscard]] virtual wasi::Transfer read(std::span<std::byte> to) = 0;
  [[nodiscard]] virtual wasi::Readiness readiness() = 0;
  // The descriptor to wait for after `pending`; -1: somebody calls Guest::wake() instead.
  [[nodiscard]] virtual int descriptor() const { return -1; }
};

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  [[nodiscard]] virtual wasi::Transfer write(std::span<const std::byte> from) = 0;
  [[nodiscard]] virtual wasi::Readiness readiness() { return {true, false, UINT32_MAX}; }
  [[nodiscard]] virtual int descriptor() const { return -1; }
};

// A blob from front to end.
class BlobSource final : public ByteSource {
 public:
  explicit BlobSource(Blob blob) : blob_(std::move(blob)) {}
  wasi::Transfer read(std::span<std::byte> to) override;
  wasi::Readiness readiness() override;
  [[nodiscard]] std::uint64_t consumed() const { return offset_; }

 private:
  Blob blob_;
  std::uint64_t offset_ = 0;
};

// Into memory, up to a bound; past it `refused`, with nothing of that write kept.
class BufferSink final : public ByteSink {
 public:
  BufferSink(std::shared_ptr<ChunkPool> pool, std::uint64_t bound) : buffer_(std::move(pool)), bound_(bound) {}
  wasi::Transfer write(std::span<const std::byte> from) override;
  [[nodiscard]] Blob freeze() { return buffer_.freeze(); }

 private:
  Buffer buffer_;
  std::uint64_t bound_;
};

// A descriptor of this process, for `weft exec`. Never blocks: what is not ready answers pending.
class DescriptorSource final : public ByteSource {
 public:
  explicit DescriptorSource(int descriptor) : descriptor_(descriptor) {}
  wasi::Transfer read(std::span<std::byte> to) override;
  wasi::Readiness readiness() override;
  int descriptor() const override { return descriptor_; }

 private:
  int descriptor_;
};

class DescriptorSink final : public ByteSink {
 public:
  explicit DescriptorSink(int descriptor);
  wasi::Transfer write(std::span<const std::byte> from) override;
  wasi::Readiness readiness() override;
  int descriptor() const override { return descriptor_; }

 private:
  int descriptor_;
  bool may_block_;  // a pipe or terminal: written no more at once than poll() promises room for
};

// One frame after another into a `stream` step: header (SPEC section 3), then payload; pending in between.
class FrameSource final : public ByteSource {
 public:
  void offer(Blob payload);  // asserts while a frame is unread
  wasi::Transfer read(std::span<std::byte> to) override;
  wasi::Readiness readiness() override;
  [[nodiscard]] bool drained() const { return at_ == end_; }

 private:
  std::array<std::byte, 5> header_{};
  Blob payload_;
  std::uint64_t at_ = 0;   // in header and payload as one
  std::uint64_t end_ = 0;
};

// Its answers: exactly one frame for each that was offered.
class FrameSink final : public ByteSink {
 public:
  FrameSink(std::shared_ptr<ChunkPool> pool, std::uint64_t bound) : buffer_(std::move(pool)), bound_(bound) {}
  void expect();  // another answer is due
  wasi::Transfer write(std::span<const std::byte> from) override;
  [[nodiscard]] bool complete() const { return state_ == State::complete; }
  [[nodiscard]] bool begun() const { return state_ == State::complete || header_size_ > 0; }
  // Why a write was refused: "stream.protocol" or "output.too_large".
  [[nodiscard]] const std::string& refusal() const { return refusal_; }
  [[nodiscard]] Blob take() { return buffer_.freeze(); }

 private:
  enum class State : std::uint8_t { idle, header, payload, complete };
  [[nodiscard]] wasi::Transfer refuse(std::string_view code);

  State state_ = State::idle;
  std::array<std::byte, 5> header_{};
  std::uint32_t header_size_ = 0;
  std::uint64_t payload_left_ = 0;
  Buffer buffer_;
  std::uint64_t bound_;
  std::string refusal_;
};

}  // namespace weft::host
