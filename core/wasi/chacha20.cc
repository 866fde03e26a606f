#include "core/wasi/chacha20.h"

#include <algorithm>
#include <bit>

namespace weft::wasi {
namespace {

using Words = std::array<std::uint32_t, 16>;

constexpr void quarter_round(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c, std::uint32_t& d) {
  a += b, d = std::rotl(d ^ a, 16);
  c += d, b = std::rotl(b ^ c, 12);
  a += b, d = std::rotl(d ^ a, 8);
  c += d, b = std::rotl(b ^ c, 7);
}

std::uint32_t load_le(const std::uint8_t* from) {
  return static_cast<std::uint32_t>(from[0]) | static_cast<std::uint32_t>(from[1]) << 8 |
         static_cast<std::uint32_t>(from[2]) << 16 | static_cast<std::uint32_t>(from[3]) << 24;
}

}  // namespace

std::array<std::uint8_t, 64> chacha20_block(const std::array<std::uint8_t, 32>& key, std::uint32_t counter,
                                            const std::array<std::uint8_t, 12>& nonce) {
  Words start = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  for (std::size_t i = 0; i < 8; ++i) start[4 + i] = load_le(&key[4 * i]);
  start[12] = counter;
  for (std::size_t i = 0; i < 3; ++i) start[13 + i] = load_le(&nonce[4 * i]);

  Words w = start;
  for (int round = 0; round < 10; ++round) {
    quarter_round(w[0], w[4], w[8], w[12]);
    quarter_round(w[1], w[5], w[9], w[13]);
    quarter_round(w[2], w[6], w[10], w[14]);
    quarter_round(w[3], w[7], w[11], w[15]);
    quarter_round(w[0], w[5], w[10], w[15]);
    quarter_round(w[1], w[6], w[11], w[12]);
    quarter_round(w[2], w[7], w[8], w[13]);
    quarter_round(w[3], w[4], w[9], w[14]);
  }
  std::array<std::uint8_t, 64> block;
  for (std::size_t i = 0; i < 16; ++i) {
    const std::uint32_t word = w[i] + start[i];
    for (std::size_t byte = 0; byte < 4; ++byte) block[4 * i + byte] = static_cast<std::uint8_t>(word >> (8 * byte));
  }
  return block;
}

void ChaCha20::fill(std::span<std::byte> to) {
  while (!to.empty()) {
    if (used_ == block_.size()) {
      std::array<std::uint8_t, 12> nonce{};
      for (std::size_t i = 0; i < 4; ++i) nonce[i] = static_cast<std::uint8_t>(next_block_ >> (32 + 8 * i));
      block_ = chacha20_block(key_, static_cast<std::uint32_t>(next_block_), nonce);
      ++next_block_;
      used_ = 0;
    }
    const std::size_t count = std::min(to.size(), block_.size() - used_);
    for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<std::byte>(block_[used_ + i]);
    used_ += count;
    to = to.subspan(count);
  }
}

}  // namespace weft::wasi
