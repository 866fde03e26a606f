#include "core/base/json_writer.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(JsonWriter, WritesInCallOrder) {
  JsonWriter json;
  json.begin_object().key("a").begin_array().integer(-1).boolean(true).null().end_array();
  json.key("b").begin_object().end_object().key("c").decimal(1500).end_object();
  EXPECT_EQ(json.take(), R"({"a":[-1,true,null],"b":{},"c":1.5})");
}

TEST(JsonWriter, EscapesAsRfc8785) {
  EXPECT_EQ(json_quote("\"\\\b\f\n\r\t\x01/\x7f\xE2\x82\xAC"), "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001/\x7f\xE2\x82\xAC\"");
}

TEST(JsonWriter, ReplacesWhatIsNotUtf8) { EXPECT_EQ(json_quote("a\xFFz"), "\"a\xEF\xBF\xBDz\""); }

TEST(JsonWriter, Indents) {
  JsonWriter json(JsonWriter::Style::indented);
  json.begin_object().key("a").begin_array().integer(1).integer(2).end_array().end_object();
  EXPECT_EQ(json.take(), "{\n  \"a\": [\n    1,\n    2\n  ]\n}");
}

TEST(JsonWriter, DecimalsHaveNoTrailingZeros) {
  JsonWriter json;
  json.begin_array().decimal(2000).decimal(1).decimal(-1250).decimal(0).end_array();
  EXPECT_EQ(json.take(), "[2,0.001,-1.25,0]");
}

}  // namespace
}  // namespace weft
