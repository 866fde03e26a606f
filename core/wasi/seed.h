// The key of a seeded try: what makes two tries of the same step, item and number draw the same random bytes, on every
// tier. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace weft::wasi {

// SHA-256 of these bytes, in this order, nothing between them:
//   "weft.seed.1"           11 bytes, ASCII
//   seed                    8 bytes, little-endian
//   length of `step`        4 bytes, little-endian
//   step                    its name, UTF-8
//   item                    8 bytes, little-endian; 0 where a step has no items
//   try                     4 bytes, little-endian; 1 is the first
// It keys Setup::seed_key: the ChaCha20 stream of chacha20.h.
[[nodiscard]] std::array<std::uint8_t, 32> seed_key(std::uint64_t seed, std::string_view step, std::uint64_t item,
                                                    std::uint32_t try_number);

}  // namespace weft::wasi
