// What a workflow's text means, by its model; and that the canonical form is one for all ways to write it.
#include "core/flow/parse.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "core/flow/limits.h"
#include "tests/flow/documents.h"

namespace weft::tests {
namespace {

flow::Workflow workflow_of(const std::string& text) {
  flow::Parsed parsed = parse_text(text);
  EXPECT_TRUE(parsed.workflow) << flow::render(parsed.diagnostics, "workflow.yaml", text);
  return parsed.workflow ? std::move(*parsed.workflow) : flow::Workflow{};
}

std::string with_steps(const std::string& steps) { return "weft: 1\nname: w\nsteps:\n" + steps; }

const flow::Step& step_named(const flow::Workflow& workflow, std::string_view name) {
  for (const flow::Step& step : workflow.steps) {
    if (step.name == name) return step;
  }
  static const flow::Step kNone;
  ADD_FAILURE() << "no step " << name;
  return kNone;
}

TEST(Parse, OneNeedIsStdinAndSeveralAreFiles) {
  const flow::Workflow w = workflow_of(
      with_steps("  a: {run: a}\n  b: {run: b, needs: a}\n  c: {run: c, needs: [a]}\n  d: {run: d, needs: [b, a]}\n"
                 "  e: {run: e, needs: {x: a}}\n  f: {run: f, needs: [b, a], stdin: b}\n"));
  EXPECT_EQ(step_named(w, "b").stdin_need, 0U);
  EXPECT_EQ(step_named(w, "c").stdin_need, 0U);
  const flow::Step& d = step_named(w, "d");
  EXPECT_FALSE(d.stdin_need);
  ASSERT_EQ(d.needs.size(), 2U);
  EXPECT_EQ(d.needs[0].key, "a");
  EXPECT_EQ(d.needs[1].key, "b");
  EXPECT_FALSE(step_named(w, "e").stdin_need);
  EXPECT_EQ(step_named(w, "e").needs[0].key, "x");
  EXPECT_EQ(step_named(w, "f").stdin_need, 1U);
}

TEST(Parse, TheRunsOnlyInputIsOnStdinOfStepsWithoutNeeds) {
  const flow::Workflow nameless = workflow_of(with_steps("  a: {run: a}\n"));
  ASSERT_EQ(nameless.steps[0].needs.size(), 1U);
  EXPECT_EQ(nameless.steps[0].needs[0].source.kind, flow::Source::Kind::run_input);
  EXPECT_EQ(nameless.steps[0].stdin_need, 0U);
  const flow::Workflow two = workflow_of("weft: 1\nname: w\ninputs: [x, y]\nsteps: {a: {run: a}}\n");
  EXPECT_TRUE(two.steps[0].needs.empty());
  EXPECT_FALSE(two.steps[0].stdin_need);
}

TEST(Parse, SourcesAreSplitAtTheFirstDot) {
  const flow::Workflow w = workflow_of(
      "weft: 1\nname: w\ninputs: [x, y]\nsteps:\n  a: {run: a, outputs: [z, r.tar.gz]}\n"
      "  b: {run: b, needs: [a.r.tar.gz, inputs.y]}\n");
  const flow::Step& b = step_named(w, "b");
  EXPECT_EQ(b.needs[0].source.kind, flow::Source::Kind::step_file);
  EXPECT_EQ(b.needs[0].source.output, 1U);
  EXPECT_EQ(b.needs[1].source.kind, flow::Source::Kind::run_input);
  EXPECT_EQ(b.needs[1].source.input, 1U);
}

TEST(Parse, OutputsDefaultToWhatNothingNeeds) {
  const flow::Workflow w = workflow_of(with_steps("  z: {run: a}\n  b: {run: b, needs: z}\n  a: {run: c, needs: z}\n"));
  ASSERT_EQ(w.outputs.size(), 2U);
  EXPECT_EQ(w.outputs[0].source.text, "b");
  EXPECT_EQ(w.outputs[1].source.text, "a");
}

TEST(Parse, PlainScalarsAreTextsWhereATextIsTaken) {
  const flow::Workflow w =
      workflow_of(with_steps("  a: {run: a, args: [10, true, 1.50, yes, 'null'], env: {A: 007}}\n"));
  const auto resolved = flow::resolve_params(w, {});
  ASSERT_TRUE(resolved);
  EXPECT_EQ((*resolved)[0].args, (std::vector<std::string>{"10", "true", "1.50", "yes", "null"}));
  EXPECT_EQ((*resolved)[0].env[0].second, "007");
}

TEST(Parse, NumbersFollowTheCoreSchema) {
  const flow::Workflow w =
      workflow_of(with_steps("  a: {run: a, accept: [0x10, 0o17, +5, -0], seed: '9007199254740993'}\n"));
  EXPECT_EQ(w.steps[0].accept, (std::vector<std::int32_t>{0, 5, 15, 16}));
  EXPECT_EQ(w.steps[0].seed, 9007199254740993ULL);
}

TEST(Params, AreOverriddenAndPutIn) {
  const flow::Workflow w = workflow_of(
      "weft: 1\nname: w\nparams: {size: 640, TAG: x}\nsteps:\n"
      "  a: {run: a, args: ['${size}x${size}', '$$${TAG}', '$${size}'], env: {T: '${TAG}'}}\n");
  const std::vector<flow::ParamValue> overrides = {{"TAG", "${size}"}, {"size", "1"}, {"size", "2"}};
  const auto resolved = flow::resolve_params(w, overrides);
  ASSERT_TRUE(resolved);
  EXPECT_EQ((*resolved)[0].args, (std::vector<std::string>{"2x2", "$${size}", "${size}"}));
  EXPECT_EQ((*resolved)[0].env[0].second, "${size}");
}

TEST(Params, UnknownOverridesAreRefusedWithASuggestion) {
  const flow::Workflow w = workflow_of("weft: 1\nname: w\nparams: {width: 1}\nsteps: {a: {run: a}}\n");
  const std::vector<flow::ParamValue> overrides = {{"widht", "2"}};
  const auto resolved = flow::resolve_params(w, overrides);
  ASSERT_FALSE(resolved);
  EXPECT_EQ(resolved.error().code, "flow.unknown_param");
  EXPECT_NE(resolved.error().message.find("`width`"), std::string::npos);
}

TEST(Params, CannotBlowUp) {
  std::string args;
  for (int i = 0; i < 2000; ++i) args += "'${big}${big}', ";
  const flow::Workflow w = workflow_of("weft: 1\nname: w\nparams: {big: " + std::string(60'000, 'x') +
                                       "}\nsteps: {a: {run: a, args: [" + args + "]}}\n");
  const auto resolved = flow::resolve_params(w, {});
  ASSERT_FALSE(resolved);
  EXPECT_EQ(resolved.error().code, "flow.too_large");
}

std::string chain(std::size_t count) {
  std::string text = "weft: 1\nname: w\nsteps:\n";
  for (std::size_t i = 0; i < count; ++i) {
    text += "  s" + std::to_string(i) + ": {run: a.wasm, timeout: 2s";
    if (i > 0) text += ", needs: s" + std::to_string(i - 1);
    text += "}\n";
  }
  return text;
}

TEST(Limits, TenThousandStepsCostNoMoreEachThanAHundred) {
  const auto cost_per_step = [](std::size_t count) {
    const document::ReadDocument document = document::read_document(chain(count));
    auto best = std::chrono::nanoseconds::max();
    for (int i = 0; i < 5; ++i) {
      const auto start = std::chrono::steady_clock::now();
      EXPECT_TRUE(flow::parse(*document.root).workflow);
      best = std::min(best,
                      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start));
    }
    return static_cast<double>(best.count()) / static_cast<double>(count);
  };
  EXPECT_LT(cost_per_step(10'000), 8 * cost_per_step(100));  // quadratic would be a hundred times
}

TEST(Limits, ADocumentOverItsBytesIsRefused) {
  const flow::Parsed parsed = parse_text("# " + std::string(flow::limits::kDocumentBytes, 'x'));
  ASSERT_EQ(parsed.diagnostics.size(), 1U);
  EXPECT_EQ(parsed.diagnostics[0].code, "flow.too_large");
}

TEST(Limits, WrongDocumentsOfAnySizeAreRefusedQuickly) {
  std::string text = "weft: 1\nname: w\nsteps:\n";
  for (int i = 0; i < 15'000; ++i) {
    const std::string name = "step-with-a-rather-long-name-" + std::to_string(i);
    text += "  " + name + ": {run: a.wasm, needs: [" + name + "x, missing.f, inputs.z]}\n";
  }
  const auto start = std::chrono::steady_clock::now();
  const flow::Parsed parsed = parse_text(text);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  EXPECT_EQ(parsed.diagnostics.size(), flow::limits::kDiagnostics + 1);
  EXPECT_EQ(parsed.diagnostics.back().code, "flow.more_problems");
}

// A random workflow, written in a random way: order of keys, list or scalar, block or flow, defaults spelled out.
class RandomWriter {
 public:
  explicit RandomWriter(std::uint32_t shape) : shape_(shape) {}

  std::string write(std::uint32_t style, bool json) {
    std::mt19937 what(shape_);
    std::mt19937 how(style);
    std::vector<std::string> members = {q("weft", json) + ": 1", q("name", json) + ": " + q("w", json)};
    std::vector<std::string> steps;
    const unsigned count = 2 + what() % 6;
    for (unsigned i = 0; i < count; ++i) steps.push_back(step(i, what, how, json));
    members.push_back(q("steps", json) + ": " + object(steps, how));
    const std::string last = q("s" + std::to_string(count - 1), json);
    members.push_back(q("outputs", json) + ": [" + last + ", " + q("s0", json) + "]");
    if (coin(how)) members.push_back(q("on_failure", json) + ": " + q("finish", json));
    if (what() % 2 == 0) members.push_back(q("timeout", json) + ": " + q(coin(how) ? "2s" : "2000ms", json));
    return object(members, how);
  }

 private:
  static bool coin(std::mt19937& random) { return random() % 2 == 0; }
  static std::string q(const std::string& text, bool json) { return json ? "\"" + text + "\"" : text; }
  static std::string object(std::vector<std::string> members, std::mt19937& how) {
    std::shuffle(members.begin(), members.end(), how);
    std::string text = "{";
    for (std::size_t i = 0; i < members.size(); ++i) text += (i > 0 ? ", " : "") + members[i];
    return text + "}";
  }

  static std::string step(unsigned i, std::mt19937& what, std::mt19937& how, bool json) {
    std::vector<std::string> members = {q("run", json) + ": " + q("m" + std::to_string(i) + ".wasm", json)};
    const unsigned needs = i == 0 ? 0 : what() % 3;
    const auto needed = [&](unsigned k) { return q("s" + std::to_string((i - 1) - k % i), json); };
    const std::string key = q("needs", json) + ": ";
    if (needs == 0 && coin(how)) members.push_back(key + "[]");
    if (needs == 1) members.push_back(key + (coin(how) ? needed(0) : "[" + needed(0) + "]"));
    if (needs == 2 && i >= 2) {
      const std::string a = needed(0), b = needed(1);
      const unsigned form = how() % 3;
      if (form == 0) members.push_back(key + "[" + a + ", " + b + "]");
      if (form == 1) members.push_back(key + "[" + b + ", " + a + "]");
      if (form == 2) members.push_back(key + object({a + ": " + a, b + ": " + b}, how));
    }
    if (coin(how)) members.push_back(q("abi", json) + ": " + q("command", json));
    const unsigned code = what() % 3;
    if (code > 0 || coin(how)) {
      const std::string text = std::to_string(code);
      members.push_back(q("accept", json) + ": " + (coin(how) ? text : "[" + text + ", " + text + "]"));
    }
    if (what() % 2 == 0) members.push_back(q("memory", json) + ": " + q(coin(how) ? "64MiB" : "65536KiB", json));
    if (what() % 2 == 0) {
      std::vector<std::string> retry = {q("max", json) + ": 2"};
      if (coin(how)) retry.push_back(q("backoff", json) + ": " + q(coin(how) ? "100ms" : "0.1s", json));
      if (coin(how)) retry.push_back(q("factor", json) + ": " + (coin(how) ? "2" : "2.000"));
      members.push_back(q("retry", json) + ": " + object(retry, how));
    }
    if (what() % 2 == 0) {
      members.push_back(q("env", json) + ": " +
                        object({q("B", json) + ": " + q("x", json), q("A", json) + ": " + q("y", json)}, how));
    }
    return q("s" + std::to_string(i), json) + ": " + object(members, how);
  }

  std::uint32_t shape_;
};

TEST(Canonical, OneTextForEveryWayToWriteAWorkflow) {
  for (std::uint32_t shape = 0; shape < 300; ++shape) {
    RandomWriter writer(shape);
    const std::string first = writer.write(1, false);
    const std::string expected = canonical(workflow_of(first));
    for (std::uint32_t style = 2; style < 8; ++style) {
      const std::string other = writer.write(style, style % 2 == 0);
      ASSERT_EQ(canonical(workflow_of(other)), expected) << first << "\n" << other;
    }
  }
}

TEST(Canonical, IsADocumentThatIsItsOwnCanonicalForm) {
  for (std::uint32_t shape = 0; shape < 100; ++shape) {
    const std::string text = canonical(workflow_of(RandomWriter(shape).write(shape, false)));
    ASSERT_EQ(canonical(workflow_of(text)), text);
  }
  for (const auto& path : documents_in(kGolden / "accepted")) {
    const std::string text = canonical(workflow_of(read_file(path)));
    EXPECT_EQ(canonical(workflow_of(text)), text) << path;
  }
}

TEST(Canonical, DiffersWhereARunWouldDiffer) {
  const auto of = [](const std::string& steps, const std::string& rest = "") {
    return canonical(workflow_of(with_steps(steps) + rest));
  };
  const std::string base = of("  a: {run: a}\n  b: {run: b, needs: a}\n");
  EXPECT_NE(base, of("  a: {run: x}\n  b: {run: b, needs: a}\n"));
  EXPECT_NE(base, of("  a: {run: a}\n  b: {run: b, needs: {a: a}}\n"));
  EXPECT_NE(base, of("  a: {run: a}\n  b: {run: b, needs: a, timeout: 1s}\n"));
  // The order of default outputs is that of the steps, and answers come in it.
  EXPECT_NE(of("  a: {run: a}\n  b: {run: b}\n"), of("  b: {run: b}\n  a: {run: a}\n"));
  EXPECT_EQ(of("  b: {run: b}\n  a: {run: a}\n"), of("  a: {run: a}\n  b: {run: b}\n", "outputs: [b, a]\n"));
}

TEST(Canonical, KeysAreInTheOrderOfUtf16) {
  EXPECT_TRUE(flow::canonical_less("a", "ab"));
  EXPECT_FALSE(flow::canonical_less("a", "a"));
  EXPECT_TRUE(flow::canonical_less("\U0001F600", "\uE000"));
  EXPECT_FALSE(flow::canonical_less("\uFFFD", "\U0001F600"));
  EXPECT_TRUE(flow::canonical_less("\uD7FF", "\U0001F600"));
  EXPECT_TRUE(flow::canonical_less("\U0001F600", "\U0001F601"));
}

}  // namespace
}  // namespace weft::tests
