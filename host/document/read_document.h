// YAML 1.2 or JSON text, as a document tree with the place of everything in it. Bounded in bytes, depth and values
// before anything is built from them. Takes the plain part of YAML only: no anchors, aliases, tags, merge keys, second
// documents. Pure: reads no file, prints nothing; may be called from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/flow/diagnostic.h"
#include "core/flow/tree.h"

namespace weft::document {

struct ReadDocument {
  std::optional<flow::Node> root;  // there exactly when `diagnostics` is empty
  flow::Diagnostics diagnostics;   // of the first group in core/flow/codes.h
};

[[nodiscard]] ReadDocument read_document(std::string_view text);

// What libfyaml alone makes of it: the number of its events. The floor of reading, for benchmarks.
[[nodiscard]] std::size_t count_events(std::string_view text);

}  // namespace weft::document
