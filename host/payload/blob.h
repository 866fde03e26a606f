// Immutable bytes: a chain of pieces of shared chunks. What runs, steps and nodes hand to each other; copying one copies
// a reference. Any thread may read it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.h"
#include "host/payload/chunk.h"

namespace weft::host {

class Blob {
 public:
  struct Piece {
    ChunkRef chunk;
    std::size_t offset = 0;
    std::size_t size = 0;
    [[nodiscard]] std::span<const std::byte> bytes() const { return {chunk->data() + offset, size}; }
  };

  Blob() = default;
  // Empty pieces are dropped.
  explicit Blob(std::vector<Piece> pieces);
  [[nodiscard]] static Blob copy_of(std::span<const std::byte> bytes);
  [[nodiscard]] static Blob copy_of(std::string_view text) { return copy_of(std::as_bytes(std::span(text))); }

  [[nodiscard]] std::uint64_t size_bytes() const { return rep_ ? rep_->size : 0; }
  [[nodiscard]] bool empty() const { return size_bytes() == 0; }
  [[nodiscard]] std::span<const Piece> pieces() const {
    return rep_ ? std::span<const Piece>(rep_->pieces) : std::span<const Piece>{};
  }
  // The run of bytes that begins at `offset`, up to the end of its piece; empty at the end of the blob.
  [[nodiscard]] std::span<const std::byte> at(std::uint64_t offset) const;
  // Part of it, sharing its chunks. The range must be inside.
  [[nodiscard]] Blob slice(std::uint64_t offset, std::uint64_t size) const;
  [[nodiscard]] static Blob join(std::span<const Blob> blobs);

  // The same bytes with `owner` held until their last reference goes.
  [[nodiscard]] Blob with_owner(std::shared_ptr<void> owner) const;

  // All of it in one piece, for what is small or must be contiguous.
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] Digest sha256() const;

 private:
  struct Rep {
    std::vector<Piece> pieces;
    std::vector<std::uint64_t> ends;  // of each piece, from the front
    std::uint64_t size = 0;
    std::shared_ptr<void> owner;
  };
  std::shared_ptr<const Rep> rep_;
};

}  // namespace weft::host
