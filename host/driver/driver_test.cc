#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "core/run/trace.h"
#include "host/driver/items.h"
#include "host/driver/run_driver.h"
#include "host/driver/shards.h"
#include "host/fakes/fake_runner.h"
#include "host/fakes/manual_loop.h"

namespace weft::host {
namespace {

// The workflow of the names: "a" needs nothing, "b:a" needs a, "c:a,b" needs both.
std::shared_ptr<PreparedWorkflow> prepared(const std::vector<std::string>& steps) {
  auto p = std::make_shared<PreparedWorkflow>();
  std::vector<std::string> names;
  for (const std::string& text : steps) {
    flow::Step step;
    step.name = text.substr(0, 1);
    for (std::size_t i = 2; i < text.size(); i += 2) {
      flow::Source source;
      source.step = static_cast<flow::StepIndex>(text[i] - 'a');
      source.text = text.substr(i, 1);
      step.needs.push_back({source.text, source});
    }
    if (step.needs.size() == 1) step.stdin_need = 0;
    p->workflow.steps.push_back(step);
    auto program = std::make_shared<StepProgram>();
    program->name = step.name;
    p->programs.push_back(program);
  }
  flow::Source last;
  last.step = static_cast<flow::StepIndex>(steps.size() - 1);
  last.text = p->workflow.steps.back().name;
  p->workflow.outputs.push_back({last});
  p->plan = std::make_shared<const run::Plan>(p->workflow);
  return p;
}

void replan(PreparedWorkflow& p) { p.plan = std::make_shared<const run::Plan>(p.workflow); }

// Answers its name, stdin and files in /in.
std::optional<AttemptResult> describe(const AttemptSpec& spec) {
  AttemptResult result;
  std::string text = spec.program->name + "(" + spec.stdin_bytes.to_string();
  for (const NamedBlob& file : spec.in_files) text += " " + file.name + "=" + file.blob.to_string();
  result.output = Blob::copy_of(text + ")");
  return result;
}

struct Bench {
  explicit Bench(std::shared_ptr<PreparedWorkflow> workflow, FakeRunner::Program program, FakeRunner::Ends ends = FakeRunner::Ends::on_a_turn)
      : runner(loop, ends, std::move(program)) {
    RunRequest request;
    request.prepared = std::move(workflow);
    request.inputs = {Blob::copy_of("in")};
    driver = std::make_unique<RunDriver>(std::move(request), loop, runner, nullptr, nullptr, [this](RunResult r) { result = std::move(r); });
  }
  ManualLoop loop;
  FakeRunner runner;
  std::optional<RunResult> result;
  std::unique_ptr<RunDriver> driver;
};

TEST(RunDriver, HandsBytesFromStepToStep) {
  for (const auto ends : {FakeRunner::Ends::at_once, FakeRunner::Ends::on_a_turn}) {
    Bench b(prepared({"a", "b:a", "c:a,b"}), describe, ends);
    b.driver->begin();
    b.loop.settle();
    ASSERT_TRUE(b.result);
    EXPECT_EQ(b.result->outputs[0].to_string(), "c( a=a(in) b=b(a(in)))");
    EXPECT_EQ(b.result->record.state, run::RunState::succeeded);
  }
}

TEST(RunDriver, GivesNoBytesOfANeedThatDidNotSucceed) {
  auto p = prepared({"a", "b", "c:a,b"});
  p->workflow.steps[2].when.kind = flow::When::Kind::any;
  replan(*p);
  Bench b(p, [](const AttemptSpec& spec) {
    auto result = describe(spec);
    if (spec.program->name == "a") result->outcome.exit_code = 1;
    return result;
  });
  b.driver->begin();
  b.loop.settle();
  EXPECT_EQ(b.result->outputs[0].to_string(), "c( b=b(in))");
  EXPECT_EQ(b.result->record.state, run::RunState::failed);
  EXPECT_EQ(b.result->failed_inputs[0]->to_string(), "in");
}

TEST(RunDriver, EndsATryAtItsTimeoutAndBacksOffBeforeTheNext) {
  auto p = prepared({"a"});
  p->workflow.steps[0].timeout_us = 1000;
  p->workflow.steps[0].retry = {.max = 1, .backoff_us = 500, .factor_thousandths = 1000};
  replan(*p);
  int tries = 0;
  Bench b(p, [&](const AttemptSpec&) -> std::optional<AttemptResult> {
    ++tries;
    return std::nullopt;
  });
  b.driver->begin();
  b.loop.advance(999'999);
  EXPECT_EQ(tries, 1);
  b.loop.advance(1 + 499'999);
  EXPECT_EQ(tries, 1);
  b.loop.advance(1);
  EXPECT_EQ(tries, 2);
  EXPECT_FALSE(b.result);
  b.loop.advance(1'000'000);
  ASSERT_TRUE(b.result);
  EXPECT_EQ(b.result->record.steps[0].attempts.size(), 2U);
  EXPECT_EQ(b.result->record.steps[0].state, run::EndState::failed);
}

TEST(RunDriver, CancelEndsEverythingAndAnswersOnce) {
  Bench b(prepared({"a", "b:a"}), [](const AttemptSpec&) { return std::optional<AttemptResult>(); });
  b.driver->begin();
  b.loop.settle();
  b.driver->cancel();
  b.loop.settle();
  ASSERT_TRUE(b.result);
  EXPECT_EQ(b.result->record.state, run::RunState::cancelled);
  b.driver->cancel();
}

TEST(RunDriver, MayBeDroppedWhileAttemptsAreUnderWay) {
  Bench b(prepared({"a", "b:a"}), describe);
  b.driver->begin();
  b.driver.reset();
  b.loop.settle();
  EXPECT_FALSE(b.result);
}

TEST(RunDriver, AThousandStepsDoNotStarveTheLoop) {
  std::vector<std::string> steps = {"a"};
  auto p = prepared(steps);
  for (flow::StepIndex i = 1; i < 1000; ++i) {
    flow::Step step = p->workflow.steps[0];
    flow::Source source;
    source.step = i - 1;
    step.needs = {{"x", source}};
    step.stdin_need = 0;
    p->workflow.steps.push_back(step);
    p->programs.push_back(p->programs[0]);
  }
  p->workflow.outputs[0].source.step = 999;
  replan(*p);
  bool others_ran = false;
  Bench b(p, [](const AttemptSpec&) { return std::optional(AttemptResult()); }, FakeRunner::Ends::at_once);
  b.loop.post([&] { others_ran = !b.result; });
  b.driver->begin();
  b.loop.settle();
  EXPECT_TRUE(b.result);
  EXPECT_TRUE(others_ran);
}

TEST(Items, SplitAndJoinAreInverse) {
  const Blob frames = Blob::join(std::vector{to_frame(Blob::copy_of("a")), to_frame(Blob()), to_frame(Blob::copy_of("ccc"))});
  const auto items = split_items(frames, flow::Each::frames, 10);
  ASSERT_TRUE(items);
  ASSERT_EQ(items->size(), 3U);
  EXPECT_EQ((*items)[2].to_string(), "ccc");
  EXPECT_EQ(join_items(*items, flow::Each::frames).to_string(), frames.to_string());
  const auto lines = split_items(Blob::join(std::vector{Blob::copy_of("on"), Blob::copy_of("e\n\ntw"), Blob::copy_of("o")}), flow::Each::lines, 10);
  ASSERT_EQ(lines->size(), 3U);
  EXPECT_EQ((*lines)[0].to_string(), "one");
  EXPECT_EQ((*lines)[2].to_string(), "two");
  EXPECT_EQ(join_items(*lines, flow::Each::lines).to_string(), "one\ntwo\n");
  EXPECT_EQ(split_items(Blob(), flow::Each::lines, 10)->size(), 0U);
  EXPECT_EQ(split_items(Blob::copy_of("a\nb\nc\nd\n"), flow::Each::lines, 2)->size(), 3U);
}

TEST(Items, BrokenFramesAreRefused) {
  const auto code = [](std::string_view bytes) { return split_items(Blob::copy_of(bytes), flow::Each::frames, 10).error().code; };
  EXPECT_EQ(code("abc"), "frame.truncated");
  EXPECT_EQ(code(std::string_view("\0\0\0\0\5ab", 7)), "frame.truncated");
  EXPECT_EQ(code(std::string_view("\2\0\0\0\0", 5)), "frame.flags");
  EXPECT_EQ(code(std::string_view("\0\xff\xff\xff\xff", 5)), "frame.too_large");
}

// Runs on real threads with an engine that is none, so that a race detector sees all of it.
TEST(Shards, SpreadAttemptsAndBringEveryResultHome) {
  std::atomic<int> executed{0};
  Shards shards(3, [&](Loop& loop, const auto&) {
    return std::make_unique<FakeRunner>(loop, FakeRunner::Ends::on_a_turn, [&](const AttemptSpec& spec) {
      executed.fetch_add(1);
      return describe(spec);
    });
  });
  auto p = prepared({"a"});
  for (int i = 0; i < 50; ++i) {
    flow::Step step;
    step.name = "b" + std::to_string(i);
    flow::Source source;
    source.text = "a";
    step.needs.push_back({"a", source});
    step.stdin_need = 0;
    p->workflow.steps.push_back(step);
    p->programs.push_back(p->programs[0]);
  }
  replan(*p);
  std::mutex mutex;
  std::condition_variable all_ended;
  int ended = 0;
  constexpr int kRuns = 20;
  std::vector<std::unique_ptr<RunDriver>> drivers(kRuns);
  for (int i = 0; i < kRuns; ++i)
    shards.loop(static_cast<std::uint32_t>(i % 3)).post([&, i] {
      RunRequest request;
      request.prepared = p;
      request.inputs = {Blob::copy_of("in")};
      const auto home = static_cast<std::uint32_t>(i % 3);
      drivers[static_cast<std::size_t>(i)] = std::make_unique<RunDriver>(std::move(request), shards.loop(home), shards.runner(home), nullptr, nullptr, [&](RunResult result) {
        EXPECT_EQ(result.record.state, run::RunState::succeeded);
        const std::lock_guard lock(mutex);
        if (++ended == kRuns) all_ended.notify_one();
      });
      drivers[static_cast<std::size_t>(i)]->begin();
    });
  {
    std::unique_lock lock(mutex);
    all_ended.wait(lock, [&] { return ended == kRuns; });
  }
  EXPECT_EQ(executed, kRuns * 51);
  // Drivers go where they lived.
  std::atomic<int> gone{0};
  for (int i = 0; i < kRuns; ++i)
    shards.loop(static_cast<std::uint32_t>(i % 3)).post([&, i] {
      drivers[static_cast<std::size_t>(i)].reset();
      const std::lock_guard lock(mutex);
      if (gone.fetch_add(1) + 1 == kRuns) all_ended.notify_one();
    });
  std::unique_lock lock(mutex);
  all_ended.wait(lock, [&] { return gone == kRuns; });
}

}  // namespace
}  // namespace weft::host
