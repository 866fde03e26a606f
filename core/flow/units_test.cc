#include "core/flow/units.h"

#include <gtest/gtest.h>

#include <limits>

namespace weft::flow {
namespace {

TEST(Duration, IsANumberAndAUnit) {
  EXPECT_EQ(parse_duration("0s"), 0);
  EXPECT_EQ(parse_duration("85us"), 85);
  EXPECT_EQ(parse_duration("250ms"), 250'000);
  EXPECT_EQ(parse_duration("1.5s"), 1'500'000);
  EXPECT_EQ(parse_duration("0.001ms"), 1);
  EXPECT_EQ(parse_duration("2m"), 120'000'000);
  EXPECT_EQ(parse_duration("0.125h"), 450'000'000);
}

TEST(Duration, AnythingElseIsRefused) {
  for (const char* text : {"", "s", "2", "2 s", " 2s", "2s ", "-1s", "+1s", "1.s", ".5s", "1.2345s", "0.5us", "2S",
                           "1d", "1e3s", "1s1ms", "1,5s"}) {
    const auto value = parse_duration(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, "flow.bad_duration") << text;
  }
  for (const char* text : {"9223372036854775808us", "99999999999999999999999s", "2562047789h"}) {
    const auto value = parse_duration(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, "flow.out_of_range") << text;
  }
}

TEST(Size, IsAWholeNumberAndAUnit) {
  EXPECT_EQ(parse_size("0B"), 0U);
  EXPECT_EQ(parse_size("64KiB"), 65'536U);
  EXPECT_EQ(parse_size("1MiB"), 1U << 20);
  EXPECT_EQ(parse_size("4GiB"), 4ULL << 30);
  EXPECT_EQ(parse_size("1KB"), 1000U);
  EXPECT_EQ(parse_size("3TB"), 3'000'000'000'000U);
  EXPECT_EQ(parse_size("9007199254740992B"), 1ULL << 53);
}

TEST(Size, AnythingElseIsRefused) {
  for (const char* text : {"", "64", "B", "64Mib", "64mb", "64 MiB", "1.5GiB", "-1B", "0x10B", "1PiB"}) {
    const auto value = parse_size(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, "flow.bad_size") << text;
  }
  for (const char* text : {"9007199254740993B", "99999999999999999999999999B", "8193TiB"}) {
    const auto value = parse_size(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, "flow.out_of_range") << text;
  }
}

TEST(Units, WhatIsWrittenIsReadBack) {
  for (std::int64_t micros = 0; micros < 100'000'000'000; micros = micros * 3 + 7) {
    EXPECT_EQ(parse_duration(duration_text(micros)), micros) << duration_text(micros);
    EXPECT_EQ(parse_size(size_text(static_cast<std::uint64_t>(micros))), static_cast<std::uint64_t>(micros));
  }
  EXPECT_EQ(duration_text(1'500'000), "1500ms");
  EXPECT_EQ(duration_text(5'400'000'000), "90m");
  EXPECT_EQ(size_text(1ULL << 30), "1GiB");
  EXPECT_EQ(size_text(1000), "1000B");
}

}  // namespace
}  // namespace weft::flow
