#include "core/run/trace.h"

#include <gtest/gtest.h>

#include <vector>

namespace weft::run {
namespace {

TEST(Trace, EveryEventComesBackFromItsLine) {
  const Attempt attempt{StepId{3}, ItemIndex{70}, 2};
  std::vector<Event> events = {Begin{},          ItemsCounted{StepId{1}, 5}, SplitFailed{StepId{2}}, AttemptStarted{attempt},
                               TimerFired{},     CancelAsked{}};
  for (int kind = 0; kind < 6; ++kind)
    events.push_back(AttemptEnded{attempt, {static_cast<Outcome::Kind>(kind), kind - 1}});
  for (const Event& event : events) {
    const std::string line = to_line(TimedEvent{{1500}, event});
    const auto back = parse_event(line);
    ASSERT_TRUE(back) << line;
    EXPECT_EQ(to_line(*back), line);
  }
}

TEST(Trace, RefusesOtherLines) {
  for (const char* line : {"", "x", "1", "1 ", "1 nothing", "1 begin 2", "1 items 1", "1 ended 1.2.3 exited", "1 ended 1.2 exited 0",
                           "1 ended 1.2.3 vanished 0", "x begin", "1 started 1.2.99999999999"})
    EXPECT_FALSE(parse_event(line)) << line;
}

}  // namespace
}  // namespace weft::run
