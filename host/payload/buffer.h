// Bytes that grow: a step's stdout, a file it writes, a payload being read in. Random access; holes read as zeros and
// take no memory. freeze() turns it into a Blob without copying.
// Owner: one writer on one thread. Answers false, changing nothing, when memory is out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "host/payload/blob.h"
#include "host/payload/chunk.h"

namespace weft::host {

class Buffer {
 public:
  explicit Buffer(std::shared_ptr<ChunkPool> pool) : pool_(std::move(pool)) {}
  // Begins as the content of `blob`, sharing its chunks; a chunk is copied when it is first written.
  Buffer(std::shared_ptr<ChunkPool> pool, const Blob& blob);

  [[nodiscard]] std::uint64_t size_bytes() const { return size_; }
  [[nodiscard]] bool append(std::span<const std::byte> bytes) { return write(size_, bytes); }
  [[nodiscard]] bool append(std::string_view text) { return append(std::as_bytes(std::span(text))); }
  // Past the end: the gap is a hole.
  [[nodiscard]] bool write(std::uint64_t offset, std::span<const std::byte> bytes);
  // The range must be inside.
  void read(std::uint64_t offset, std::span<std::byte> to) const;
  [[nodiscard]] bool resize(std::uint64_t size);
  // Room at the end that a reader may fill in place; follow with commit(). Empty when memory is out.
  [[nodiscard]] std::span<std::byte> room();
  void commit(std::size_t size);

  // Memory that it holds, holes left out.
  [[nodiscard]] std::uint64_t held_bytes() const;
  // The bytes so far; the buffer is empty afterwards.
  [[nodiscard]] Blob freeze();

 private:
  struct Slot {
    ChunkRef chunk;       // none: a hole
    bool shared = false;  // its bytes belong to a blob as well
  };
  [[nodiscard]] std::byte* writable(std::size_t slot, std::size_t needed);

  std::shared_ptr<ChunkPool> pool_;
  std::vector<Slot> slots_;  // of kChunkBytes each; the first may be small
  std::uint64_t size_ = 0;
};

}  // namespace weft::host
