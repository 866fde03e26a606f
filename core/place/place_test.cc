#include "core/place/place.h"

#include <gtest/gtest.h>

#include <array>

namespace weft::place {
namespace {

TEST(Place, TakesTheFirstNodeThatFits) {
  flow::Workflow workflow;
  workflow.steps.resize(3);
  workflow.steps[1].place = {"edge"};
  workflow.steps[2].place = {"attic", "cloud"};
  const std::array nodes = {NodeFacts{"local", "local"}, NodeFacts{"box", "edge"}, NodeFacts{"attic", "edge"}};
  EXPECT_EQ(place_steps(workflow, nodes), (std::vector<std::size_t>{0, 1, 2}));
}

TEST(Place, NamesEveryStepThatFitsNowhere) {
  flow::Workflow workflow;
  workflow.steps.resize(2);
  workflow.steps[0].name = "a";
  workflow.steps[0].place = {"edge"};
  workflow.steps[1].name = "b";
  workflow.steps[1].place = {"cloud", "browser"};
  const std::array nodes = {NodeFacts{"local", "local"}};
  const auto placed = place_steps(workflow, nodes);
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code, "place.unmet");
  EXPECT_NE(placed.error().message.find("`a`"), std::string::npos);
  EXPECT_NE(placed.error().message.find("cloud or browser"), std::string::npos);
}

}  // namespace
}  // namespace weft::place
