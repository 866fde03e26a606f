// HMAC-SHA-256 (RFC 2104): says that bytes were written by who holds the key. Pure.
#pragma once

#include <cstddef>
#include <span>

#include "core/base/digest.h"

namespace weft {

// `key` of at most 64 bytes.
class Hmac {
 public:
  explicit Hmac(std::span<const std::byte> key);
  void update(std::span<const std::byte> bytes) { inner_.update(bytes); }
  [[nodiscard]] Digest finish();

 private:
  Sha256 inner_;
  Sha256 outer_;
};

[[nodiscard]] Digest hmac(std::span<const std::byte> key, std::span<const std::byte> bytes);
// In a time that does not depend on where they differ.
[[nodiscard]] bool equal_constant_time(const Digest& a, const Digest& b);

}  // namespace weft
