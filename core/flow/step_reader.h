// Reads one step's keys, all but what needs the other steps: sources are left as text for the linker (link.h).
// Private to core/flow.
#pragma once

#include <string>
#include <vector>

#include "core/flow/model.h"
#include "core/flow/values.h"

namespace weft::flow {

struct UnresolvedNeed {
  std::string key;
  std::string source;
  Span span;
};

struct UnresolvedStep {
  Step step;
  std::vector<UnresolvedNeed> needs;
  bool needs_are_files = false;  // a list of several or a mapping: bytes go to /in, not to stdin
  std::string stdin_key;
  Span stdin_span;
  std::string when_step;
  Span when_span;
  Span span;  // of the whole step
};

[[nodiscard]] UnresolvedStep read_step(Values& values, const std::string& name, Span name_span, const Node& node);

// Splits "a ${X} b" into pieces; reports a lone `$`, an open `${` and a bad name. Names are checked by the linker.
[[nodiscard]] Template read_template(Values& values, const std::string& text, Span span, std::string_view what);
[[nodiscard]] bool is_param_name(std::string_view text);

}  // namespace weft::flow
