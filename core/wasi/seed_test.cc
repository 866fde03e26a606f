#include "core/wasi/seed.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/wasi/chacha20.h"

namespace weft::wasi {
namespace {

std::array<std::uint8_t, 32> counting_key() {
  std::array<std::uint8_t, 32> key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
  return key;
}

TEST(ChaCha20, GivesTheBlockOfRfc8439Section232) {
  const auto block = chacha20_block(counting_key(), 1, {0, 0, 0, 9, 0, 0, 0, 0x4a, 0, 0, 0, 0});
  EXPECT_EQ(to_hex(block),
            "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
            "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e");
}

TEST(ChaCha20, GivesTheKeyStreamOfRfc8439AppendixA1) {
  ChaCha20 stream({});
  std::array<std::byte, 128> bytes;
  stream.fill(bytes);
  std::vector<std::uint8_t> plain;
  for (const std::byte byte : bytes) plain.push_back(static_cast<std::uint8_t>(byte));
  EXPECT_EQ(to_hex(plain),
            "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
            "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"
            "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
            "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f");
}

// Bytes written out by hand, so that a second implementation can be checked against them.
TEST(Seed, IsHashedFromTheBytesThatTheHeaderNames) {
  std::string bytes = "weft.seed.1";
  bytes += std::string("\x08\x07\x06\x05\x04\x03\x02\x01", 8);
  bytes += std::string("\x05\0\0\0edges", 9);
  bytes += std::string("\x2a\0\0\0\0\0\0\0", 8);
  bytes += std::string("\x01\0\0\0", 4);
  EXPECT_EQ(seed_key(0x0102030405060708, "edges", 42, 1), sha256(bytes).bytes);
}

TEST(Seed, DiffersInEveryPart) {
  const auto key = seed_key(1, "step", 0, 1);
  EXPECT_EQ(key, seed_key(1, "step", 0, 1));
  EXPECT_NE(key, seed_key(2, "step", 0, 1));
  EXPECT_NE(key, seed_key(1, "steps", 0, 1));
  EXPECT_NE(key, seed_key(1, "step", 1, 1));
  EXPECT_NE(key, seed_key(1, "step", 0, 2));
}

}  // namespace
}  // namespace weft::wasi
