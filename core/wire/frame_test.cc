#include "core/wire/frame.h"

#include <gtest/gtest.h>

namespace weft::wire {
namespace {

TEST(Frame, HeaderComesBack) {
  for (const std::uint32_t size : {0U, 1U, 255U, 65'536U, kMaxFrameBytes})
    for (const int flags : {0, 2, 4, 6}) {
      const FrameHeader header{static_cast<std::uint8_t>(flags), size};
      EXPECT_EQ(decode_header(encode_header(header)), header);
    }
}

TEST(Frame, HeaderIsFlagsThenBigEndianLength) {
  const auto bytes = encode_header({4, 0x01020304});
  for (std::size_t i = 1; i < kHeaderBytes; ++i) EXPECT_EQ(std::to_integer<std::size_t>(bytes[i]), i);
  EXPECT_EQ(std::to_integer<int>(bytes[0]), 4);
}

TEST(Frame, UnknownFlagsAndOversizeAreRefused) {
  EXPECT_EQ(decode_header(encode_header({1, 0})).error().code, "frame.flags");
  for (int bit = 3; bit < 8; ++bit)
    EXPECT_EQ(decode_header(encode_header({static_cast<std::uint8_t>(1 << bit), 0})).error().code, "frame.flags");
  EXPECT_EQ(decode_header(encode_header({0, kMaxFrameBytes + 1})).error().code, "frame.too_large");
  EXPECT_EQ(decode_header(encode_header({0, 11}), 10).error().code, "frame.too_large");
}

}  // namespace
}  // namespace weft::wire
