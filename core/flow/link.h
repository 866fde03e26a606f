// Ties the steps of a document together: sources, `when`, parameters, outputs, cycles. Private to core/flow.
#pragma once

#include <string>
#include <vector>

#include "core/flow/model.h"
#include "core/flow/step_reader.h"
#include "core/flow/values.h"

namespace weft::flow {

struct UnresolvedOutput {
  std::string source;
  Span span;
};

// Moves the steps into `workflow` and resolves everything in them by name; reports what does not resolve.
void link(Workflow& workflow, std::vector<UnresolvedStep> steps, const std::vector<UnresolvedOutput>* outputs, Problems& problems);

}  // namespace weft::flow
