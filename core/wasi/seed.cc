#include "core/wasi/seed.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/base/digest.h"

namespace weft::wasi {
namespace {

template <class T>
void add(Sha256& hash, T value) {
  std::array<std::byte, sizeof(T)> bytes;
  for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = static_cast<std::byte>(value >> (8 * i));
  hash.update(bytes);
}

void quarter_round(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c, std::uint32_t& d) {
  a += b, d = std::rotl(d ^ a, 16);
  c += d, b = std::rotl(b ^ c, 12);
  a += b, d = std::rotl(d ^ a, 8);
  c += d, b = std::rotl(b ^ c, 7);
}

}  // namespace

SeedKey seed_key(std::uint64_t seed, std::string_view step, std::uint64_t item, std::uint32_t try_number) {
  Sha256 hash;
  hash.update("weft.seed.1");
  add(hash, seed);
  add(hash, static_cast<std::uint32_t>(step.size()));
  hash.update(step);
  add(hash, item);
  add(hash, try_number);
  return hash.finish().bytes;
}

ChaCha20::ChaCha20(const SeedKey& key) : state_{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574} {
  for (std::size_t i = 0; i < 8; ++i)
    for (std::size_t b = 0; b < 4; ++b) state_[4 + i] |= std::uint32_t{key[4 * i + b]} << (8 * b);
}

void ChaCha20::next_block() {
  std::array<std::uint32_t, 16> x = state_;
  for (int round = 0; round < 10; ++round) {
    quarter_round(x[0], x[4], x[8], x[12]);
    quarter_round(x[1], x[5], x[9], x[13]);
    quarter_round(x[2], x[6], x[10], x[14]);
    quarter_round(x[3], x[7], x[11], x[15]);
    quarter_round(x[0], x[5], x[10], x[15]);
    quarter_round(x[1], x[6], x[11], x[12]);
    quarter_round(x[2], x[7], x[8], x[13]);
    quarter_round(x[3], x[4], x[9], x[14]);
  }
  for (std::size_t i = 0; i < 16; ++i)
    for (std::size_t b = 0; b < 4; ++b) block_[4 * i + b] = static_cast<std::uint8_t>((x[i] + state_[i]) >> (8 * b));
  if (++state_[12] == 0) ++state_[13];  // 256 GiB and more: the counter goes on into the nonce
  used_ = 0;
}

void ChaCha20::fill(std::span<std::byte> out) {
  while (!out.empty()) {
    if (used_ == block_.size()) next_block();
    const std::size_t take = std::min(out.size(), block_.size() - used_);
    std::memcpy(out.data(), block_.data() + used_, take);
    used_ += take;
    out = out.subspan(take);
  }
}

}  // namespace weft::wasi
