// Documents as files: what each refused one is told, what each accepted one is in canonical form, what tree each text
// is. Regenerate with WEFT_UPDATE_GOLDEN=1 and read the difference.
#include <gtest/gtest.h>

#include <set>

#include "core/base/json_writer.h"
#include "core/flow/codes.h"
#include "tests/flow/documents.h"

namespace weft::tests {
namespace {

std::filesystem::path beside(const std::filesystem::path& document, std::string_view extension) {
  std::string name = document.filename().string();
  name = name.substr(0, name.find('.')) + std::string(extension);
  return document.parent_path() / name;
}

TEST(GoldenDocuments, RefusedOnesAreToldWhatIsWrong) {
  const auto documents = documents_in(kGolden);
  ASSERT_FALSE(documents.empty());
  for (const auto& path : documents) {
    const std::string text = read_file(path);
    const flow::Parsed parsed = parse_text(text);
    const std::string rendered = flow::render(parsed.diagnostics, path.filename().string(), text);
    EXPECT_FALSE(parsed.workflow) << path;
    EXPECT_EQ(rendered, expected_or_update(beside(path, ".txt"), rendered)) << path;
  }
}

TEST(GoldenDocuments, EveryCodeHasARefusedDocumentNamedAfterIt) {
  std::set<std::string> told;
  for (const auto& path : documents_in(kGolden)) {
    const std::string stem = path.stem().string().substr(0, path.stem().string().find('-'));
    bool own = false;
    for (const flow::Diagnostic& diagnostic : parse_text(read_file(path)).diagnostics) {
      told.insert(diagnostic.code);
      own = own || diagnostic.code == "flow." + stem;
    }
    EXPECT_TRUE(own || stem == "many") << path << " should be told flow." << stem;
  }
  for (const flow::CodeInfo& info : flow::all_codes()) {
    if (info.code == flow::Code::too_large) continue;  // four megabytes: Limits tests it
    EXPECT_TRUE(told.contains(std::string(info.text))) << info.text << " has no document below tests/golden/flow";
  }
}

TEST(GoldenDocuments, TheReferenceExplainsEveryCode) {
  const std::string reference = read_file(std::filesystem::path(WEFT_SOURCE_DIR) / "docs/workflow.md");
  for (const flow::CodeInfo& info : flow::all_codes()) {
    const std::string row = "| `" + std::string(info.text) + "` | " + std::string(info.meaning) + " |\n";
    EXPECT_NE(reference.find(row), std::string::npos) << row;
  }
}

TEST(GoldenDocuments, AcceptedOnesHaveTheirCanonicalForm) {
  const auto documents = documents_in(kGolden / "accepted");
  ASSERT_FALSE(documents.empty());
  for (const auto& path : documents) {
    const std::string text = read_file(path);
    const flow::Parsed parsed = parse_text(text);
    ASSERT_TRUE(parsed.workflow) << flow::render(parsed.diagnostics, path.string(), text);
    const std::string actual = canonical(*parsed.workflow) + "\n";
    EXPECT_EQ(actual, expected_or_update(beside(path, ".json"), actual)) << path;
  }
}

void write_span(JsonWriter& writer, const flow::Span& span) {
  writer.begin_array();
  for (const std::uint32_t part : {span.line, span.column, span.end_line, span.end_column}) {
    writer.unsigned_integer(part);
  }
  writer.end_array();
}

void write_tree(JsonWriter& writer, const flow::Node& node) {
  writer.begin_object();
  if (node.kind == flow::Node::Kind::scalar) {
    writer.key("text").string(node.text);
    writer.key("quoted").boolean(node.quoting == flow::Node::Quoting::quoted);
  } else if (node.kind == flow::Node::Kind::sequence) {
    writer.key("items").begin_array();
    for (const flow::Node& item : node.items) write_tree(writer, item);
    writer.end_array();
  } else {
    writer.key("entries").begin_array();
    for (const flow::Entry& entry : node.entries) {
      writer.begin_object();
      writer.key("key").string(entry.key);
      writer.key("key_span");
      write_span(writer, entry.key_span);
      writer.key("value");
      write_tree(writer, entry.value);
      writer.end_object();
    }
    writer.end_array();
  }
  writer.key("span");
  write_span(writer, node.span);
  writer.end_object();
}

// The corpus that the browser's reader is held to as well.
TEST(GoldenDocuments, EqualTextsAreEqualTrees) {
  const auto documents = documents_in(kGolden / "trees");
  ASSERT_FALSE(documents.empty());
  for (const auto& path : documents) {
    const document::ReadDocument document = document::read_document(read_file(path));
    ASSERT_TRUE(document.root) << path;
    JsonWriter writer;
    write_tree(writer, *document.root);
    const std::string actual = writer.take() + "\n";
    EXPECT_EQ(actual, expected_or_update(beside(path, ".tree.json"), actual)) << path;
  }
}

}  // namespace
}  // namespace weft::tests
