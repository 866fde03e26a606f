#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "core/report/json.h"
#include "core/report/statistics.h"
#include "core/report/text.h"

namespace weft::report {
namespace {

RunRecord sample() {
  RunRecord r;
  r.run = "7f3a";
  r.workflow = "vision";
  r.node = "local", r.tier = "local", r.mode = "aot";
  r.makespan_ns = 3'000'000;
  r.total_ns = 3'100'000;
  r.state = run::RunState::failed;
  AttemptRecord a;
  a.node = "local", a.tier = "local", a.mode = "aot", a.start = "cold";
  a.queue_ns = 1500, a.instantiate_ns = 20'000, a.run_ns = 2'000'000;
  a.in_bytes = 2048, a.out_bytes = 10;
  r.steps.push_back({"decode", run::EndState::succeeded, "", {a}, ""});
  a.outcome = {run::Outcome::Kind::trapped, 0};
  a.code = "trap.unreachable", a.detail = "unreachable instruction executed";
  a.start_ns = 2'100'000;
  r.steps.push_back({"edges", run::EndState::failed, "trap: unreachable instruction executed", {a, a}, "one\ntwo\n"});
  r.steps.push_back({"report", run::EndState::skipped, "its needs did not succeed", {}, ""});
  r.outputs.push_back({"edges", run::EndState::failed, 0, std::nullopt});
  return r;
}

TEST(Report, JsonHasNullForWhatNobodyKnows) {
  const std::string json = to_json(sample());
  EXPECT_NE(json.find(R"("cpu_us":null)"), std::string::npos);
  EXPECT_NE(json.find(R"("queue_us":1.5)"), std::string::npos);
  EXPECT_NE(json.find(R"("exit_code":null)"), std::string::npos);
  EXPECT_NE(json.find(R"("sha256":null)"), std::string::npos);
  EXPECT_NE(json.find(R"("network":null)"), std::string::npos);
}

TEST(Report, TextShowsEveryStepAndWhyOneFailed) {
  const std::string text = to_text(sample(), {});
  for (const char* part : {"decode", "edges", "report", "skipped", "2 KiB", "makespan 3.00 ms",
                           "step edges failed: trap: unreachable", "    two", "#"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(to_text(sample(), {.color = TextOptions::Color::on}).find("\x1b[31mfailed"), std::string::npos);
}

TEST(Statistics, OfNothingAreZero) { EXPECT_EQ(summarize({}).count, 0U); }

TEST(Statistics, QuantilesInterpolate) {
  std::vector<double> samples;
  for (int i = 100; i >= 0; --i) samples.push_back(i);
  const Summary s = summarize(samples);
  EXPECT_EQ(s.median, 50);
  EXPECT_EQ(s.p95, 95);
  EXPECT_EQ(s.p99, 99);
  EXPECT_EQ(s.mean, 50);
  EXPECT_LT(s.median_low, 50);
  EXPECT_GT(s.median_high, 50);
  EXPECT_GE(s.median_low, 39);
  EXPECT_LE(s.median_high, 61);
}

TEST(Statistics, MedianIntervalCoversAsOftenAsItSays) {
  std::uint64_t state = 1;
  const auto uniform = [&] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state >> 11) / 9007199254740992.0;
  };
  int covered = 0;
  constexpr int kRounds = 2000;
  for (int round = 0; round < kRounds; ++round) {
    std::array<double, 30> samples;
    for (double& x : samples) x = uniform();
    const Summary s = summarize(samples);
    covered += s.median_low <= 0.5 && 0.5 <= s.median_high ? 1 : 0;
  }
  EXPECT_GE(covered, kRounds * 95 / 100);
}

}  // namespace
}  // namespace weft::report
