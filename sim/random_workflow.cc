#include "sim/random_workflow.h"

#include <algorithm>
#include <string>

namespace weft::sim {
namespace {

void add_needs(flow::Workflow& workflow, flow::Step& step, std::uint32_t index, Random& random) {
  const std::uint32_t count = index == 0 ? 0 : random.below(std::min(index, 4U) + 1);
  for (std::uint32_t i = 0; i < count; ++i) {
    flow::Source source;
    source.step = random.below(index);
    source.text = workflow.steps[source.step].name;
    step.needs.push_back({source.text, source});
  }
}

flow::When random_when(const flow::Step& step, Random& random) {
  using Kind = flow::When::Kind;
  if (step.needs.empty() || random.one_in(2)) return {};
  switch (random.below(4)) {
    case 0: return {Kind::any, 0, 0};
    case 1: return {Kind::failure, 0, 0};
    case 2: return {Kind::always, 0, 0};
    default: return {Kind::exit, step.needs[random.below(static_cast<std::uint32_t>(step.needs.size()))].source.step, static_cast<std::int32_t>(random.below(4))};
  }
}

}  // namespace

flow::Workflow random_workflow(Random& random) {
  flow::Workflow workflow;
  const std::uint32_t count = random.one_in(10) ? 1 + random.below(60) : 1 + random.below(10);
  for (std::uint32_t i = 0; i < count; ++i) {
    flow::Step step;
    step.name = "s" + std::to_string(i);
    add_needs(workflow, step, i, random);
    step.when = random_when(step, random);
    if (random.one_in(4)) step.accept = {0, 3};
    if (random.one_in(3)) step.retry = {random.below(4), static_cast<std::int64_t>(random.below(2000)), 1000 + random.below(3000)};
    if (random.one_in(3)) step.timeout_us = 1 + random.below(3000);
    if (random.one_in(4)) {
      step.each = flow::Each::lines;
      step.parallel = random.below(4);
    }
    workflow.steps.push_back(std::move(step));
  }
  const std::uint32_t outputs = 1 + random.below(2);
  for (std::uint32_t i = 0; i < outputs; ++i) {
    flow::Source source;
    source.step = random.below(count);
    workflow.outputs.push_back({source});
  }
  if (random.one_in(3)) workflow.on_failure = flow::OnFailure::stop;
  if (random.one_in(6)) workflow.timeout_us = 1 + random.below(20'000);
  return workflow;
}

}  // namespace weft::sim
