#include "host/payload/blob.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "core/base/assert.h"

namespace weft::host {

Blob::Blob(std::vector<Piece> pieces) {
  std::erase_if(pieces, [](const Piece& piece) { return piece.size == 0; });
  if (pieces.empty()) return;
  auto rep = std::make_shared<Rep>();
  rep->pieces = std::move(pieces);
  rep->ends.reserve(rep->pieces.size());
  for (const Piece& piece : rep->pieces) rep->ends.push_back(rep->size += piece.size);
  rep_ = std::move(rep);
}

Blob Blob::copy_of(std::span<const std::byte> bytes) {
  if (bytes.empty()) return {};
  ChunkRef chunk = allocate_chunk(bytes.size());
  if (!chunk) throw std::bad_alloc();
  std::memcpy(chunk->data(), bytes.data(), bytes.size());
  return Blob({{std::move(chunk), 0, bytes.size()}});
}

std::span<const std::byte> Blob::at(std::uint64_t offset) const {
  if (offset >= size_bytes()) return {};
  const auto& ends = rep_->ends;
  const auto found = std::upper_bound(ends.begin(), ends.end(), offset);
  const Piece& piece = rep_->pieces[static_cast<std::size_t>(found - ends.begin())];
  const std::uint64_t left = *found - offset;
  return piece.bytes().last(static_cast<std::size_t>(left));
}

Blob Blob::slice(std::uint64_t offset, std::uint64_t size) const {
  WEFT_ASSERT(offset <= size_bytes() && size <= size_bytes() - offset);
  std::vector<Piece> pieces;
  if (size == 0) return {};
  const auto& ends = rep_->ends;
  auto i = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), offset) - ends.begin());
  while (size > 0) {
    const Piece& piece = rep_->pieces[i];
    const std::size_t skip = piece.size - static_cast<std::size_t>(ends[i] - offset);
    const std::size_t take = static_cast<std::size_t>(std::min<std::uint64_t>(size, piece.size - skip));
    pieces.push_back({piece.chunk, piece.offset + skip, take});
    offset += take, size -= take, ++i;
  }
  return Blob(std::move(pieces));
}

Blob Blob::join(std::span<const Blob> blobs) {
  std::vector<Piece> pieces;
  for (const Blob& blob : blobs) pieces.insert(pieces.end(), blob.pieces().begin(), blob.pieces().end());
  return Blob(std::move(pieces));
}

Blob Blob::with_owner(std::shared_ptr<void> owner) const {
  if (!rep_) return {};
  auto rep = std::make_shared<Rep>(*rep_);
  rep->owner = std::move(owner);
  Blob blob;
  blob.rep_ = std::move(rep);
  return blob;
}

std::string Blob::to_string() const {
  std::string out;
  out.reserve(static_cast<std::size_t>(size_bytes()));
  for (const Piece& piece : pieces()) out.append(reinterpret_cast<const char*>(piece.bytes().data()), piece.size);
  return out;
}

Digest Blob::sha256() const {
  Sha256 hash;
  for (const Piece& piece : pieces()) hash.update(piece.bytes());
  return hash.finish();
}

}  // namespace weft::host
