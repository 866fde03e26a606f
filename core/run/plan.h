// What every run of a workflow shares: its steps' rules and edges, both ways, and how much lies behind each step.
// Immutable once made, so any number of runs on any threads may use one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/flow/model.h"
#include "core/run/events.h"

namespace weft::run {

struct PlannedStep {
  std::vector<StepId> needs;       // distinct, ascending; inputs of the run are not among them
  std::vector<StepId> dependents;  // distinct, ascending
  std::uint32_t rank = 0;          // steps on the longest path from here to the end: what starts first
  bool is_output = false;          // an output of the run reads it
  bool reads_input = false;        // needs an input of the run, which has always succeeded
  flow::When when;
  flow::Each each = flow::Each::none;
  std::uint32_t parallel = 0;  // 0: no bound
  std::vector<std::int32_t> accept;
  flow::Retry retry;
  std::optional<std::int64_t> timeout_us;
};

class Plan {
 public:
  // `workflow` has passed parse(), so it has no cycle; one that has asserts.
  explicit Plan(const flow::Workflow& workflow);

  [[nodiscard]] std::span<const PlannedStep> steps() const { return steps_; }
  [[nodiscard]] const PlannedStep& step(StepId id) const { return steps_[index(id)]; }
  [[nodiscard]] flow::OnFailure on_failure() const { return on_failure_; }
  [[nodiscard]] std::optional<std::int64_t> timeout_us() const { return timeout_us_; }

 private:
  void link(const flow::Workflow& workflow);
  void rank();

  std::vector<PlannedStep> steps_;
  flow::OnFailure on_failure_;
  std::optional<std::int64_t> timeout_us_;
};

}  // namespace weft::run
