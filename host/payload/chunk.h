// Memory that payload lives in: reference-counted runs of bytes, recycled so that they are paid for (page faults) once.
// A chunk is written by one owner until it is shared; from then on it is immutable. Counting is thread-safe, and so is
// a pool; a shard has a pool of its own so that nobody waits for its lock.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "host/payload/limits.h"

namespace weft::host {

class ChunkPool;

class Chunk {
 public:
  [[nodiscard]] std::byte* data() { return data_; }
  [[nodiscard]] const std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 private:
  friend class ChunkPool;
  friend class ChunkRef;
  friend class ChunkMaker;

  enum class Kind : std::uint8_t { heap, mapped };

  std::byte* data_ = nullptr;
  std::size_t capacity_ = 0;
  Kind kind_ = Kind::heap;
  std::atomic<std::uint32_t> references_{0};
  std::shared_ptr<ChunkPool> home_;  // where it goes back to; none: it is freed
};

class ChunkRef {
 public:
  ChunkRef() = default;
  explicit ChunkRef(Chunk* chunk) : chunk_(chunk) { acquire(); }
  ChunkRef(const ChunkRef& other) : chunk_(other.chunk_) { acquire(); }
  ChunkRef(ChunkRef&& other) noexcept : chunk_(std::exchange(other.chunk_, nullptr)) {}
  ChunkRef& operator=(ChunkRef other) noexcept {
    std::swap(chunk_, other.chunk_);
    return *this;
  }
  ~ChunkRef() { release(); }

  explicit operator bool() const { return chunk_ != nullptr; }
  Chunk* operator->() const { return chunk_; }
  Chunk* get() const { return chunk_; }

 private:
  void acquire() {
    if (chunk_ != nullptr) chunk_->references_.fetch_add(1, std::memory_order_relaxed);
  }
  void release();

  Chunk* chunk_ = nullptr;
};

// Hands out chunks of kChunkBytes and kSmallChunkBytes; keeps what comes back up to kMaxFreeChunks. Contents of a fresh
// chunk are whatever was there before: writers track what they wrote.
class ChunkPool : public std::enable_shared_from_this<ChunkPool> {
 public:
  [[nodiscard]] static std::shared_ptr<ChunkPool> make() { return std::shared_ptr<ChunkPool>(new ChunkPool); }
  ~ChunkPool();
  ChunkPool(const ChunkPool&) = delete;
  ChunkPool& operator=(const ChunkPool&) = delete;

  enum class Size : std::uint8_t { small, full };
  // Nothing where memory is out.
  [[nodiscard]] ChunkRef take(Size size);
  // Gives what is kept for reuse back to the system.
  void trim();

 private:
  friend class ChunkRef;
  ChunkPool() = default;
  void give_back(Chunk* chunk);

  std::mutex mutex_;
  std::vector<Chunk*> free_;
  std::vector<Chunk*> free_small_;
};

// A chunk outside every pool: exactly `size` bytes, not initialised. Nothing where memory is out.
[[nodiscard]] ChunkRef allocate_chunk(std::size_t size);
// Takes over a mapping made by mmap(); it is unmapped with the last reference.
[[nodiscard]] ChunkRef adopt_mapping(void* address, std::size_t size);

}  // namespace weft::host
