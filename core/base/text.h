// Small things over text that several rooms need: hex, UTF-8, suggestions, byte and time amounts for people.
// All pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weft {

[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);
// Fills `out` exactly; false when `hex` has another length or anything but lower-case digits.
[[nodiscard]] bool from_hex(std::string_view hex, std::span<std::uint8_t> out);

// Well-formed UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);
// Code points in well-formed UTF-8; in anything else, the bytes that are no continuation bytes.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

// The candidate nearest to `word` (insert, delete, replace, swap of neighbours), or empty when none is near enough to
// be what was meant: at most 1 edit up to 3 letters, 2 up to 7, 3 beyond.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

// "0 B", "1.5 KiB", "64 MiB": three figures at most, binary units.
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);
// "85 us", "1.25 ms", "2.00 s", "3 min 20 s".
[[nodiscard]] std::string format_micros(std::int64_t micros);

}  // namespace weft
