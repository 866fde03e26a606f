#include "core/flow/values.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "core/base/text.h"
#include "core/flow/limits.h"
#include "core/flow/units.h"

namespace weft::flow {
namespace {

std::string of(std::string_view what) { return std::string(what); }

std::string kind_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::sequence: return "a list";
    case Node::Kind::mapping: return "a mapping";
    case Node::Kind::scalar: break;
  }
  return is_null(node) ? "empty" : quoted(node.text);
}

}  // namespace

bool is_null(const Node& node) {
  if (node.kind != Node::Kind::scalar || node.quoting == Node::Quoting::quoted) return false;
  const std::string& t = node.text;
  return t.empty() || t == "~" || t == "null" || t == "Null" || t == "NULL";
}

std::optional<std::int64_t> integer_of(const Node& node) {
  if (node.kind != Node::Kind::scalar || node.quoting == Node::Quoting::quoted) return std::nullopt;
  std::string_view digits = node.text;
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0o")) {
    base = digits[1] == 'x' ? 16 : 8;
    digits.remove_prefix(2);
    if (digits.starts_with('-')) return std::nullopt;
  } else if (digits.starts_with('+')) {
    digits.remove_prefix(1);
    if (digits.starts_with('-')) return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<std::string> Values::text(const Node& node, std::string_view what) {
  if (node.kind != Node::Kind::scalar || is_null(node)) {
    problems_.add("flow.expected_text", node.span, of(what) + " must be text, but it is " + kind_of(node),
                  is_null(node) ? "write \"\" for empty text" : "");
    return std::nullopt;
  }
  if (node.text.find('\0') != std::string::npos || node.text.size() > kMaxTextBytes) {
    problems_.add("flow.bad_text", node.span, of(what) + " has a NUL character or is longer than " + format_bytes(kMaxTextBytes));
    return std::nullopt;
  }
  return node.text;
}

std::optional<std::uint64_t> Values::integer(const Node& node, std::string_view what, std::uint64_t min, std::uint64_t max) {
  std::optional<std::uint64_t> value;
  if (const auto small = integer_of(node); small && *small >= 0) {
    value = static_cast<std::uint64_t>(*small);
  } else if (node.kind == Node::Kind::scalar && node.quoting == Node::Quoting::plain) {
    std::uint64_t large = 0;  // past what integer_of() holds
    const char* const text_end = node.text.data() + node.text.size();
    const auto [end, error] = std::from_chars(node.text.data(), text_end, large);
    if (!node.text.empty() && error == std::errc{} && end == text_end) value = large;
  }
  if (value && *value >= min && *value <= max) return value;
  problems_.add("flow.bad_integer", node.span,
                of(what) + " must be a whole number from " + std::to_string(min) + " to " + std::to_string(max) + ", but it is " + kind_of(node));
  return std::nullopt;
}

std::optional<std::int64_t> Values::duration(const Node& node, std::string_view what) {
  const auto words = text(node, what);
  if (!words) return std::nullopt;
  const auto value = parse_duration(*words);
  if (value && *value > 0) return *value;
  problems_.add("flow.bad_duration", node.span, of(what) + " must be a duration like `100ms` or `1.5s`, but it is " + quoted(*words),
                integer_of(node) ? "add a unit: us, ms, s, m or h" : "");
  return std::nullopt;
}

std::optional<std::uint64_t> Values::size(const Node& node, std::string_view what, std::uint64_t min, std::uint64_t max) {
  const auto words = text(node, what);
  if (!words) return std::nullopt;
  const auto value = parse_size(*words);
  if (value && *value >= min && *value <= max) return *value;
  problems_.add("flow.bad_size", node.span,
                of(what) + " must be a size like `64MiB`, from " + format_bytes(min) + " to " + format_bytes(max) + ", but it is " + quoted(*words),
                integer_of(node) ? "add a unit: B, KiB, MiB or GiB" : "");
  return std::nullopt;
}

std::optional<std::uint32_t> Values::thousandths(const Node& node, std::string_view what, std::uint32_t min, std::uint32_t max) {
  // A factor is a duration's number without its unit: reuse its grammar with milliseconds, which are thousands of 1 us.
  if (node.kind == Node::Kind::scalar && node.quoting == Node::Quoting::plain) {
    const auto value = parse_duration(node.text + "ms");
    if (value && *value >= min && *value <= max) return static_cast<std::uint32_t>(*value);
  }
  problems_.add("flow.bad_number", node.span, of(what) + " must be a number from " + std::to_string(min / 1000) + " to " + std::to_string(max / 1000) + " with at most three decimals, but it is " + kind_of(node));
  return std::nullopt;
}

std::optional<std::size_t> Values::choice(const Node& node, std::string_view what, std::span<const std::string_view> names) {
  const auto words = text(node, what);
  if (!words) return std::nullopt;
  const auto found = std::find(names.begin(), names.end(), *words);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string all;
  for (std::size_t i = 0; i < names.size(); ++i)
    all += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + std::string("`") + std::string(names[i]) + "`";
  problems_.add("flow.bad_choice", node.span, of(what) + " must be " + all + ", but it is " + quoted(*words), did_you_mean(*words, names));
  return std::nullopt;
}

std::span<const Node> Values::list(const Node& node, std::string_view what) {
  if (node.kind == Node::Kind::scalar && !is_null(node)) return {&node, 1};
  if (node.kind != Node::Kind::sequence) {
    problems_.add("flow.expected_list", node.span, of(what) + " must be a list, but it is " + kind_of(node));
    return {};
  }
  if (node.items.size() <= kMaxListEntries) return node.items;
  problems_.add("flow.too_many", node.span, of(what) + " has more than " + std::to_string(kMaxListEntries) + " entries");
  return {};
}

bool Values::mapping(const Node& node, std::string_view what, std::span<const std::string_view> keys) {
  if (node.kind != Node::Kind::mapping) {
    problems_.add("flow.expected_mapping", node.span, of(what) + " must be a mapping of keys and values, but it is " + kind_of(node));
    return false;
  }
  std::map<std::string_view, const Entry*> seen;
  for (const Entry& entry : node.entries) {
    const auto [first, fresh] = seen.emplace(entry.key, &entry);
    if (!fresh)
      problems_.add("flow.duplicate_key", entry.key_span, quoted(entry.key) + " stands twice in " + of(what) + "; the first is in line " + std::to_string(first->second->key_span.line));
    if (!keys.empty() && fresh && std::find(keys.begin(), keys.end(), entry.key) == keys.end())
      problems_.add("flow.unknown_key", entry.key_span, of(what) + " has no key " + quoted(entry.key), did_you_mean(entry.key, keys));
  }
  return true;
}

}  // namespace weft::flow
