#include "host/payload/chunk.h"

#include <sys/mman.h>

#include <cstdlib>
#include <utility>

namespace weft::host {
namespace {

void free_chunk_memory(std::byte* data) { std::free(data); }

}  // namespace

void ChunkRef::release() {
  if (chunk_ == nullptr || chunk_->references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  Chunk* chunk = std::exchange(chunk_, nullptr);
  if (chunk->home_) {
    const std::shared_ptr<ChunkPool> home = std::move(chunk->home_);
    return home->give_back(chunk);
  }
  if (chunk->kind_ == Chunk::Kind::mapped) {
    ::munmap(chunk->data_, chunk->capacity_);
  } else {
    free_chunk_memory(chunk->data_);
  }
  delete chunk;
}

ChunkPool::~ChunkPool() { trim(); }

ChunkRef ChunkPool::take(Size size) {
  std::vector<Chunk*>& free = size == Size::full ? free_ : free_small_;
  Chunk* chunk = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (!free.empty()) {
      chunk = free.back();
      free.pop_back();
    }
  }
  ChunkRef ref = chunk != nullptr ? ChunkRef(chunk) : allocate_chunk(size == Size::full ? kChunkBytes : kSmallChunkBytes);
  if (ref) ref->home_ = shared_from_this();
  return ref;
}

void ChunkPool::give_back(Chunk* chunk) {
  const bool full = chunk->capacity_ == kChunkBytes;
  {
    const std::lock_guard lock(mutex_);
    std::vector<Chunk*>& free = full ? free_ : free_small_;
    if (free.size() < (full ? kMaxFreeChunks : kMaxFreeSmallChunks)) {
      free.push_back(chunk);
      return;
    }
  }
  free_chunk_memory(chunk->data_);
  delete chunk;
}

void ChunkPool::trim() {
  std::vector<Chunk*> all;
  {
    const std::lock_guard lock(mutex_);
    all.swap(free_);
    all.insert(all.end(), free_small_.begin(), free_small_.end());
    free_small_.clear();
  }
  for (Chunk* chunk : all) {
    free_chunk_memory(chunk->data_);
    delete chunk;
  }
}

class ChunkMaker {
 public:
  static ChunkRef make(void* data, std::size_t capacity, Chunk::Kind kind) {
    auto* chunk = new Chunk;
    chunk->data_ = static_cast<std::byte*>(data);
    chunk->capacity_ = capacity;
    chunk->kind_ = kind;
    return ChunkRef(chunk);
  }
  static constexpr Chunk::Kind kHeap = Chunk::Kind::heap;
  static constexpr Chunk::Kind kMapped = Chunk::Kind::mapped;
};

ChunkRef allocate_chunk(std::size_t size) {
  // Page alignment for whole pages: a copy between aligned pages is the fastest there is.
  void* data = size >= kSmallChunkBytes ? std::aligned_alloc(4096, (size + 4095) / 4096 * 4096)
                                        : std::malloc(size > 0 ? size : 1);
  return data != nullptr ? ChunkMaker::make(data, size, ChunkMaker::kHeap) : ChunkRef();
}

ChunkRef adopt_mapping(void* address, std::size_t size) {
  return ChunkMaker::make(address, size, ChunkMaker::kMapped);
}

}  // namespace weft::host
