// A workflow with everything its runs share: the plan, each step's program with its module's bytes, the digest.
// Immutable; any thread, any number of runs.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/flow/model.h"
#include "core/run/plan.h"
#include "host/ports/step_runner.h"

namespace weft::host {

struct PreparedWorkflow {
  flow::Workflow workflow;
  std::shared_ptr<const run::Plan> plan;
  std::vector<std::shared_ptr<const StepProgram>> programs;  // by step
  Digest digest;
  Mode mode = Mode::aot;
};

}  // namespace weft::host
