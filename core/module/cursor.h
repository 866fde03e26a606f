// Takes values of the binary format from the front of some bytes; once something is wrong, everything after is zero and
// good() says so. Private to core/module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace weft::module {

class Cursor {
 public:
  explicit Cursor(std::span<const std::byte> bytes) : rest_(bytes) {}

  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

  std::uint8_t byte() {
    if (rest_.empty()) return give_up();
    const auto value = std::to_integer<std::uint8_t>(rest_.front());
    rest_ = rest_.subspan(1);
    return value;
  }

  // Unsigned LEB128 of at most 64 bits.
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t b = byte();
      value |= std::uint64_t{b & 0x7FU} << shift;
      if ((b & 0x80U) == 0) return value;
    }
    return give_up();
  }

  std::span<const std::byte> take(std::uint64_t size) {
    if (size > rest_.size()) {
      give_up();
      return {};
    }
    const auto taken = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(static_cast<std::size_t>(size));
    return taken;
  }

  std::string name() {
    const auto bytes = take(number());
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  std::uint8_t give_up() {
    good_ = false;
    rest_ = {};
    return 0;
  }

 private:
  std::span<const std::byte> rest_;
  bool good_ = true;
};

}  // namespace weft::module
