#include "host/document/read_document.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "core/flow/limits.h"

namespace weft::document {
namespace {

std::string code_of(std::string_view text) {
  const ReadDocument document = read_document(text);
  EXPECT_EQ(document.root.has_value(), document.diagnostics.empty());
  return document.diagnostics.empty() ? "" : document.diagnostics.front().code;
}

TEST(ReadDocument, ScalarsKeepTheirTextAndQuoting) {
  const ReadDocument document = read_document("a: 0x10\nb: 'it''s'\nc: \"\\u00e9\\n\"\nd: >\n  two\n  lines\n");
  ASSERT_TRUE(document.root);
  const auto& entries = document.root->entries;
  EXPECT_EQ(entries[0].value.text, "0x10");
  EXPECT_EQ(entries[0].value.quoting, flow::Node::Quoting::plain);
  EXPECT_EQ(entries[1].value.text, "it's");
  EXPECT_EQ(entries[1].value.quoting, flow::Node::Quoting::quoted);
  EXPECT_EQ(entries[2].value.text, "\u00E9\n");
  EXPECT_EQ(entries[3].value.text, "two lines\n");
}

TEST(ReadDocument, PlacesAreInCodePoints) {
  const ReadDocument document = read_document("\xEF\xBB\xBF{\u00E9\u4E2D\U0001F600: \"\u00FC\", k: v}");
  ASSERT_TRUE(document.root);
  const auto& entries = document.root->entries;
  EXPECT_EQ(entries[0].key_span, (flow::Span{1, 2, 1, 5}));
  EXPECT_EQ(entries[0].value.span, (flow::Span{1, 7, 1, 10}));
  EXPECT_EQ(entries[1].value.span, (flow::Span{1, 15, 1, 16}));
  EXPECT_EQ(document.root->span, (flow::Span{1, 1, 1, 17}));
}

TEST(ReadDocument, RepeatedKeysAreKept) {
  const ReadDocument document = read_document("a: 1\nb: {c: 1, c: 2}\na: 2\n");
  ASSERT_TRUE(document.root);
  EXPECT_EQ(document.root->entries.size(), 3U);
  EXPECT_EQ(document.root->entries[1].value.entries.size(), 2U);
}

TEST(ReadDocument, WhatIsNotTakenIsRefusedByItsCode) {
  EXPECT_EQ(code_of("a: &x 1"), "flow.anchor");
  EXPECT_EQ(code_of("a: 1\nb: *x"), "flow.alias");
  EXPECT_EQ(code_of("a: !!int 1"), "flow.tag");
  EXPECT_EQ(code_of("<<: {a: 1}"), "flow.merge_key");
  EXPECT_EQ(code_of("'<<': {a: 1}"), "");
  EXPECT_EQ(code_of("? {a: b}\n: c"), "flow.complex_key");
  EXPECT_EQ(code_of("{[a]: c}"), "flow.complex_key");
  EXPECT_EQ(code_of("a: 1\n---\nb: 1\n"), "flow.second_document");
  EXPECT_EQ(code_of("a: 1\n...\n"), "");
  EXPECT_EQ(code_of("%YAML 1.1\n---\na: 1\n"), "flow.directive");
  EXPECT_EQ(code_of("%YAML 1.2\n---\na: 1\n"), "");
  EXPECT_EQ(code_of(""), "flow.empty_document");
  EXPECT_EQ(code_of("\n# only this\n"), "flow.empty_document");
  EXPECT_EQ(code_of("a: [1"), "flow.syntax");
  EXPECT_EQ(code_of(std::string_view("a: \0b", 5)), "flow.encoding");
  EXPECT_EQ(code_of("a: \xC0\x80"), "flow.encoding");
  EXPECT_EQ(code_of("a: \xED\xA0\x80"), "flow.encoding");
  EXPECT_EQ(code_of(std::string(100'000, '[')), "flow.too_deep");
  EXPECT_EQ(code_of(std::string(flow::limits::kDocumentBytes + 1, ' ')), "flow.too_large");
}

TEST(ReadDocument, IsBoundedInValues) {
  std::string text = "[";
  while (text.size() + 4 < flow::limits::kDocumentBytes) text += "1,";
  EXPECT_EQ(code_of(text + "1]"), "flow.too_large");
}

TEST(ReadDocument, BlankLinesInAScalarDoNotTakeTimeInTheirSquare) {
  EXPECT_EQ(code_of("a: |\n" + std::string(1'000'000, '\n')), "flow.too_large");
  EXPECT_EQ(code_of("a: |\n" + std::string(flow::limits::kBlankLines, '\n') + "b: 1\n"), "");
  std::string text = "a: |\n";
  while (text.size() + 200 < flow::limits::kDocumentBytes / 4)
    text += std::string(flow::limits::kBlankLines - 1, '\n') + "  x\n";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of(text), "");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(ReadDocument, CostsTheSameForEachStepOfManyAndOfFew) {
  const auto cost = [](int steps) {
    std::string text;
    for (int i = 0; i < steps; ++i) text += "step" + std::to_string(i) + ":\n  run: a.wasm\n  needs: [a, b]\n";
    auto best = std::chrono::nanoseconds::max();
    for (int i = 0; i < 3; ++i) {
      const auto start = std::chrono::steady_clock::now();
      EXPECT_TRUE(read_document(text).root);
      best = std::min(best,
                      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start));
    }
    return static_cast<double>(best.count()) / steps;
  };
  EXPECT_LT(cost(10'000), 8 * cost(100));  // quadratic would be a hundred times
}

TEST(ReadDocument, PrintsNothing) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  for (const char* text : {"a: [1", "a: b: c", "\t- x", "{", "a: 'x", "? ?", "%FOO\n---\n", "- a\nb: c"})
    (void)read_document(text);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace weft::document
