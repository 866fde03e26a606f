#include "core/flow/units.h"

#include <array>
#include <limits>

#include "core/flow/codes.h"

namespace weft::flow {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t amount;
};

constexpr std::array kTimes = {Unit{"us", 1}, Unit{"ms", 1000}, Unit{"s", 1'000'000}, Unit{"m", 60'000'000},
                               Unit{"h", 3'600'000'000}};
constexpr std::array kSizes = {Unit{"B", 1},
                               Unit{"KiB", 1ULL << 10},
                               Unit{"MiB", 1ULL << 20},
                               Unit{"GiB", 1ULL << 30},
                               Unit{"TiB", 1ULL << 40},
                               Unit{"KB", 1'000},
                               Unit{"MB", 1'000'000},
                               Unit{"GB", 1'000'000'000},
                               Unit{"TB", 1'000'000'000'000}};

constexpr std::uint64_t kMaxSize = 1ULL << 53;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The digits at the front of `text`, taken off it; false when they do not fit.
bool take_digits(std::string_view& text, std::uint64_t& value) {
  value = 0;
  while (!text.empty() && is_digit(text.front())) {
    const auto digit = static_cast<std::uint64_t>(text.front() - '0');
    if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) return false;
    value = value * 10 + digit;
    text.remove_prefix(1);
  }
  return true;
}

template <std::size_t N>
const Unit* find_unit(const std::array<Unit, N>& units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

std::string without_unit(std::string_view rest, std::string_view example) {
  return rest.empty() ? "has no unit: write " + std::string(example)
                      : "is not understood: write " + std::string(example);
}

}  // namespace

Result<std::int64_t> parse_duration(std::string_view text) {
  constexpr std::string_view kExample = "a number and one of us, ms, s, m, h, such as 250ms or 1.5s";
  const auto bad = [&](std::string message) { return fail(text_of(Code::bad_duration), std::move(message)); };
  std::string_view rest = text;
  if (rest.empty() || !is_digit(rest.front())) return bad("is no duration: write " + std::string(kExample));
  std::uint64_t whole = 0;
  if (!take_digits(rest, whole)) return fail(text_of(Code::out_of_range), "is too long");
  std::uint64_t thousandths = 0;
  if (rest.starts_with('.')) {
    std::size_t count = 0;
    for (rest.remove_prefix(1); !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1), ++count) {
      if (count < 3) thousandths = thousandths * 10 + static_cast<std::uint64_t>(rest.front() - '0');
    }
    if (count == 0 || count > 3) return bad("takes one to three decimals");
    for (; count < 3; ++count) thousandths *= 10;
  }
  const Unit* unit = find_unit(kTimes, rest);
  if (unit == nullptr) return bad(without_unit(rest, kExample));
  if (thousandths * unit->amount % 1000 != 0) return bad("is no whole number of microseconds");
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (whole > (kMax - unit->amount) / unit->amount) return fail(text_of(Code::out_of_range), "is too long");
  return static_cast<std::int64_t>(whole * unit->amount + thousandths * unit->amount / 1000);
}

Result<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::string_view kExample = "a whole number and one of B, KiB, MiB, GiB, such as 64MiB";
  const auto bad = [&](std::string message) { return fail(text_of(Code::bad_size), std::move(message)); };
  std::string_view rest = text;
  if (rest.empty() || !is_digit(rest.front())) return bad("is no size: write " + std::string(kExample));
  std::uint64_t whole = 0;
  if (!take_digits(rest, whole)) return fail(text_of(Code::out_of_range), "is too large");
  if (rest.starts_with('.')) return bad("takes no decimals: write it in the next smaller unit");
  const Unit* unit = find_unit(kSizes, rest);
  if (unit == nullptr) return bad(without_unit(rest, kExample));
  if (whole > kMaxSize / unit->amount) return fail(text_of(Code::out_of_range), "is too large");
  return whole * unit->amount;
}

std::string duration_text(std::int64_t micros) {
  if (micros == 0) return "0s";
  std::size_t unit = kTimes.size() - 1;
  while (micros % static_cast<std::int64_t>(kTimes[unit].amount) != 0) --unit;
  return std::to_string(micros / static_cast<std::int64_t>(kTimes[unit].amount)) + std::string(kTimes[unit].name);
}

std::string size_text(std::uint64_t bytes) {
  if (bytes == 0) return "0B";
  std::size_t unit = 4;
  while (bytes % kSizes[unit].amount != 0) --unit;
  return std::to_string(bytes / kSizes[unit].amount) + std::string(kSizes[unit].name);
}

}  // namespace weft::flow
