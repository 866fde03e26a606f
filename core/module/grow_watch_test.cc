#include "core/module/grow_watch.h"

#include <gtest/gtest.h>

#include <string>

#include "core/module/module.h"

namespace weft::module {
namespace {

using namespace std::string_literals;

constexpr std::string_view kHead{"\0asm\1\0\0\0", 8};

std::string section(char id, const std::string& body) { return id + std::string(1, static_cast<char>(body.size())) + body; }

// One function of type ()->() with these instructions, a memory; no globals or exports.
std::string module_of(const std::string& instructions) {
  const std::string body = "\0"s + instructions + "\x0b";
  return std::string(kHead) + section(1, "\1\x60\0\0"s) + section(3, "\1\0"s) + section(5, "\1\0\1"s) +
         section(10, "\1"s + static_cast<char>(body.size()) + body);
}

std::optional<std::string> watched(const std::string& module) {
  const auto out = watch_growth(std::as_bytes(std::span(module)));
  if (!out) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(out->data()), out->size());
}

TEST(GrowWatch, LeavesAloneWhatDoesNotGrow) {
  EXPECT_FALSE(watched(module_of("")));
  EXPECT_FALSE(watched(module_of("\x41\x40\x1a"s)));  // i32.const whose bytes look like memory.grow
  EXPECT_FALSE(watched(""));
  EXPECT_FALSE(watched(std::string(kHead)));
}

TEST(GrowWatch, CallsTheAddedFunctionAndExportsTheGlobal) {
  const auto out = watched(module_of("\x41\1\x40\0\x1a"s));  // i32.const 1, memory.grow, drop
  ASSERT_TRUE(out);
  const auto facts = read_module(std::as_bytes(std::span(*out)));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->functions, 2U);
  ASSERT_EQ(facts->exports.size(), 1U);
  EXPECT_EQ(facts->exports[0].name, kGrowRefused);
  EXPECT_EQ(facts->exports[0].kind, ExternKind::global);
  EXPECT_NE(out->find("\x41\1\x10\1\x1a"s), std::string::npos) << "the call stands where the instruction stood";
}

TEST(GrowWatch, KnowsEveryInstructionOfThePortableSet) {
  // Each with immediates that would be mistaken for memory.grow if they were not skipped.
  for (const std::string& before : {"\x02\x40\x0b"s, "\x20\x40"s, "\x41\x40\x1a"s, "\x42\xc0\0\x1a"s, "\x43\x40\0\x40\0\x1a"s, "\x44\x40\0\x40\0\x40\0\x40\0\x1a"s,
                                    "\x0e\2\x40\x40\0"s, "\x11\x40\0"s, "\x28\2\x40"s, "\xfc\x0a\0\0"s, "\xfc\x08\x40\0"s, "\xfd\x0c\x40\0\x40\0\x40\0\x40\0\x40\0\x40\0\x40\0\x40\0\x1a"s,
                                    "\xfd\0\4\x40"s, "\xfd\x15\x40"s, "\xfd\x54\0\x40\0"s, "\xfd\xae\1"s, "\x1c\1\x40"s, "\xd0\x70\x1a"s, "\xfc\0"s}) {
    const auto out = watched(module_of(before + "\x41\1\x40\0\x1a"s));
    ASSERT_TRUE(out) << testing::PrintToString(before);
    EXPECT_NE(out->find(before + "\x41\1\x10\1\x1a"s), std::string::npos) << testing::PrintToString(before);
  }
}

TEST(GrowWatch, GivesUpOnWhatItDoesNotKnow) {
  EXPECT_FALSE(watched(module_of("\x12\0\x41\1\x40\0\x1a"s)));      // a tail call
  EXPECT_FALSE(watched(module_of("\xfe\x10\2\0\x41\1\x40\0\x1a"s)));  // an atomic
  const std::string whole = module_of("\x41\1\x40\0\x1a"s);
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(watched(whole.substr(0, size))) << size;
}

}  // namespace
}  // namespace weft::module
