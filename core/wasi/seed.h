// Deterministic randomness and time for guests that have a seed (SPEC section 2). Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace weft::wasi {

using SeedKey = std::array<std::uint8_t, 32>;

// SHA-256 of: the 11 bytes "weft.seed.1", the seed (8 bytes, little-endian), the length of the step's name (4 bytes,
// little-endian), the name, the item (8 bytes), the try (4 bytes).
[[nodiscard]] SeedKey seed_key(std::uint64_t seed, std::string_view step, std::uint64_t item, std::uint32_t try_number);

// The key stream of ChaCha20 (RFC 8439) with a nonce of zeros and a counter from 0.
class ChaCha20 {
 public:
  explicit ChaCha20(const SeedKey& key);
  void fill(std::span<std::byte> out);

 private:
  void next_block();

  std::array<std::uint32_t, 16> state_;
  std::array<std::uint8_t, 64> block_{};
  std::size_t used_ = 64;  // of the block
};

constexpr std::uint64_t kVirtualEpochNs = 946'684'800'000'000'000;  // 2000-01-01T00:00:00Z
constexpr std::uint64_t kVirtualTickNs = 1000;                      // what a reading advances it by

}  // namespace weft::wasi
