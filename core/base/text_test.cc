#include "core/base/text.h"

#include <gtest/gtest.h>

#include <array>

namespace weft {
namespace {

TEST(Utf8, RefusesOverlongSurrogatesAndTruncation) {
  EXPECT_TRUE(is_utf8("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"));
  for (const char* bad : {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xFF",
                          "\xC3", "\xE2\x82", "\x80"})
    EXPECT_FALSE(is_utf8(bad));
}

TEST(Utf8, CountsCodePoints) { EXPECT_EQ(count_code_points("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"), 4U); }

TEST(Nearest, SuggestsWhatWasProbablyMeant) {
  constexpr std::array<std::string_view, 3> kNames = {"gray", "edges", "report"};
  EXPECT_EQ(nearest("grey", kNames), "gray");
  EXPECT_EQ(nearest("egdes", kNames), "edges");
  EXPECT_EQ(nearest("blur", kNames), "");
  EXPECT_EQ(nearest("", kNames), "");
}

TEST(Amounts, AreShortAndHaveUnits) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1536), "1.50 KiB");
  EXPECT_EQ(format_bytes(64 << 20), "64 MiB");
  EXPECT_EQ(format_bytes(1000), "1000 B");
  EXPECT_EQ(format_micros(85), "85 us");
  EXPECT_EQ(format_micros(1250), "1.25 ms");
  EXPECT_EQ(format_micros(2'000'000), "2.00 s");
  EXPECT_EQ(format_micros(200'000'000), "3 min 20 s");
}

TEST(Hex, IsExact) {
  std::array<std::uint8_t, 2> out{};
  EXPECT_TRUE(from_hex("0aff", out));
  EXPECT_EQ(to_hex(out), "0aff");
  EXPECT_FALSE(from_hex("0aFF", out));
  EXPECT_FALSE(from_hex("0af", out));
  EXPECT_FALSE(from_hex("0afg", out));
}

}  // namespace
}  // namespace weft
