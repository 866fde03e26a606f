#include "core/base/hmac.h"

#include <gtest/gtest.h>

#include <string>

namespace weft {
namespace {

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

// RFC 4231, cases 1, 2 and 3.
TEST(Hmac, AnswersTheStandardsVectors) {
  EXPECT_EQ(hmac(bytes(std::string(20, '\x0b')), bytes("Hi There")).hex(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hmac(bytes("Jefe"), bytes("what do ya want for nothing?")).hex(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hmac(bytes(std::string(20, '\xaa')), bytes(std::string(50, '\xdd'))).hex(),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
}

TEST(Hmac, EqualityIsExact) {
  Digest a = sha256("x");
  Digest b = a;
  EXPECT_TRUE(equal_constant_time(a, b));
  b.bytes[31] ^= 1;
  EXPECT_FALSE(equal_constant_time(a, b));
}

}  // namespace
}  // namespace weft
