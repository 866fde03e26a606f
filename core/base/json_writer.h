// Writes one JSON value into a string, in the order of the calls: reports, canonical documents, summaries.
// Strings are escaped as RFC 8785 has it (shortest form, UTF-8 kept), numbers are integers and fixed decimals, so what is
// written with sorted keys is canonical. Calling order is asserted: key() before every value in an object.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

class JsonWriter {
 public:
  enum class Style { compact, indented };
  explicit JsonWriter(Style style = Style::compact) : style_(style) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& string(std::string_view value);  // bytes that are not UTF-8 become U+FFFD
  JsonWriter& integer(std::int64_t value);
  JsonWriter& unsigned_integer(std::uint64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  // `thousandths` / 1000 with no trailing zeros: 1500 is 1.5.
  JsonWriter& decimal(std::int64_t thousandths);
  // A value that is JSON already.
  JsonWriter& raw(std::string_view json);

  [[nodiscard]] const std::string& text() const { return out_; }
  [[nodiscard]] std::string take();

 private:
  void before_value();
  void newline();

  struct Level {
    char closer;
    bool empty;
  };
  std::string out_;
  std::vector<Level> levels_;
  Style style_;
  bool after_key_ = false;
};

// `value` as a JSON string with its quotes.
[[nodiscard]] std::string json_quote(std::string_view value);

}  // namespace weft
