// From a document's tree to a checked workflow, or to everything that is wrong with it. The one place that knows what a
// workflow may say; linear in the document. Pure functions: no file is looked at, no module loaded.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/flow/diagnostic.h"
#include "core/flow/model.h"
#include "core/flow/tree.h"

namespace weft::flow {

struct Parsed {
  std::optional<Workflow> workflow;  // there exactly when `diagnostics` is empty
  Diagnostics diagnostics;           // sorted by place, codes as in codes.h
};

[[nodiscard]] Parsed parse(const Node& document);

// What a step's program is started with, parameters put in. argv[0] is the host's to choose.
struct ResolvedStep {
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;  // sorted by name
};

using ParamValue = std::pair<std::string, std::string>;

// One entry per step, with `overrides` (from `--param`; the last of a name counts) in place of the document's defaults.
// Errors: flow.unknown_param, flow.bad_text (a NUL), flow.too_large.
[[nodiscard]] Result<std::vector<ResolvedStep>> resolve_params(const Workflow& workflow,
                                                               std::span<const ParamValue> overrides);

}  // namespace weft::flow
