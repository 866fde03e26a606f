// A random workflow that the parser could have made: needs point backwards, `when` watches a need.
#pragma once

#include "core/flow/model.h"
#include "sim/random.h"

namespace weft::sim {

[[nodiscard]] flow::Workflow random_workflow(Random& random);

}  // namespace weft::sim
