#include "core/place/place.h"

#include <algorithm>

namespace weft::place {

Result<std::vector<std::size_t>> place_steps(const flow::Workflow& workflow, std::span<const NodeFacts> nodes) {
  std::vector<std::size_t> placed;
  std::string unmet;
  for (const flow::Step& step : workflow.steps) {
    const auto meets = [&](const NodeFacts& node) {
      return step.place.empty() || std::any_of(step.place.begin(), step.place.end(),
                                               [&](const std::string& p) { return p == node.name || p == node.tier; });
    };
    const auto found = std::find_if(nodes.begin(), nodes.end(), meets);
    placed.push_back(static_cast<std::size_t>(found - nodes.begin()));
    if (found != nodes.end()) continue;
    std::string wanted;
    for (const std::string& p : step.place) wanted += (wanted.empty() ? "" : " or ") + p;
    unmet += (unmet.empty() ? "" : "; ") + std::string("step `") + step.name + "` may only run on " + wanted;
  }
  if (unmet.empty()) return placed;
  std::string have;
  for (const NodeFacts& node : nodes) have += (have.empty() ? "" : ", ") + node.name;
  return fail("place.unmet", unmet + "; the nodes at hand are: " + have);
}

}  // namespace weft::place
