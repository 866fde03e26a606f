#include "core/flow/values.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

#include "core/base/text.h"
#include "core/flow/units.h"

namespace weft::flow {
namespace {

// The digits of `text` in `base`; nullopt: something else stands there, or it does not fit (`overflow` says which).
std::optional<std::uint64_t> parse_digits(std::string_view text, unsigned base, bool& overflow) {
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    unsigned digit = 99;
    if (c >= '0' && c <= '9') digit = static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') digit = static_cast<unsigned>(c - 'A') + 10;
    if (digit >= base) return std::nullopt;
    overflow = overflow || value > (std::numeric_limits<std::uint64_t>::max() - digit) / base;
    value = overflow ? 0 : value * base + digit;
  }
  if (overflow) return std::nullopt;
  return value;
}

struct Integer {
  enum class Kind { value, negative, too_large, none } kind = Kind::none;
  std::uint64_t value = 0;
};

// YAML 1.2 core schema: decimal with a sign, 0o octal, 0x hexadecimal.
Integer parse_integer(std::string_view text) {
  const bool signed_minus = text.starts_with('-');
  unsigned base = 10;
  if (text.starts_with("0o")) {
    base = 8;
    text.remove_prefix(2);
  } else if (text.starts_with("0x")) {
    base = 16;
    text.remove_prefix(2);
  } else if (signed_minus || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  bool overflow = false;
  const std::optional<std::uint64_t> value = parse_digits(text, base, overflow);
  if (overflow && !signed_minus) return {Integer::Kind::too_large, 0};
  if (signed_minus && (overflow || (value && *value != 0))) return {Integer::Kind::negative, 0};
  if (!value) return {};
  return {Integer::Kind::value, *value};
}

std::string range_text(std::string from, std::string to) { return "takes " + std::move(from) + " to " + std::move(to); }

bool is_scalar(Problems& problems, const Node& node, std::string_view what) {
  if (node.kind == Node::Kind::scalar && !is_null(node)) return true;
  if (is_null(node)) {
    problems.add(Code::wrong_type, node.span, std::string(what) + " has no value",
                 "write \"null\" in quotes if the word is meant, \"\" if an empty text is");
  } else {
    problems.add(Code::wrong_type, node.span,
                 std::string(what) + " is " + std::string(shape_text(node)) + " where a single value is expected");
  }
  return false;
}

// By the core schema a number in quotes is a text, and other readers of the document would see one.
bool is_plain_number(Problems& problems, const Node& node, std::string_view what, Code code) {
  if (!is_scalar(problems, node, what)) return false;
  if (node.quoting == Node::Quoting::plain) return true;
  problems.add(code, node.span, std::string(what) + " is a text in quotes where a number is expected",
               "leave the quotes out");
  return false;
}

std::optional<std::uint64_t> checked_integer(Problems& problems, const Node& node, std::string_view what,
                                             IntegerRange range) {
  const Integer integer = parse_integer(node.text);
  if (integer.kind == Integer::Kind::none) {
    problems.add(Code::bad_integer, node.span, std::string(what) + " is " + quoted(node.text) + ", no whole number",
                 range_text(std::to_string(range.min), std::to_string(range.max)));
    return std::nullopt;
  }
  if (integer.kind != Integer::Kind::value || integer.value < range.min || integer.value > range.max) {
    problems.add(Code::out_of_range, node.span, std::string(what) + " is " + quoted(node.text) + ", out of its bounds",
                 range_text(std::to_string(range.min), std::to_string(range.max)));
    return std::nullopt;
  }
  return integer.value;
}

}  // namespace

bool is_null(const Node& node) {
  if (node.kind != Node::Kind::scalar || node.quoting != Node::Quoting::plain) return false;
  const std::string_view text = node.text;
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

std::string_view shape_text(const Node& node) {
  switch (node.kind) {
    case Node::Kind::scalar:
      return is_null(node) ? "no value" : "a single value";
    case Node::Kind::sequence:
      return "a list";
    case Node::Kind::mapping:
      return "a mapping";
  }
  return {};
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > limits::kNameBytes || text.front() < 'a' || text.front() > 'z') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

std::optional<std::string> read_text(Problems& problems, const Node& node, std::string_view what) {
  if (!is_scalar(problems, node, what)) return std::nullopt;
  if (node.text.size() > limits::kTextBytes) {
    problems.add(Code::bad_text, node.span, std::string(what) + " is longer than " + format_bytes(limits::kTextBytes),
                 "pass it as an input or as one of `files`");
    return std::nullopt;
  }
  if (node.text.find('\0') != std::string::npos) {
    problems.add(Code::bad_text, node.span, std::string(what) + " holds a NUL, which no program can be given");
    return std::nullopt;
  }
  return node.text;
}

std::optional<std::uint64_t> read_integer(Problems& problems, const Node& node, std::string_view what,
                                          IntegerRange range) {
  if (!is_plain_number(problems, node, what, Code::bad_integer)) return std::nullopt;
  return checked_integer(problems, node, what, range);
}

std::optional<std::uint64_t> read_seed(Problems& problems, const Node& node, std::string_view what) {
  if (!is_scalar(problems, node, what)) return std::nullopt;
  return checked_integer(problems, node, what, {0, std::numeric_limits<std::uint64_t>::max()});
}

std::optional<std::uint32_t> read_factor(Problems& problems, const Node& node, std::string_view what) {
  if (!is_plain_number(problems, node, what, Code::bad_number)) return std::nullopt;
  const std::string_view text = node.text;
  const std::size_t point = text.find('.');
  std::string_view part = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  bool overflow = false;
  const std::optional<std::uint64_t> whole = parse_digits(text.substr(0, point), 10, overflow);
  std::optional<std::uint64_t> rest = 0;
  if (point != std::string_view::npos) rest = part.size() <= 3 ? parse_digits(part, 10, overflow) : std::nullopt;
  if ((!whole && !overflow) || !rest) {
    problems.add(Code::bad_number, node.span, std::string(what) + " is " + quoted(text) + ", no number as it is taken",
                 "write it with at most three decimals, such as 1.5");
    return std::nullopt;
  }
  std::uint64_t thousandths = *rest;
  for (std::size_t i = part.size(); i < 3; ++i) thousandths *= 10;
  const std::uint64_t value =
      whole && *whole < 1'000'000 ? *whole * 1000 + thousandths : limits::kMaxFactorThousandths + 1;
  if (value < limits::kMinFactorThousandths || value > limits::kMaxFactorThousandths) {
    problems.add(Code::out_of_range, node.span, std::string(what) + " is " + quoted(text) + ", out of its bounds",
                 range_text(std::to_string(limits::kMinFactorThousandths / 1000),
                            std::to_string(limits::kMaxFactorThousandths / 1000)));
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(value);
}

std::optional<std::int64_t> read_duration(Problems& problems, const Node& node, std::string_view what,
                                          std::int64_t min_us, std::int64_t max_us) {
  if (!is_scalar(problems, node, what)) return std::nullopt;
  const Result<std::int64_t> micros = parse_duration(node.text);
  const bool too_long = !micros && micros.error().code == text_of(Code::out_of_range);
  if (!micros && !too_long) {
    problems.add(Code::bad_duration, node.span,
                 std::string(what) + " is " + quoted(node.text) + ", which " + micros.error().message);
    return std::nullopt;
  }
  if (too_long || *micros < min_us || *micros > max_us) {
    problems.add(Code::out_of_range, node.span, std::string(what) + " is " + quoted(node.text) + ", out of its bounds",
                 range_text(duration_text(min_us), duration_text(max_us)));
    return std::nullopt;
  }
  return *micros;
}

std::optional<std::uint64_t> read_size(Problems& problems, const Node& node, std::string_view what,
                                       std::uint64_t min_bytes, std::uint64_t max_bytes) {
  if (!is_scalar(problems, node, what)) return std::nullopt;
  const Result<std::uint64_t> bytes = parse_size(node.text);
  const bool too_large = !bytes && bytes.error().code == text_of(Code::out_of_range);
  if (!bytes && !too_large) {
    problems.add(Code::bad_size, node.span,
                 std::string(what) + " is " + quoted(node.text) + ", which " + bytes.error().message);
    return std::nullopt;
  }
  if (too_large || *bytes < min_bytes || *bytes > max_bytes) {
    problems.add(Code::out_of_range, node.span, std::string(what) + " is " + quoted(node.text) + ", out of its bounds",
                 range_text(size_text(min_bytes), size_text(max_bytes)));
    return std::nullopt;
  }
  return *bytes;
}

std::optional<std::size_t> read_word(Problems& problems, const Node& node, std::string_view what,
                                     std::span<const std::string_view> words) {
  if (!is_scalar(problems, node, what)) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), node.text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string hint = problems.did_you_mean(node.text, words);
  if (hint.empty()) {
    for (const std::string_view word : words) hint += (hint.empty() ? "takes " : " or ") + quoted(word);
  }
  problems.add(Code::bad_value, node.span, std::string(what) + " cannot be " + quoted(node.text), std::move(hint));
  return std::nullopt;
}

bool check_name(Problems& problems, std::string_view name, const Span& span, std::string_view what) {
  if (is_name(name)) return true;
  problems.add(Code::bad_name, span, quoted(name) + " cannot be " + std::string(what),
               "a-z first, then a-z, 0-9, _ and -, at most 63 characters");
  return false;
}

std::span<const Node> read_list(Problems& problems, const Node& node, std::string_view what, std::size_t max) {
  if (node.kind != Node::Kind::sequence) return {&node, 1};
  if (node.items.size() <= max) return node.items;
  problems.add(
      Code::too_many, node.span,
      std::string(what) + " has " + std::to_string(node.items.size()) + " entries, more than " + std::to_string(max));
  return {};
}

std::vector<const Entry*> read_entries(Problems& problems, const Node& node, std::string_view what, std::size_t max) {
  std::vector<const Entry*> entries;
  if (node.entries.size() > max) {
    problems.add(Code::too_many, node.span,
                 std::string(what) + " has " + std::to_string(node.entries.size()) + " entries, more than " +
                     std::to_string(max));
    return entries;
  }
  std::vector<std::size_t> order(node.entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(node.entries[a].key, a) < std::tie(node.entries[b].key, b);
  });
  std::vector<bool> repeated(node.entries.size());
  std::size_t first = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (node.entries[order[i]].key != node.entries[order[first]].key) {
      first = i;
      continue;
    }
    repeated[order[i]] = true;
    const Entry& entry = node.entries[order[i]];
    problems.add(Code::duplicate_key, entry.key_span, std::string(what) + " has " + quoted(entry.key) + " twice",
                 "the first is in line " + std::to_string(node.entries[order[first]].key_span.line));
  }
  entries.reserve(node.entries.size());
  for (std::size_t i = 0; i < node.entries.size(); ++i) {
    if (!repeated[i]) entries.push_back(&node.entries[i]);
  }
  return entries;
}

bool check_no_params(Problems& problems, std::string_view text, const Span& span, std::string_view what) {
  if (text.find("${") == std::string_view::npos) return true;
  problems.add(Code::param_not_here, span, std::string(what) + " holds `${`, and parameters are not put in here",
               "they work in `args` and in the values of `env`");
  return false;
}

}  // namespace weft::flow
