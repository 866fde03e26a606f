// Documents changed at random: whatever comes out, it is either a workflow or diagnostics, never neither and never a
// crash, and diagnostics can be rendered.
#include <gtest/gtest.h>

#include <random>

#include "core/base/text.h"
#include "tests/flow/documents.h"

namespace weft::tests {
namespace {

constexpr int kRounds = 60;  // per document

std::string mutate(std::string text, const std::vector<std::string>& all, std::mt19937& random) {
  const unsigned edits = 1 + random() % 4;
  for (unsigned i = 0; i < edits; ++i) {
    const std::size_t at = text.empty() ? 0 : random() % text.size();
    const std::size_t length = 1 + random() % 12;
    switch (random() % 6) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, text.substr(random() % (text.size() + 1), length));
        break;
      case 2:
        if (!text.empty()) text[at] = static_cast<char>(random() % 256);
        break;
      case 3:
        text.insert(at, 1, "{}[]:,-?&*!|>'\"%@#\n\t $."[random() % 24]);
        break;
      case 4: {
        const std::string& other = all[random() % all.size()];
        text.insert(at, other.substr(random() % (other.size() + 1), 4 * length));
        break;
      }
      default:
        text.resize(at);
        break;
    }
  }
  return text;
}

TEST(AnyText, IsAWorkflowOrDiagnostics) {
  std::vector<std::string> all;
  for (const auto& folder : {kGolden, kGolden / "accepted", kGolden / "trees"}) {
    for (const auto& path : documents_in(folder)) all.push_back(read_file(path));
  }
  std::mt19937 random(1);
  for (const std::string& original : all) {
    for (int round = 0; round < kRounds; ++round) {
      const std::string text = mutate(original, all, random);
      const flow::Parsed parsed = parse_text(text);
      ASSERT_EQ(parsed.workflow.has_value(), parsed.diagnostics.empty()) << text;
      const std::string rendered = flow::render(parsed.diagnostics, "w.yaml", text);
      ASSERT_EQ(rendered.empty(), parsed.diagnostics.empty());
      ASSERT_TRUE(is_utf8(rendered)) << text;
      ASSERT_TRUE(is_utf8(flow::render_json(parsed.diagnostics)));
      if (!parsed.workflow) continue;
      const std::string once = canonical(*parsed.workflow);
      const flow::Parsed again = parse_text(once);
      ASSERT_TRUE(again.workflow) << text << "\n" << flow::render(again.diagnostics, "canonical", once);
      ASSERT_EQ(canonical(*again.workflow), once) << text;
    }
  }
}

// Trees that no text gives: a browser's reader may be wrong, and the core must stand it.
flow::Node random_node(std::mt19937& random, const std::vector<std::string>& words, int depth) {
  flow::Node node;
  const unsigned kind = depth > 5 ? 0 : random() % 3;
  node.kind = static_cast<flow::Node::Kind>(kind);
  node.quoting = random() % 2 == 0 ? flow::Node::Quoting::plain : flow::Node::Quoting::quoted;
  node.span = {static_cast<std::uint32_t>(random() % 9), static_cast<std::uint32_t>(random() % 9),
               static_cast<std::uint32_t>(random() % 9), static_cast<std::uint32_t>(random() % 9)};
  if (kind == 0) node.text = words[random() % words.size()];
  const unsigned count = random() % 6;
  for (unsigned i = 0; i < count && kind == 1; ++i) node.items.push_back(random_node(random, words, depth + 1));
  for (unsigned i = 0; i < count && kind == 2; ++i) {
    node.entries.push_back({words[random() % words.size()], node.span, random_node(random, words, depth + 1)});
  }
  return node;
}

TEST(AnyTree, IsAWorkflowOrDiagnostics) {
  const std::vector<std::string> words = {"weft",      "1",
                                          "name",      "steps",
                                          "inputs",    "outputs",
                                          "params",    "run",
                                          "needs",     "stdin",
                                          "args",      "env",
                                          "each",      "lines",
                                          "parallel",  "when",
                                          "exit",      "step",
                                          "failure",   "accept",
                                          "retry",     "max",
                                          "backoff",   "factor",
                                          "2s",        "memory",
                                          "64MiB",     "files",
                                          "/a",        "/a/b",
                                          "a",         "b",
                                          "a.b",       "inputs.a",
                                          "abi",       "stream",
                                          "instances", "min",
                                          "seed",      "place",
                                          "${a}",      "$",
                                          "",          "~",
                                          "\xff",      std::string("\0", 1),
                                          "é",         "a.wasm@sha256:0"};
  std::mt19937 random(2);
  for (int round = 0; round < 20'000; ++round) {
    flow::Node root = random_node(random, words, 0);
    if (root.kind == flow::Node::Kind::mapping && round % 2 == 0) {
      // Half of them reach the steps.
      flow::Node steps;
      steps.kind = flow::Node::Kind::mapping;
      for (const char* name : {"a", "b", "c"})
        steps.entries.push_back({name, root.span, random_node(random, words, 2)});
      root.entries.push_back({"steps", root.span, std::move(steps)});
    }
    const flow::Parsed parsed = flow::parse(root);
    ASSERT_EQ(parsed.workflow.has_value(), parsed.diagnostics.empty());
    (void)flow::render(parsed.diagnostics, "w.yaml", "some\ntext\n");
    ASSERT_TRUE(is_utf8(flow::render_json(parsed.diagnostics)));
  }
}

}  // namespace
}  // namespace weft::tests
