#include "core/base/json_writer.h"

#include <utility>

#include "core/base/assert.h"
#include "core/base/text.h"

namespace weft {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20) {
    out.push_back(c);
    return;
  }
  out += "\\u00";
  out.push_back(kHex[byte >> 4]);
  out.push_back(kHex[byte & 15]);
}

// `text` with every byte that starts no well-formed sequence replaced by U+FFFD.
std::string repaired(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t size = 1;
    while (size <= 4 && i + size <= text.size() && !is_utf8(text.substr(i, size))) ++size;
    if (size > 4 || i + size > text.size()) {
      out += "\xEF\xBF\xBD";
      ++i;
    } else {
      out += text.substr(i, size);
      i += size;
    }
  }
  return out;
}

void append_quoted(std::string& out, std::string_view value) {
  out.push_back('"');
  for (const char c : value) append_escaped(out, c);
  out.push_back('"');
}

}  // namespace

std::string json_quote(std::string_view value) {
  std::string out;
  if (is_utf8(value)) {
    append_quoted(out, value);
  } else {
    append_quoted(out, repaired(value));
  }
  return out;
}

void JsonWriter::newline() {
  if (style_ == Style::compact) return;
  out_.push_back('\n');
  out_.append(2 * levels_.size(), ' ');
}

void JsonWriter::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty()) {
    WEFT_ASSERT(out_.empty());
    return;
  }
  WEFT_ASSERT(levels_.back().closer == ']');
  if (!levels_.back().empty) out_.push_back(',');
  levels_.back().empty = false;
  newline();
}

JsonWriter& JsonWriter::begin_object() {
  before_value();
  out_.push_back('{');
  levels_.push_back({'}', true});
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  before_value();
  out_.push_back('[');
  levels_.push_back({']', true});
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  WEFT_ASSERT(!levels_.empty() && levels_.back().closer == '}' && !after_key_);
  const bool empty = levels_.back().empty;
  levels_.pop_back();
  if (!empty) newline();
  out_.push_back('}');
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  WEFT_ASSERT(!levels_.empty() && levels_.back().closer == ']');
  const bool empty = levels_.back().empty;
  levels_.pop_back();
  if (!empty) newline();
  out_.push_back(']');
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  WEFT_ASSERT(!levels_.empty() && levels_.back().closer == '}' && !after_key_);
  if (!levels_.back().empty) out_.push_back(',');
  levels_.back().empty = false;
  newline();
  out_ += json_quote(name);
  out_ += style_ == Style::compact ? ":" : ": ";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view value) { return raw(json_quote(value)); }
JsonWriter& JsonWriter::integer(std::int64_t value) { return raw(std::to_string(value)); }
JsonWriter& JsonWriter::unsigned_integer(std::uint64_t value) { return raw(std::to_string(value)); }
JsonWriter& JsonWriter::boolean(bool value) { return raw(value ? "true" : "false"); }
JsonWriter& JsonWriter::null() { return raw("null"); }

JsonWriter& JsonWriter::decimal(std::int64_t thousandths) {
  const bool negative = thousandths < 0;
  const auto value = static_cast<std::uint64_t>(negative ? -thousandths : thousandths);
  std::string text = (negative ? "-" : "") + std::to_string(value / 1000);
  if (value % 1000 > 0) {
    std::string part = std::to_string(value % 1000);
    part.insert(0, 3 - part.size(), '0');
    while (part.back() == '0') part.pop_back();
    text += "." + part;
  }
  return raw(text);
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  before_value();
  out_ += json;
  return *this;
}

std::string JsonWriter::take() {
  WEFT_ASSERT(levels_.empty() && !after_key_);
  return std::exchange(out_, {});
}

}  // namespace weft
