// Decides on which node each step runs. For now: whether the nodes at hand can meet every step's `place` at all, which is
// said before a run starts. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/flow/model.h"

namespace weft::place {

struct NodeFacts {
  std::string name;
  std::string tier;  // local, browser, edge, cloud
};

// By step: the first node that meets its `place`; any node meets none. Errors: place.unmet, naming every such step.
[[nodiscard]] Result<std::vector<std::size_t>> place_steps(const flow::Workflow& workflow, std::span<const NodeFacts> nodes);

}  // namespace weft::place
