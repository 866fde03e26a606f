#include "host/document/read_document.h"

#include <gtest/gtest.h>

#include <string>

#include "core/flow/limits.h"
#include "core/flow/parse.h"

namespace weft::host {
namespace {

using flow::Node;

std::string code_of(std::string_view text) {
  const ReadDocument read = read_document(text);
  EXPECT_EQ(read.root.has_value(), read.diagnostics.empty());
  return read.diagnostics.empty() ? "" : read.diagnostics.front().code;
}

TEST(ReadDocument, KeepsTextQuotingAndOrder) {
  const ReadDocument read = read_document("b: 1\na: '1'\nc: [x, \"y\"]\nd: |\n  text\n");
  ASSERT_TRUE(read.root);
  ASSERT_EQ(read.root->entries.size(), 4U);
  EXPECT_EQ(read.root->entries[0].key, "b");
  EXPECT_EQ(read.root->entries[0].value.quoting, Node::Quoting::plain);
  EXPECT_EQ(read.root->entries[1].value.quoting, Node::Quoting::quoted);
  EXPECT_EQ(read.root->entries[2].value.items[1].text, "y");
  EXPECT_EQ(read.root->entries[3].value.text, "text\n");
}

TEST(ReadDocument, CountsPlacesInCodePoints) {
  const ReadDocument read = read_document("a: 1\n\xC3\xA4\xE2\x82\xAC: [\xF0\x9F\x98\x80, grey]\n");
  ASSERT_TRUE(read.root);
  const flow::Entry& entry = read.root->entries[1];
  EXPECT_EQ(entry.key_span, (flow::Span{2, 1, 2, 3}));
  EXPECT_EQ(entry.value.items[1].span, (flow::Span{2, 9, 2, 13}));
}

TEST(ReadDocument, ReadsJsonAsTheSameTree) {
  const ReadDocument yaml = read_document("a: [1, \"x\"]\nb: {c: true}\n");
  const ReadDocument json = read_document(R"({"a": [1, "x"], "b": {"c": true}})");
  ASSERT_TRUE(yaml.root && json.root);
  EXPECT_EQ(json.root->entries[0].value.items[0].text, "1");
  EXPECT_EQ(json.root->entries[0].value.items[0].quoting, Node::Quoting::plain);
  EXPECT_EQ(json.root->entries[1].value.entries[0].value.text, "true");
  EXPECT_EQ(yaml.root->entries[1].value.entries[0].key, "c");
}

TEST(ReadDocument, RefusesWhatAWorkflowHasNoUseFor) {
  EXPECT_EQ(code_of("a: &x 1\n"), "flow.yaml_feature");
  EXPECT_EQ(code_of("a: &x 1\nb: *x\n"), "flow.yaml_feature");
  EXPECT_EQ(code_of("a: !!str 1\n"), "flow.yaml_feature");
  EXPECT_EQ(code_of("a: !mine [1]\n"), "flow.yaml_feature");
  EXPECT_EQ(code_of("<<: {a: 1}\n"), "flow.yaml_feature");
  EXPECT_EQ(code_of("[a]: 1\n"), "flow.yaml_feature");
  EXPECT_EQ(code_of("a: 1\n---\nb: 2\n"), "flow.second_document");
  EXPECT_EQ(code_of(""), "flow.empty_document");
  EXPECT_EQ(code_of("# nothing\n"), "flow.empty_document");
  EXPECT_EQ(code_of("a: \xFF\n"), "flow.not_text");
  EXPECT_EQ(code_of(std::string_view("a: \0b\n", 6)), "flow.not_text");
  EXPECT_EQ(code_of(std::string(flow::kMaxDocumentBytes + 1, ' ')), "flow.document_too_large");
  EXPECT_EQ(code_of(std::string(100, '[') + std::string(100, ']')), "flow.too_deep");
}

TEST(ReadDocument, SyntaxErrorsHaveAPlaceAndPrintNothing) {
  testing::internal::CaptureStderr();
  const ReadDocument read = read_document("a: 1\nb: [1, 2\nc: 3\n");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  ASSERT_FALSE(read.diagnostics.empty());
  EXPECT_EQ(read.diagnostics[0].code, "flow.syntax");
  EXPECT_GE(read.diagnostics[0].span.line, 2U);
}

TEST(ReadDocument, HostileTextNeverCrashesTheReaderOrTheParser) {
  const std::string base = "weft: 1\nname: x\nsteps:\n  a: {run: a.wasm, needs: [b, 'c'], retry: {max: 3}}\n  b: {run: b.wasm}\n";
  std::uint64_t random = 42;
  const auto next = [&] { return random = random * 6364136223846793005ULL + 1442695040888963407ULL, random >> 33; };
  constexpr std::string_view kBytes = "{}[]:,-#&*!|>'\"%@`\n \t\x80\xFFz0";
  for (int round = 0; round < 3000; ++round) {
    std::string text = base;
    for (std::size_t k = next() % 6 + 1; k > 0; --k) {
      const std::size_t at = next() % text.size();
      switch (next() % 3) {
        case 0: text[at] = kBytes[next() % kBytes.size()]; break;
        case 1: text.insert(at, 1, kBytes[next() % kBytes.size()]); break;
        case 2: text.erase(at, next() % 5); break;
      }
      if (text.empty()) text = "x";
    }
    const ReadDocument read = read_document(text);
    ASSERT_EQ(read.root.has_value(), read.diagnostics.empty());
    if (!read.root) continue;
    const flow::Parsed parsed = flow::parse(*read.root);
    ASSERT_EQ(parsed.workflow.has_value(), parsed.diagnostics.empty());
    static_cast<void>(flow::render(parsed.diagnostics, "f", text));
  }
}

}  // namespace
}  // namespace weft::host
