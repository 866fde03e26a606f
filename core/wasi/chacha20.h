// The ChaCha20 key stream of RFC 8439: where a seeded process gets its random bytes. Owner: one caller. Not for secrets
// kept from the guest: whoever knows the seed knows the stream.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weft::wasi {

// One block: `counter` and `nonce` as RFC 8439 section 2.3 lays them out.
[[nodiscard]] std::array<std::uint8_t, 64> chacha20_block(const std::array<std::uint8_t, 32>& key,
                                                          std::uint32_t counter,
                                                          const std::array<std::uint8_t, 12>& nonce);

// All bytes of the blocks of one key in order, nonce zero, counter from 0. After 2^32 blocks (256 GiB) the counter
// carries into the nonce's first word, so that the stream never repeats.
class ChaCha20 {
 public:
  explicit ChaCha20(const std::array<std::uint8_t, 32>& key) : key_(key) {}

  void fill(std::span<std::byte> to);

 private:
  std::array<std::uint8_t, 32> key_;
  std::array<std::uint8_t, 64> block_{};
  std::size_t used_ = 64;
  std::uint64_t next_block_ = 0;
};

}  // namespace weft::wasi
