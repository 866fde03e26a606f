#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <vector>

namespace weft {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Length of the well-formed sequence at the front of `text`, 0 when there is none.
std::size_t utf8_sequence(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto tail = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  const unsigned a = at(0);
  if (a < 0x80) return 1;
  if (a >= 0xC2 && a <= 0xDF) return tail(1) ? 2 : 0;
  if (a >= 0xE0 && a <= 0xEF) {
    if ((a == 0xE0 && at(1) < 0xA0) || (a == 0xED && at(1) > 0x9F)) return 0;
    return tail(1) && tail(2) ? 3 : 0;
  }
  if (a >= 0xF0 && a <= 0xF4) {
    if ((a == 0xF0 && at(1) < 0x90) || (a == 0xF4 && at(1) > 0x8F)) return 0;
    return tail(1) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

// Optimal string alignment distance, given up (as `bound` + 1) once it must exceed `bound`.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t bound) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > bound) return bound + 1;
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

// `value` / `unit` with three figures: "1.25", "12.5", "125".
std::string three_figures(std::uint64_t value, std::uint64_t unit) {
  const std::uint64_t whole = value / unit;
  if (whole >= 100) return std::to_string(whole);
  const std::uint64_t scale = whole >= 10 ? 10 : 100;
  const std::uint64_t part = (value % unit) * scale / unit;
  std::string digits = std::to_string(part);
  if (scale == 100 && digits.size() < 2) digits.insert(0, "0");
  return std::to_string(whole) + "." + digits;
}

}  // namespace

std::string to_hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t b : bytes) {
    out.push_back(kDigits[b >> 4]);
    out.push_back(kDigits[b & 15]);
  }
  return out;
}

bool from_hex(std::string_view hex, std::span<std::uint8_t> out) {
  if (hex.size() != out.size() * 2) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_value(hex[2 * i]);
    const int low = hex_value(hex[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = utf8_sequence(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  const std::size_t bound = word.size() <= 3 ? 1 : word.size() <= 7 ? 2 : 3;
  std::string_view best;
  std::size_t best_distance = bound + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate, bound);
    if (distance < best_distance) best = candidate, best_distance = distance;
  }
  return best;
}

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  std::uint64_t size = 1;
  while (unit + 1 < kUnits.size() && bytes / size >= 1024) size *= 1024, ++unit;
  const std::string number = bytes % size == 0 ? std::to_string(bytes / size) : three_figures(bytes, size);
  return number + " " + std::string(kUnits[unit]);
}

std::string format_micros(std::int64_t micros) {
  if (micros < 0) return "-" + format_micros(-micros);
  const auto value = static_cast<std::uint64_t>(micros);
  if (value < 1000) return std::to_string(value) + " us";
  if (value < 1'000'000) return three_figures(value, 1000) + " ms";
  if (value < 60'000'000) return three_figures(value, 1'000'000) + " s";
  return std::to_string(value / 60'000'000) + " min " + std::to_string(value / 1'000'000 % 60) + " s";
}

}  // namespace weft
