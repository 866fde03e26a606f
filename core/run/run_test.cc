#include "core/run/run.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/run/trace.h"
#include "core/run/workflow_builder.h"

namespace weft::run {
namespace {

using Kind = Outcome::Kind;

// A run and a clock; every event gives back the actions it led to, as lines joined by ", ".
class Bench {
 public:
  explicit Bench(const WorkflowBuilder& flow, RunOptions options = {}) : run_(flow.plan(), options) {}

  std::string handle(const Event& event) {
    run_.handle(event, {now_});
    std::string out;
    while (const auto action = run_.poll_action()) {
      if (std::holds_alternative<ReleaseOutput>(*action) && hide_releases_) continue;
      out += (out.empty() ? "" : ", ") + to_line(*action);
    }
    return out;
  }
  std::string begin() { return handle(Begin{}); }
  std::string end(std::uint32_t step, Kind kind, std::int32_t code = 0, std::uint32_t item = 0, std::uint32_t tried = 1) {
    return handle(AttemptEnded{{StepId{step}, ItemIndex{item}, tried}, {kind, code}});
  }
  std::string exit(std::uint32_t step, std::int32_t code, std::uint32_t item = 0, std::uint32_t tried = 1) {
    return end(step, Kind::exited, code, item, tried);
  }
  std::string at(std::int64_t micros, const Event& event) {
    now_ = micros;
    return handle(event);
  }
  void show_releases() { hide_releases_ = false; }
  Run& run() { return run_; }

 private:
  Run run_;
  std::int64_t now_ = 0;
  bool hide_releases_ = true;
};

WorkflowBuilder one_step() {
  WorkflowBuilder flow;
  flow.step({});
  flow.output(0);
  return flow;
}

TEST(Run, StartsAStepOnlyWhenAllItsNeedsHaveEnded) {
  WorkflowBuilder flow;
  flow.step({});
  flow.step({});
  flow.step({0, 1});
  flow.output(2);
  Bench bench(flow);
  EXPECT_EQ(bench.begin(), "start 0.0.1, start 1.0.1");
  EXPECT_EQ(bench.exit(1, 0), "end 1 succeeded");
  EXPECT_EQ(bench.exit(0, 0), "end 0 succeeded, start 2.0.1");
  EXPECT_EQ(bench.exit(2, 0), "end 2 succeeded, finish succeeded");
}

TEST(Run, StartsTheLongestRemainingPathFirst) {
  WorkflowBuilder flow;  // 0 alone, 1 -> 2
  flow.step({});
  flow.step({});
  flow.step({1});
  Bench bench(flow, {.max_running = 1, .timeout_us = {}});
  EXPECT_EQ(bench.begin(), "start 1.0.1");
  EXPECT_EQ(bench.exit(1, 0), "end 1 succeeded, start 0.0.1");
  EXPECT_EQ(bench.exit(0, 0), "end 0 succeeded, start 2.0.1");
}

TEST(Run, ReleasesAnOutputWhenItsLastReaderHasEnded) {
  WorkflowBuilder flow;
  flow.step({});
  flow.step({0});
  flow.step({0});
  flow.output(1);
  Bench bench(flow);
  bench.show_releases();
  bench.begin();
  EXPECT_EQ(bench.exit(0, 0), "end 0 succeeded, start 1.0.1, start 2.0.1");
  EXPECT_EQ(bench.exit(1, 0), "end 1 succeeded");
  EXPECT_EQ(bench.exit(2, 0), "end 2 succeeded, release 0, release 2, finish succeeded");
}

TEST(Run, RetriesOnlyWhatMayHeal) {
  const auto retried_after = [](Kind kind) {
    WorkflowBuilder flow = one_step();
    flow.workflow().steps[0].retry = {.max = 1, .backoff_us = 0, .factor_thousandths = 2000};
    Bench bench(flow);
    bench.begin();
    return bench.end(0, kind, 1) == "timer 0";
  };
  for (const Kind kind : {Kind::exited, Kind::trapped, Kind::timed_out}) EXPECT_TRUE(retried_after(kind));
  for (const Kind kind : {Kind::not_loaded, Kind::bad_output, Kind::cancelled}) EXPECT_FALSE(retried_after(kind));
}

TEST(Run, BacksOffLongerEachTimeAndThenGivesUp) {
  WorkflowBuilder flow = one_step();
  flow.workflow().steps[0].retry = {.max = 3, .backoff_us = 100, .factor_thousandths = 2500};
  Bench bench(flow);
  bench.begin();
  EXPECT_EQ(bench.exit(0, 1), "timer 100");
  EXPECT_EQ(bench.at(100, TimerFired{}), "start 0.0.2");
  EXPECT_EQ(bench.exit(0, 1, 0, 2), "timer 350");
  EXPECT_EQ(bench.at(350, TimerFired{}), "start 0.0.3");
  EXPECT_EQ(bench.exit(0, 1, 0, 3), "timer 975");
  EXPECT_EQ(bench.at(975, TimerFired{}), "start 0.0.4");
  EXPECT_EQ(bench.exit(0, 1, 0, 4), "end 0 failed, finish failed");
}

TEST(Run, NeverBacksOffLongerThanTheBound) {
  WorkflowBuilder flow = one_step();
  flow.workflow().steps[0].retry = {.max = 2, .backoff_us = 50'000'000, .factor_thousandths = 100'000};
  Bench bench(flow);
  bench.begin();
  EXPECT_EQ(bench.exit(0, 1), "timer 50000000");
  EXPECT_EQ(bench.at(50'000'000, TimerFired{}), "start 0.0.2");
  EXPECT_EQ(bench.exit(0, 1, 0, 2), "timer 110000000");
}

TEST(Run, AnEarlyTimerIsSetAgainAndALateOneCounts) {
  WorkflowBuilder flow = one_step();
  flow.workflow().steps[0].retry.max = 1;
  Bench bench(flow);
  bench.begin();
  bench.exit(0, 1);
  EXPECT_EQ(bench.at(99'999, TimerFired{}), "timer 100000");
  EXPECT_EQ(bench.at(250'000, TimerFired{}), "start 0.0.2");
}

TEST(Run, CountsATimeoutFromTheFirstInstructionOfEachTry) {
  WorkflowBuilder flow = one_step();
  flow.workflow().steps[0].timeout_us = 1000;
  flow.workflow().steps[0].retry = {.max = 1, .backoff_us = 0, .factor_thousandths = 1000};
  Bench bench(flow);
  EXPECT_EQ(bench.begin(), "start 0.0.1");
  EXPECT_EQ(bench.at(5000, AttemptStarted{{StepId{0}, ItemIndex{0}, 1}}), "timer 6000");
  EXPECT_EQ(bench.at(6000, TimerFired{}), "stop 0.0.1 timeout");
  EXPECT_EQ(bench.end(0, Kind::timed_out), "timer 6000");
  EXPECT_EQ(bench.at(6000, TimerFired{}), "start 0.0.2");
  EXPECT_EQ(bench.at(6500, AttemptStarted{{StepId{0}, ItemIndex{0}, 2}}), "timer 7500");
  EXPECT_EQ(bench.at(7000, AttemptEnded{{StepId{0}, ItemIndex{0}, 2}, {Kind::exited, 0}}),
            "end 0 succeeded, timer none, finish succeeded");
}

TEST(Run, ATryThatEndsBeforeItsTimeoutIsHeardKeepsItsOutcome) {
  WorkflowBuilder flow = one_step();
  flow.workflow().steps[0].timeout_us = 1000;
  Bench bench(flow);
  bench.begin();
  bench.handle(AttemptStarted{{StepId{0}, ItemIndex{0}, 1}});
  EXPECT_EQ(bench.at(1000, TimerFired{}), "stop 0.0.1 timeout");
  EXPECT_EQ(bench.exit(0, 0), "end 0 succeeded, finish succeeded");
}

TEST(Run, TheWholeRunTimesOut) {
  WorkflowBuilder flow = one_step();
  flow.workflow().timeout_us = 500;
  Bench bench(flow, {.timeout_us = 900});
  EXPECT_EQ(bench.begin(), "start 0.0.1, timer 500");
  EXPECT_EQ(bench.at(500, TimerFired{}), "stop 0.0.1 cancelled");
  EXPECT_EQ(bench.end(0, Kind::cancelled), "end 0 cancelled, finish timed_out");
}

TEST(Run, AnExitCodeThatIsAcceptedIsSuccess) {
  WorkflowBuilder flow = one_step();
  flow.workflow().steps[0].accept = {0, 7};
  Bench bench(flow);
  bench.begin();
  EXPECT_EQ(bench.exit(0, 7), "end 0 succeeded, finish succeeded");
  EXPECT_EQ(bench.run().exit_code(StepId{0}), 7);
}

// What becomes of a step with this `when` that needs two steps, one exiting with `a`, the other with `b`.
std::string joined(flow::When when, std::int32_t a, std::int32_t b) {
  WorkflowBuilder flow;
  flow.step({});
  flow.step({});
  flow.step({0, 1}).when = when;
  Bench bench(flow);
  bench.begin();
  bench.exit(0, a);
  const std::string actions = bench.exit(1, b);
  if (actions.find("start 2.0.1") != std::string::npos) return "runs";
  return actions.find("end 2 skipped") != std::string::npos ? "skipped" : actions;
}

TEST(Run, WhenDecidesAfterAllNeedsHaveEnded) {
  using W = flow::When::Kind;
  EXPECT_EQ(joined({W::success}, 0, 0), "runs");
  EXPECT_EQ(joined({W::success}, 0, 1), "skipped");
  EXPECT_EQ(joined({W::any}, 0, 1), "runs");
  EXPECT_EQ(joined({W::any}, 1, 1), "skipped");
  EXPECT_EQ(joined({W::failure}, 0, 0), "skipped");
  EXPECT_EQ(joined({W::failure}, 1, 0), "runs");
  EXPECT_EQ(joined({W::always}, 1, 1), "runs");
  EXPECT_EQ(joined({W::exit, 0, 3}, 3, 0), "runs");
  EXPECT_EQ(joined({W::exit, 0, 0}, 0, 0), "runs");
  EXPECT_EQ(joined({W::exit, 0, 3}, 3, 1), "skipped");
  EXPECT_EQ(joined({W::exit, 0, 3}, 4, 0), "skipped");
}

TEST(Run, ExitHoldsForAnAcceptedCodeToo) {
  WorkflowBuilder flow;
  flow.step({}).accept = {0, 3};
  flow.step({0}).when = {flow::When::Kind::exit, 0, 3};
  Bench bench(flow);
  bench.begin();
  EXPECT_EQ(bench.exit(0, 3), "end 0 succeeded, start 1.0.1");
}

TEST(Run, ATrapHasNoExitCode) {
  WorkflowBuilder flow;
  flow.step({});
  flow.step({0}).when = {flow::When::Kind::exit, 0, 0};
  Bench bench(flow);
  bench.begin();
  EXPECT_EQ(bench.end(0, Kind::trapped), "end 0 failed, end 1 skipped, finish failed");
}

TEST(Run, AFailureThatWasAnsweredForIsNone) {
  for (const auto kind : {flow::When::Kind::failure, flow::When::Kind::always}) {
    WorkflowBuilder flow;
    flow.step({});
    flow.step({0}).when.kind = kind;
    flow.output(1);
    Bench bench(flow);
    bench.begin();
    EXPECT_EQ(bench.exit(0, 1), "end 0 failed, start 1.0.1");
    EXPECT_EQ(bench.exit(1, 0), "end 1 succeeded, finish succeeded");
  }
}

TEST(Run, AFailedOutputFailsTheRunHoweverItWasAnswered) {
  WorkflowBuilder flow;
  flow.step({});
  flow.step({0}).when.kind = flow::When::Kind::failure;
  flow.output(0);
  Bench bench(flow);
  bench.begin();
  bench.exit(0, 1);
  EXPECT_EQ(bench.exit(1, 0), "end 1 succeeded, finish failed");
}

TEST(Run, ASkippedOutputIsNoFailure) {
  WorkflowBuilder flow;
  flow.step({});
  flow.step({0}).when.kind = flow::When::Kind::failure;
  flow.output(1);
  Bench bench(flow);
  bench.begin();
  EXPECT_EQ(bench.exit(0, 0), "end 0 succeeded, end 1 skipped, finish succeeded");
}

TEST(Run, OnFailureFinishRunsIndependentBranches) {
  WorkflowBuilder flow;
  flow.step({});
  flow.step({});
  flow.step({1});
  Bench bench(flow);
  bench.begin();
  EXPECT_EQ(bench.exit(0, 1), "end 0 failed");
  EXPECT_EQ(bench.exit(1, 0), "end 1 succeeded, start 2.0.1");
  EXPECT_EQ(bench.exit(2, 0), "end 2 succeeded, finish failed");
}

TEST(Run, OnFailureStopCancelsTheRestUnlessAStepAnswers) {
  WorkflowBuilder flow;
  flow.workflow().on_failure = flow::OnFailure::stop;
  flow.step({});
  flow.step({});
  flow.step({1});
  Bench bench(flow);
  bench.begin();
  EXPECT_EQ(bench.exit(0, 1), "end 0 failed, stop 1.0.1 cancelled, end 2 cancelled");
  EXPECT_EQ(bench.exit(1, 0), "end 1 cancelled, finish failed");

  flow.step({0}).when.kind = flow::When::Kind::failure;
  Bench answered(flow);
  answered.begin();
  EXPECT_EQ(answered.exit(0, 1), "end 0 failed, start 3.0.1");
}

TEST(Run, OnFailureStopWaitsForThatAnswerAndStopsWhenItIsSkipped) {
  WorkflowBuilder flow;
  flow.workflow().on_failure = flow::OnFailure::stop;
  flow.step({});
  flow.step({});
  flow.step({0, 1}).when = {flow::When::Kind::exit, 0, 9};
  flow.step({});
  Bench bench(flow);
  bench.begin();
  EXPECT_EQ(bench.exit(0, 1), "end 0 failed");
  EXPECT_EQ(bench.exit(1, 0), "end 1 succeeded, end 2 skipped, stop 3.0.1 cancelled");
}

WorkflowBuilder each_step(std::uint32_t parallel) {
  WorkflowBuilder flow = one_step();
  flow.workflow().steps[0].each = flow::Each::lines;
  flow.workflow().steps[0].parallel = parallel;
  return flow;
}

TEST(Run, EachRunsItemsInOrderWithinItsBound) {
  Bench bench(each_step(2));
  EXPECT_EQ(bench.begin(), "split 0");
  EXPECT_EQ(bench.handle(ItemsCounted{StepId{0}, 3}), "start 0.0.1, start 0.1.1");
  EXPECT_EQ(bench.exit(0, 0, 1), "start 0.2.1");
  EXPECT_EQ(bench.exit(0, 0, 2), "");
  EXPECT_EQ(bench.exit(0, 0, 0), "end 0 succeeded, finish succeeded");
}

TEST(Run, EachOfNothingSucceeds) {
  Bench bench(each_step(0));
  bench.begin();
  EXPECT_EQ(bench.handle(ItemsCounted{StepId{0}, 0}), "end 0 succeeded, finish succeeded");
}

TEST(Run, EachOfTooManyOrOfNoFramesFails) {
  Bench many(each_step(0));
  many.begin();
  EXPECT_EQ(many.handle(ItemsCounted{StepId{0}, kMaxItems + 1}), "end 0 failed, finish failed");
  Bench none(each_step(0));
  none.begin();
  EXPECT_EQ(none.handle(SplitFailed{StepId{0}}), "end 0 failed, finish failed");
}

TEST(Run, TheFirstItemThatFailsForGoodStopsTheOthers) {
  WorkflowBuilder flow = each_step(3);
  flow.workflow().steps[0].retry = {.max = 1, .backoff_us = 50, .factor_thousandths = 1000};
  Bench bench(flow);
  bench.begin();
  EXPECT_EQ(bench.handle(ItemsCounted{StepId{0}, 9}), "start 0.0.1, start 0.1.1, start 0.2.1");
  EXPECT_EQ(bench.exit(0, 4, 1), "timer 50");
  EXPECT_EQ(bench.end(0, Kind::not_loaded, 0, 0), "stop 0.2.1 cancelled, timer none");
  EXPECT_EQ(bench.end(0, Kind::cancelled, 0, 2), "end 0 failed, finish failed");
}

TEST(Run, CancelStopsWhatRunsAndEndsTheRest) {
  WorkflowBuilder flow;
  flow.step({});
  flow.step({0});
  Bench bench(flow);
  bench.begin();
  EXPECT_EQ(bench.handle(CancelAsked{}), "stop 0.0.1 cancelled, end 1 cancelled");
  EXPECT_EQ(bench.handle(CancelAsked{}), "");
  EXPECT_EQ(bench.exit(0, 0), "end 0 cancelled, finish cancelled");
}

TEST(Run, CancelBeforeItBeginsEndsItToo) {
  Bench bench(one_step());
  EXPECT_EQ(bench.handle(CancelAsked{}), "end 0 cancelled, finish cancelled");
}

TEST(Run, AnAnswerToASplitAfterTheCancellationIsDropped) {
  WorkflowBuilder flow = each_step(0);
  flow.step({});
  Bench bench(flow);
  bench.begin();
  bench.handle(CancelAsked{});
  EXPECT_EQ(bench.handle(ItemsCounted{StepId{0}, 4}), "");
  EXPECT_EQ(bench.handle(SplitFailed{StepId{0}}), "");
}

TEST(Run, AChainOfTenThousandSkipsIsALoop) {
  WorkflowBuilder flow;
  flow.step({});
  for (std::uint32_t i = 0; i < 10'000; ++i) flow.step({i});
  Bench bench(flow);
  bench.begin();
  const std::string actions = bench.exit(0, 1);
  EXPECT_NE(actions.find("end 10000 skipped, finish failed"), std::string::npos);
}

TEST(Run, ARecordedListOfEventsGivesTheSameActions) {
  const WorkflowBuilder flow = each_step(2);
  const std::vector<std::string> recorded = {"0 begin", "0 items 0 3", "5 started 0.0.1", "9 ended 0.1.1 exited 0",
                                             "9 ended 0.0.1 exited 0", "12 ended 0.2.1 exited 0"};
  const auto replay = [&] {
    Bench bench(flow);
    std::string actions;
    for (const std::string& line : recorded) {
      const auto event = parse_event(line);
      actions += bench.at(event->at.micros, event->event) + "\n";
    }
    return actions;
  };
  EXPECT_EQ(replay(), replay());
  EXPECT_NE(replay().find("finish succeeded"), std::string::npos);
}

}  // namespace
}  // namespace weft::run
