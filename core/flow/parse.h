// Reads a workflow out of a document tree: types, names, sources, cycles, everything SPEC section 1 asks. All problems are
// collected in one pass; there is a workflow exactly when there are none. Pure; linear in the document.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/flow/diagnostic.h"
#include "core/flow/model.h"
#include "core/flow/tree.h"

namespace weft::flow {

struct Parsed {
  std::optional<Workflow> workflow;
  Diagnostics diagnostics;
};

[[nodiscard]] Parsed parse(const Node& document);

// What a step is started with once parameters have their values.
struct ResolvedStep {
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
};
// By step. `overrides` wins over the document's defaults. Errors: flow.unknown_param (names no parameter of the workflow).
[[nodiscard]] Result<std::vector<ResolvedStep>> resolve_params(const Workflow& workflow,
                                                               const std::map<std::string, std::string>& overrides);

// A step's or workflow's name: [a-z][a-z0-9_-]{0,62}.
[[nodiscard]] bool is_name(std::string_view text);

}  // namespace weft::flow
