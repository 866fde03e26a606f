// SHA-256 (FIPS 180-4): names modules, workflows, blobs and outputs. About 1.6 GB/s at best, so never on the payload
// path: only where something is stored, named by digest, or asked for. Thread: a Sha256 belongs to one caller.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weft {

struct Digest {
  std::array<std::uint8_t, 32> bytes{};
  friend auto operator<=>(const Digest&, const Digest&) = default;

  [[nodiscard]] std::string hex() const;   // 64 lower-case digits
  [[nodiscard]] std::string text() const;  // "sha256:" and hex()
  // Takes what text() gives; nothing else (no upper case, no bare hex).
  [[nodiscard]] static std::optional<Digest> parse(std::string_view text);
};

class Sha256 {
 public:
  Sha256();
  void update(std::span<const std::byte> bytes);
  void update(std::string_view text);
  // Ends the computation; the object is spent.
  [[nodiscard]] Digest finish();

 private:
  void compress(const std::uint8_t* blocks, std::size_t count);

  std::array<std::uint32_t, 8> state_;
  std::array<std::uint8_t, 64> block_{};
  std::uint64_t total_bytes_ = 0;
};

[[nodiscard]] Digest sha256(std::span<const std::byte> bytes);
[[nodiscard]] Digest sha256(std::string_view text);

}  // namespace weft
