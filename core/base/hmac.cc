#include "core/base/hmac.h"

#include <array>
#include <cstdint>

#include "core/base/assert.h"

namespace weft {

Hmac::Hmac(std::span<const std::byte> key) {
  WEFT_ASSERT(key.size() <= 64);
  std::array<std::byte, 64> inner;
  std::array<std::byte, 64> outer;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::byte k = i < key.size() ? key[i] : std::byte{0};
    inner[i] = k ^ std::byte{0x36};
    outer[i] = k ^ std::byte{0x5c};
  }
  inner_.update(inner);
  outer_.update(outer);
}

Digest Hmac::finish() {
  const Digest inner = inner_.finish();
  outer_.update(std::as_bytes(std::span(inner.bytes)));
  return outer_.finish();
}

Digest hmac(std::span<const std::byte> key, std::span<const std::byte> bytes) {
  Hmac mac(key);
  mac.update(bytes);
  return mac.finish();
}

bool equal_constant_time(const Digest& a, const Digest& b) {
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.bytes.size(); ++i) difference |= static_cast<unsigned>(a.bytes[i] ^ b.bytes[i]);
  return difference == 0;
}

}  // namespace weft
