// A document as it was written: text, quoting and place of every scalar, in document order. Parsers at the edges
// (libfyaml natively, npm `yaml` in the browser) deliver it; types are resolved by core/flow, so both read alike.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weft::flow {

// Where something stands: 1-based lines, 1-based columns in code points, the end exclusive.
struct Span {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t end_line = 0;
  std::uint32_t end_column = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

struct Entry;

struct Node {
  enum class Kind { scalar, sequence, mapping };
  enum class Quoting { plain, quoted };  // quoted: single, double, literal or folded; such a scalar is always a string

  Kind kind = Kind::scalar;
  Quoting quoting = Quoting::plain;
  std::string text;            // of a scalar, after unquoting and folding
  std::vector<Node> items;     // of a sequence
  std::vector<Entry> entries;  // of a mapping, duplicates included
  // Of the whole value: with its quotes or brackets; of a literal or folded scalar its `|` or `>`; a block collection
  // ends where its last value ends; an empty value has no width and stands at the end of its key, or of the item
  // before.
  Span span;
};

struct Entry {
  std::string key;
  Span key_span;
  Node value;
};

}  // namespace weft::flow
