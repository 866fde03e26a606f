// Reads YAML 1.2 (and so JSON) into the tree that core/flow parses, with places in code points. Everything in YAML that a
// workflow has no use for is refused: anchors, aliases, tags, merge keys, second documents, keys that are no text.
// Pure: no files, nothing printed. Thread: any.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/flow/diagnostic.h"
#include "core/flow/tree.h"

namespace weft::host {

struct ReadDocument {
  std::optional<flow::Node> root;  // exactly when there are no diagnostics
  flow::Diagnostics diagnostics;
};

[[nodiscard]] ReadDocument read_document(std::string_view text);

// What libfyaml alone makes of it: the number of its events. The floor of reading, for benchmarks.
[[nodiscard]] std::size_t count_events(std::string_view text);

}  // namespace weft::host
