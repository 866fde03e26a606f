#include "core/flow/diagnostic.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/flow/limits.h"

namespace weft::flow {
namespace {

Diagnostic at(std::uint32_t line, std::uint32_t column, std::uint32_t end_column, std::string hint = "") {
  return {"flow.x", "wrong", std::move(hint), {line, column, line, end_column}};
}

TEST(Render, ShowsTheLineACaretAndTheHint) {
  EXPECT_EQ(render({at(2, 3, 6, "do this")}, "w.yaml", "a\nb cde f\n"),
            "w.yaml:2:3: error[flow.x]: wrong\n"
            "  2 | b cde f\n"
            "    |   ^^^ do this\n"
            "1 error; nothing was run\n");
}

TEST(Render, IsSortedByPlaceAndCounts) {
  const std::string text = render({at(0, 0, 0, "hint"), at(2, 1, 2), at(1, 2, 3), at(1, 1, 2)}, "w", "ab\ncd");
  EXPECT_EQ(text,
            "w:1:1: error[flow.x]: wrong\n  1 | ab\n    | ^\n"
            "w:1:2: error[flow.x]: wrong\n  1 | ab\n    |  ^\n"
            "w:2:1: error[flow.x]: wrong\n  2 | cd\n    | ^\n"
            "w: error[flow.x]: wrong\n    = hint\n"
            "4 errors; nothing was run\n");
}

TEST(Render, CaretsStandUnderWideAndCombiningCharacters) {
  EXPECT_EQ(render({at(1, 3, 5)}, "w", "\u4E2D\u6587\u540D\u524Dx"),
            "w:1:3: error[flow.x]: wrong\n  1 | \u4E2D\u6587\u540D\u524Dx\n    |     ^^^^\n1 error; nothing was run\n");
  EXPECT_EQ(render({at(1, 3, 4)}, "w", "e\u0301x"),
            "w:1:3: error[flow.x]: wrong\n  1 | e\u0301x\n    |  ^\n1 error; nothing was run\n");
}

TEST(Render, HostileTextIsEscapedAndCut) {
  const std::string line = "\x1b[2J\u202E\x80" + std::string(100'000, 'y') + "\ttarget";
  const auto column = static_cast<std::uint32_t>(count_code_points(line)) + 2 - 6;
  const std::string text = render({at(1, column, column + 6)}, "w\x1b]0;evil", line);
  EXPECT_LT(text.size(), 1000U);
  EXPECT_TRUE(is_utf8(text));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("target"), std::string::npos);
  const std::string start = render({at(1, 1, 2)}, "w", line);
  EXPECT_NE(start.find("\\u{1B}[2J\\u{202E}\xEF\xBF\xBD"), std::string::npos) << start;
}

TEST(Render, StandsPlacesThatAreNotThere) {
  for (const Span& span :
       {Span{9, 1, 9, 2}, Span{1, 99, 1, 100}, Span{1, 0, 0, 0}, Span{1, 2, 1, 1}, Span{1, 1, 7, 3}}) {
    const std::string text = render({{"flow.x", "wrong", "", span}}, "w", "abc");
    EXPECT_LT(text.size(), 400U);
  }
}

TEST(RenderJson, IsAnArrayInTheOrderOfPlaces) {
  EXPECT_EQ(render_json({}), "[]");
  const std::string text = render_json({at(2, 1, 2), at(1, 4, 6, "h\x01")});
  EXPECT_LT(text.find("\"line\": 1"), text.find("\"line\": 2"));
  EXPECT_NE(text.find("\"hint\": \"h\\u0001\""), std::string::npos);
}

}  // namespace
}  // namespace weft::flow
