#include "core/flow/units.h"

#include <array>
#include <optional>
#include <span>
#include <string>

#include "core/flow/limits.h"

namespace weft::flow {
namespace {

constexpr std::size_t kMaxDigits = 15;  // so that thousandths fit 64 bits

// A decimal number in thousandths, and what stands behind it.
struct Amount {
  std::uint64_t thousandths;
  std::string_view unit;
};

std::optional<Amount> split(std::string_view text) {
  std::uint64_t value = 0;
  std::size_t digits = 0;
  std::size_t decimals = 0;
  bool point = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point && digits > 0) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      if (++digits > kMaxDigits || (point && ++decimals > 3)) return std::nullopt;
      value = value * 10 + static_cast<std::uint64_t>(c - '0');
    } else {
      break;
    }
  }
  if (digits == 0 || (point && decimals == 0)) return std::nullopt;
  for (; decimals < 3; ++decimals) {
    if (value > UINT64_MAX / 10) return std::nullopt;
    value *= 10;
  }
  return Amount{value, text.substr(at)};
}

struct Unit {
  std::string_view name;
  std::uint64_t value;
};
constexpr std::array kTimeUnits = {Unit{"us", 1}, Unit{"ms", 1000}, Unit{"s", 1'000'000}, Unit{"m", 60'000'000},
                                   Unit{"h", 3'600'000'000}};
constexpr std::array kSizeUnits = {Unit{"B", 1},          Unit{"KiB", 1ULL << 10},  Unit{"MiB", 1ULL << 20},
                                   Unit{"GiB", 1ULL << 30}, Unit{"TiB", 1ULL << 40},  Unit{"kB", 1000},
                                   Unit{"KB", 1000},      Unit{"MB", 1'000'000},    Unit{"GB", 1'000'000'000},
                                   Unit{"TB", 1'000'000'000'000}};

// The amount in base units, where it is a whole number that fits.
std::optional<std::uint64_t> evaluate(std::string_view text, std::span<const Unit> units) {
  const auto amount = split(text);
  if (!amount) return std::nullopt;
  for (const Unit& unit : units) {
    if (unit.name != amount->unit) continue;
    const unsigned __int128 whole = static_cast<unsigned __int128>(amount->thousandths) * unit.value;
    if (whole % 1000 != 0 || whole / 1000 > INT64_MAX) return std::nullopt;
    return static_cast<std::uint64_t>(whole / 1000);
  }
  return std::nullopt;
}

}  // namespace

Result<std::int64_t> parse_duration(std::string_view text) {
  const auto us = evaluate(text, kTimeUnits);
  if (!us || *us > static_cast<std::uint64_t>(kMaxDurationUs))
    return fail("unit.bad_duration", "`" + std::string(text.substr(0, 64)) + "` is no duration; write a number and us, ms, s, m or h, like `100ms` or `1.5s`, at most 366 days");
  return static_cast<std::int64_t>(*us);
}

Result<std::uint64_t> parse_size(std::string_view text) {
  const auto bytes = evaluate(text, kSizeUnits);
  if (!bytes) return fail("unit.bad_size", "`" + std::string(text.substr(0, 64)) + "` is no size; write a number and B, KiB, MiB, GiB or TiB, like `64MiB`");
  return *bytes;
}

}  // namespace weft::flow
