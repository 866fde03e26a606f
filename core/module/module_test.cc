#include "core/module/module.h"

#include <gtest/gtest.h>

#include <string>

namespace weft::module {
namespace {

using namespace std::string_literals;

constexpr std::string_view kHead{"\0asm\1\0\0\0", 8};

std::string section(char id, const std::string& body) { return id + std::string(1, static_cast<char>(body.size())) + body; }

Result<ModuleFacts> read(const std::string& sections) {
  const std::string bytes = std::string(kHead) + sections;
  return read_module(std::as_bytes(std::span(bytes)));
}

// Imports wasi.fd_read, one memory of 1 to 16 pages, exports _start and memory, two functions.
std::string sample() {
  return section(2, "\1\4wasi\7fd_read\0\0"s) + section(3, "\2\0\0"s) + section(5, "\1\1\1\x10"s) +
         section(7, "\2\6_start\0\1\6memory\2\0"s) + section(10, "xx"s) + section(11, "yyy"s) +
         section(0, "\x0ftarget_features\1+\7simd128"s);
}

TEST(Module, TellsWhatItNeedsAndOffers) {
  const auto facts = read(sample());
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->imports.size(), 1U);
  EXPECT_EQ(facts->imports[0].module, "wasi");
  EXPECT_EQ(facts->imports[0].name, "fd_read");
  EXPECT_TRUE(facts->exports_function("_start"));
  EXPECT_FALSE(facts->exports_function("memory"));
  ASSERT_EQ(facts->memories.size(), 1U);
  EXPECT_EQ(facts->memories[0].max_pages, 16U);
  EXPECT_EQ(facts->functions, 2U);
  EXPECT_EQ(facts->code_bytes, 2U);
  EXPECT_EQ(facts->data_bytes, 3U);
  EXPECT_EQ(facts->target_features, std::vector<std::string>{"+simd128"});
}

TEST(Module, RefusesWhatIsNone) {
  const auto code = [](const std::string& bytes) { return read_module(std::as_bytes(std::span(bytes))).error().code; };
  EXPECT_EQ(code(""), "module.not_wasm");
  EXPECT_EQ(code("#!/bin/sh\n"), "module.not_wasm");
  EXPECT_EQ(code("\0asm"s), "module.truncated");
  EXPECT_EQ(code("\0asm\x0d\0\1\0"s), "module.component");
  EXPECT_EQ(code("\0asm\2\0\0\0"s), "module.version");
}

TEST(Module, EveryTruncationIsAnErrorOrAWholeModule) {
  const std::string whole = sample();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto facts = read(whole.substr(0, size));
    if (!facts) EXPECT_TRUE(facts.error().code == "module.truncated" || facts.error().code == "module.invalid") << size;
  }
}

TEST(Module, HostileCountsAllocateNothing) {
  EXPECT_EQ(read(section(2, "\xff\xff\xff\xff\x0f"s)).error().code, "module.invalid");
  EXPECT_EQ(read(section(7, "\xff\xff\xff\xff\x0f\xff\xff\xff\xff\x0f"s)).error().code, "module.invalid");
}

}  // namespace
}  // namespace weft::module
