// What is wrong with a document: collected, never thrown one by one. Codes are stable and part of the interface.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/flow/tree.h"

namespace weft::flow {

struct Diagnostic {
  std::string code;     // "flow.unknown_need"
  std::string message;  // one sentence in the user's words
  std::string hint;     // stands beside the caret: "did you mean `gray`?"; may be empty
  Span span;            // line 0: belongs to no place
};

using Diagnostics = std::vector<Diagnostic>;

// For a person: `file:line:column: error[code]: message`, the offending line, a caret under the span and the hint; at
// the end how many there were. Sorted by place. `source` is the document's text, cut and escaped where it is hostile.
[[nodiscard]] std::string render(const Diagnostics& diagnostics, std::string_view file, std::string_view source);

// For a program: a JSON array of {code, message, hint, line, column, end_line, end_column}, sorted by place.
[[nodiscard]] std::string render_json(const Diagnostics& diagnostics);

}  // namespace weft::flow
