#include "host/payload/buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/assert.h"

namespace weft::host {

Buffer::Buffer(std::shared_ptr<ChunkPool> pool, const Blob& blob) : pool_(std::move(pool)) {
  // Pieces that are whole, aligned chunks are shared; anything else is copied into place.
  for (const Blob::Piece& piece : blob.pieces()) {
    const bool aligned = size_ % kChunkBytes == 0 && piece.offset == 0 && piece.chunk->capacity() == kChunkBytes &&
                         (piece.size == kChunkBytes || size_ + piece.size == blob.size_bytes());
    if (aligned) {
      slots_.push_back({piece.chunk, true});
      size_ += piece.size;
    } else if (!append(piece.bytes())) {
      throw std::bad_alloc();
    }
  }
}

// The chunk of a slot, owned alone and with room for `needed` bytes; what it held is kept, what it gains is not zeroed.
std::byte* Buffer::writable(std::size_t slot, std::size_t needed) {
  Slot& s = slots_[slot];
  if (s.chunk && !s.shared && s.chunk->capacity() >= needed) return s.chunk->data();
  const bool small = slot == 0 && needed <= kSmallChunkBytes && slots_.size() == 1;
  ChunkRef fresh = pool_->take(small ? ChunkPool::Size::small : ChunkPool::Size::full);
  if (!fresh) return nullptr;
  const std::uint64_t begin = std::uint64_t{slot} * kChunkBytes;
  const std::size_t used = size_ <= begin ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(size_ - begin, kChunkBytes));
  if (!s.chunk) {
    std::memset(fresh->data(), 0, std::min(used, fresh->capacity()));
  } else {
    std::memcpy(fresh->data(), s.chunk->data(), std::min({used, s.chunk->capacity(), fresh->capacity()}));
    if (used > s.chunk->capacity()) std::memset(fresh->data() + s.chunk->capacity(), 0, used - s.chunk->capacity());
  }
  s = {std::move(fresh), false};
  return s.chunk->data();
}

bool Buffer::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (bytes.empty()) return true;
  const std::uint64_t end = offset + bytes.size();
  if (offset > size_ && !resize(offset)) return false;
  const std::uint64_t old_size = size_;
  while (!bytes.empty()) {
    const auto slot = static_cast<std::size_t>(offset / kChunkBytes);
    const auto within = static_cast<std::size_t>(offset % kChunkBytes);
    const std::size_t take = std::min(bytes.size(), kChunkBytes - within);
    if (slot == slots_.size()) slots_.emplace_back();
    std::byte* data = writable(slot, within + take);
    if (data == nullptr) {
      static_cast<void>(resize(old_size));
      return false;
    }
    std::memcpy(data + within, bytes.data(), take);
    offset += take;
    size_ = std::max(size_, offset);
    bytes = bytes.subspan(take);
  }
  size_ = std::max(old_size, end);
  return true;
}

void Buffer::read(std::uint64_t offset, std::span<std::byte> to) const {
  WEFT_ASSERT(offset <= size_ && to.size() <= size_ - offset);
  while (!to.empty()) {
    const Slot& slot = slots_[static_cast<std::size_t>(offset / kChunkBytes)];
    const auto within = static_cast<std::size_t>(offset % kChunkBytes);
    const std::size_t take = std::min(to.size(), kChunkBytes - within);
    const std::size_t held = slot.chunk && within < slot.chunk->capacity() ? std::min(take, slot.chunk->capacity() - within) : 0;
    if (held > 0) std::memcpy(to.data(), slot.chunk->data() + within, held);
    std::memset(to.data() + held, 0, take - held);
    offset += take;
    to = to.subspan(take);
  }
}

bool Buffer::resize(std::uint64_t size) {
  const auto count = static_cast<std::size_t>((size + kChunkBytes - 1) / kChunkBytes);
  if (size < size_) {
    slots_.resize(count);
    size_ = size;
    return true;
  }
  // What the last chunk holds past the old end is stale; it must read as zeros once it is inside.
  if (size_ % kChunkBytes != 0 && slots_.back().chunk) {
    const auto slot = slots_.size() - 1;
    const auto within = static_cast<std::size_t>(size_ % kChunkBytes);
    const auto last = static_cast<std::size_t>(std::min<std::uint64_t>(size - (size_ - within), kChunkBytes));
    std::byte* data = writable(slot, last);
    if (data == nullptr) return false;
    std::memset(data + within, 0, last - within);
  }
  slots_.resize(count);
  size_ = size;
  return true;
}

std::span<std::byte> Buffer::room() {
  const auto slot = static_cast<std::size_t>(size_ / kChunkBytes);
  const auto within = static_cast<std::size_t>(size_ % kChunkBytes);
  if (slot == slots_.size()) slots_.emplace_back();
  std::byte* data = writable(slot, kChunkBytes);
  if (data == nullptr) return {};
  return {data + within, kChunkBytes - within};
}

void Buffer::commit(std::size_t size) { size_ += size; }

std::uint64_t Buffer::held_bytes() const {
  std::uint64_t held = 0;
  for (const Slot& slot : slots_) held += slot.chunk ? slot.chunk->capacity() : 0;
  return held;
}

Blob Buffer::freeze() {
  std::vector<Slot> slots = std::exchange(slots_, {});
  std::uint64_t left = std::exchange(size_, 0);
  if (left == 0) return {};
  if (left <= kCopyOutBelowBytes && slots[0].chunk)
    return Blob::copy_of({slots[0].chunk->data(), static_cast<std::size_t>(left)});
  std::vector<Blob::Piece> pieces;
  pieces.reserve(slots.size());
  ChunkRef zeros;
  const auto zero_piece = [&](std::size_t size) {
    if (!zeros) {
      zeros = allocate_chunk(kChunkBytes);
      if (!zeros) throw std::bad_alloc();
      std::memset(zeros->data(), 0, kChunkBytes);
    }
    pieces.push_back({zeros, 0, size});
  };
  for (Slot& slot : slots) {
    const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(left, kChunkBytes));
    const std::size_t held = slot.chunk ? std::min(size, slot.chunk->capacity()) : 0;
    if (held > 0) pieces.push_back({std::move(slot.chunk), 0, held});
    if (size > held) zero_piece(size - held);
    left -= size;
  }
  return Blob(std::move(pieces));
}

}  // namespace weft::host
