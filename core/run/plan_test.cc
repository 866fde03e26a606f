#include "core/run/plan.h"

#include <gtest/gtest.h>

#include "core/run/workflow_builder.h"

namespace weft::run {
namespace {

TEST(Plan, RanksStepsByWhatLiesBehindThem) {
  WorkflowBuilder flow;  // 0 -> 1 -> 2, 0 -> 3
  flow.step({});
  flow.step({0});
  flow.step({1});
  flow.step({0});
  const auto plan = flow.plan();
  EXPECT_EQ(plan->steps()[0].rank, 3U);
  EXPECT_EQ(plan->steps()[1].rank, 2U);
  EXPECT_EQ(plan->steps()[2].rank, 1U);
  EXPECT_EQ(plan->steps()[3].rank, 1U);
}

TEST(Plan, CountsANeedOnceHoweverOftenItIsRead) {
  WorkflowBuilder flow;
  flow.step({});
  flow.step({0, 0});
  const auto plan = flow.plan();
  EXPECT_EQ(plan->steps()[1].needs, std::vector{StepId{0}});
  EXPECT_EQ(plan->steps()[0].dependents, std::vector{StepId{1}});
}

}  // namespace
}  // namespace weft::run
