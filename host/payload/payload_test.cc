#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "host/payload/blob.h"
#include "host/payload/buffer.h"

namespace weft::host {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST(Blob, SlicesAndJoinsWithoutChangingBytes) {
  const Blob a = Blob::copy_of("hello "), b = Blob::copy_of("wide "), c = Blob::copy_of("world");
  const Blob all = Blob::join(std::array{a, Blob(), b, c});
  EXPECT_EQ(all.to_string(), "hello wide world");
  for (std::uint64_t from = 0; from <= all.size_bytes(); ++from)
    for (std::uint64_t size = 0; size <= all.size_bytes() - from; ++size)
      EXPECT_EQ(all.slice(from, size).to_string(), all.to_string().substr(from, size));
  EXPECT_EQ(all.at(6).size(), 5U);
  EXPECT_TRUE(all.at(16).empty());
  EXPECT_EQ(all.sha256(), weft::sha256("hello wide world"));
}

TEST(Buffer, BehavesAsAGrowingString) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 60; ++round) {
    Buffer buffer(ChunkPool::make());
    std::string model;
    for (int op = 0; op < 40; ++op) {
      const std::size_t at = random() % (3 * kChunkBytes);
      const std::size_t size = random() % 3 == 0 ? random() % (2 * kChunkBytes) : random() % 5000;
      switch (random() % 4) {
        case 0: {
          const std::string text(size, static_cast<char>('a' + op % 26));
          ASSERT_TRUE(buffer.append(bytes_of(text)));
          model += text;
          break;
        }
        case 1: {
          const std::string text(size, static_cast<char>('A' + op % 26));
          ASSERT_TRUE(buffer.write(at, bytes_of(text)));
          if (size > 0 && model.size() < at + size) model.resize(at + size, '\0');
          if (size > 0) model.replace(at, size, text);
          break;
        }
        case 2:
          ASSERT_TRUE(buffer.resize(at));
          model.resize(at, '\0');
          break;
        case 3: {
          const auto room = buffer.room();
          const std::size_t take = std::min(size, room.size());
          std::fill_n(room.begin(), take, std::byte{'r'});
          buffer.commit(take);
          model.append(take, 'r');
          break;
        }
      }
      ASSERT_EQ(buffer.size_bytes(), model.size());
    }
    std::string read(model.size(), '?');
    buffer.read(0, std::as_writable_bytes(std::span(read)));
    EXPECT_TRUE(read == model);
    EXPECT_TRUE(buffer.freeze().to_string() == model);
    EXPECT_EQ(buffer.size_bytes(), 0U);
  }
}

TEST(Buffer, OverABlobCopiesOnlyWhatItWrites) {
  const auto pool = ChunkPool::make();
  Buffer first(pool);
  ASSERT_TRUE(first.append(std::string(3 * kChunkBytes + 5, 'x')));
  const Blob blob = first.freeze();
  Buffer second(pool, blob);
  ASSERT_TRUE(second.write(kChunkBytes, bytes_of("changed")));
  ASSERT_TRUE(second.append("more"));
  const std::string after = second.freeze().to_string();
  EXPECT_EQ(after.substr(kChunkBytes, 7), "changed");
  EXPECT_EQ(after.substr(3 * kChunkBytes), "xxxxxmore");
  EXPECT_TRUE(blob.to_string() == std::string(3 * kChunkBytes + 5, 'x'));
}

TEST(Buffer, HolesTakeNoMemory) {
  Buffer buffer(ChunkPool::make());
  ASSERT_TRUE(buffer.resize(1ULL << 30));
  EXPECT_EQ(buffer.held_bytes(), 0U);
  ASSERT_TRUE(buffer.write((1ULL << 30) - 1, bytes_of("z")));
  EXPECT_LE(buffer.held_bytes(), kChunkBytes);
}

TEST(ChunkPool, GivesAChunkOutAgain) {
  const auto pool = ChunkPool::make();
  const std::byte* first = pool->take(ChunkPool::Size::full)->data();
  EXPECT_EQ(pool->take(ChunkPool::Size::full)->data(), first);
}

}  // namespace
}  // namespace weft::host
