// Builds workflows for tests of core/run without a document: names are positions, everything else is as given.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

#include "core/flow/model.h"
#include "core/run/plan.h"

namespace weft::run {

class WorkflowBuilder {
 public:
  // Adds a step that needs the steps of these numbers; none: it reads the run's input.
  flow::Step& step(std::initializer_list<flow::StepIndex> needs) {
    flow::Step& added = workflow_.steps.emplace_back();
    added.name = "s" + std::to_string(workflow_.steps.size() - 1);
    for (const flow::StepIndex need : needs) {
      flow::Source source;
      source.step = need;
      source.text = "s" + std::to_string(need);
      added.needs.push_back({source.text, source});
    }
    return added;
  }
  void output(flow::StepIndex step) {
    flow::Source source;
    source.step = step;
    workflow_.outputs.push_back({source});
  }
  flow::Workflow& workflow() { return workflow_; }
  [[nodiscard]] std::shared_ptr<const Plan> plan() const { return std::make_shared<const Plan>(workflow_); }

 private:
  flow::Workflow workflow_;
};

}  // namespace weft::run
