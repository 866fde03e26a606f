#include "core/run/plan.h"

#include <algorithm>

#include "core/base/assert.h"

namespace weft::run {

Plan::Plan(const flow::Workflow& workflow)
    : steps_(workflow.steps.size()), on_failure_(workflow.on_failure), timeout_us_(workflow.timeout_us) {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const flow::Step& from = workflow.steps[i];
    PlannedStep& to = steps_[i];
    to.when = from.when;
    to.each = from.each;
    to.parallel = from.parallel;
    to.accept = from.accept;
    to.retry = from.retry;
    to.timeout_us = from.timeout_us;
  }
  link(workflow);
  rank();
}

void Plan::link(const flow::Workflow& workflow) {
  for (std::uint32_t i = 0; i < steps_.size(); ++i) {
    PlannedStep& step = steps_[i];
    for (const flow::Need& need : workflow.steps[i].needs) {
      if (need.source.kind == flow::Source::Kind::run_input) {
        step.reads_input = true;
      } else {
        step.needs.push_back(StepId{need.source.step});
      }
    }
    std::sort(step.needs.begin(), step.needs.end());
    step.needs.erase(std::unique(step.needs.begin(), step.needs.end()), step.needs.end());
    for (const StepId need : step.needs) steps_[index(need)].dependents.push_back(StepId{i});
  }
  for (const flow::Output& output : workflow.outputs) steps_[output.source.step].is_output = true;
}

// Kahn's order from the end: a step's rank is known once those of all its dependents are.
void Plan::rank() {
  std::vector<std::uint32_t> open(steps_.size());
  std::vector<StepId> done;
  done.reserve(steps_.size());
  for (std::uint32_t i = 0; i < steps_.size(); ++i) {
    open[i] = static_cast<std::uint32_t>(steps_[i].dependents.size());
    if (open[i] == 0) done.push_back(StepId{i});
  }
  for (std::size_t at = 0; at < done.size(); ++at) {
    PlannedStep& step = steps_[index(done[at])];
    for (const StepId dependent : step.dependents) step.rank = std::max(step.rank, steps_[index(dependent)].rank);
    ++step.rank;
    for (const StepId need : step.needs)
      if (--open[index(need)] == 0) done.push_back(need);
  }
  WEFT_ASSERT(done.size() == steps_.size());
}

}  // namespace weft::run
