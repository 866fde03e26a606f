#include "core/wasi/fake_guest.h"

namespace weft::wasi::test {
namespace {

using enum Errno;
using Kind = Answer::Kind;

TEST(Frames, EachHaveRandomBytesAndTimeOfTheirOwn) {
  Guest guest(seeded());
  const auto draw = [&] {
    EXPECT_EQ(guest.call(Function::random_get, {Guest::kData, 16}), Errno::success);
    EXPECT_EQ(guest.call(Function::clock_time_get, {1, 0, Guest::kOut}), Errno::success);
    return guest.text(Guest::kData, 16) + std::to_string(guest.u64_at(Guest::kOut));
  };
  const std::string first = draw();
  EXPECT_NE(draw(), first);
  guest.process.begin_frame(seeded().seed_key);
  EXPECT_EQ(draw(), first);
}

TEST(Functions, AreFoundByNameAndCountEveryParameter) {
  for (std::size_t i = 0; i < kFunctionCount; ++i) {
    EXPECT_EQ(find_function(kFunctions[i].name), static_cast<Function>(i));
    EXPECT_EQ(kFunctions[i].has_result, kFunctions[i].name != "proc_exit");
    EXPECT_LE(kFunctions[i].params.size(), kMaxFunctionParams);
    EXPECT_EQ(kFunctions[i].params.find_first_not_of("iI"), std::string_view::npos);
    if (i > 0) EXPECT_NE(kFunctions[i].name, kFunctions[i - 1].name);
  }
  EXPECT_FALSE(find_function("fd_reed").has_value());
  EXPECT_EQ(info(Function::clock_time_get).params, "iIi");
  EXPECT_EQ(info(Function::path_open).params, "iiiiiIIii");
  EXPECT_EQ(info(Function::fd_readdir).params, "iiiIi");
}

TEST(Functions, ThatMayWaitAreFew) {
  std::vector<std::string_view> waiting;
  for (const FunctionInfo& function : kFunctions) {
    if (function.may_wait) waiting.push_back(function.name);
  }
  EXPECT_EQ(waiting, (std::vector<std::string_view>{"fd_pread", "fd_pwrite", "fd_read", "fd_write", "poll_oneoff",
                                                    "random_get"}));
}

TEST(Arguments, AreLaidOutAsPointersAndTerminatedStrings) {
  wasi::Setup setup;
  setup.args = {"prog", "", "two words"};
  Guest guest(std::move(setup));
  EXPECT_EQ(guest.call(Function::args_sizes_get, {Guest::kOut, Guest::kOut + 4}), success);
  EXPECT_EQ(guest.u32_at(Guest::kOut), 3U);
  EXPECT_EQ(guest.u32_at(Guest::kOut + 4), 16U);
  EXPECT_EQ(guest.call(Function::args_get, {Guest::kPath, Guest::kData}), success);
  EXPECT_EQ(guest.text(Guest::kData, 16), std::string("prog\0\0two words\0", 16));
  EXPECT_EQ(guest.u32_at(Guest::kPath), Guest::kData);
  EXPECT_EQ(guest.u32_at(Guest::kPath + 4), Guest::kData + 5);
  EXPECT_EQ(guest.u32_at(Guest::kPath + 8), Guest::kData + 6);
}

TEST(Environment, IsLaidOutLikeArgumentsWithEqualsSigns) {
  wasi::Setup setup;
  setup.env = {{"A", "1"}, {"EMPTY", ""}};
  Guest guest(std::move(setup));
  EXPECT_EQ(guest.call(Function::environ_sizes_get, {Guest::kOut, Guest::kOut + 4}), success);
  EXPECT_EQ(guest.u32_at(Guest::kOut), 2U);
  EXPECT_EQ(guest.u32_at(Guest::kOut + 4), 11U);
  EXPECT_EQ(guest.call(Function::environ_get, {Guest::kPath, Guest::kData}), success);
  EXPECT_EQ(guest.text(Guest::kData, 11), std::string("A=1\0EMPTY=\0", 11));
  EXPECT_EQ(guest.u32_at(Guest::kPath + 4), Guest::kData + 4);
}

TEST(Clocks, TellTheHostsTime) {
  Guest guest;
  const auto time = [&](std::uint32_t id) -> std::expected<std::uint64_t, Errno> {
    const Errno error = guest.call(Function::clock_time_get, {id, 1, Guest::kOut});
    if (error != success) return std::unexpected(error);
    return guest.u64_at(Guest::kOut);
  };
  EXPECT_EQ(time(0), guest.host.realtime_ns);
  EXPECT_EQ(time(1), guest.host.monotonic_ns);
  EXPECT_EQ(time(2), guest.host.cpu_ns);
  EXPECT_EQ(time(3).error(), notsup) << "this host has no such clock";
  EXPECT_EQ(time(4).error(), inval);
  EXPECT_EQ(guest.call(Function::clock_res_get, {0, Guest::kOut}), success);
  EXPECT_EQ(guest.u64_at(Guest::kOut), 1U);
  EXPECT_EQ(guest.call(Function::clock_res_get, {3, Guest::kOut}), notsup);
  EXPECT_EQ(guest.call(Function::clock_res_get, {4, Guest::kOut}), inval);
}

TEST(SeededClocks, StartIn2000AndAdvanceAMicrosecondAReading) {
  Guest guest(seeded());
  const auto time = [&](std::uint32_t id) {
    EXPECT_EQ(guest.call(Function::clock_time_get, {id, 0, Guest::kOut}), success);
    return guest.u64_at(Guest::kOut);
  };
  EXPECT_EQ(time(0), 946'684'800'000'000'000U);
  EXPECT_EQ(time(1), 946'684'800'000'001'000U);
  EXPECT_EQ(time(2), 2'000U);
  EXPECT_EQ(time(3), 3'000U);
  EXPECT_EQ(guest.call(Function::clock_res_get, {3, Guest::kOut}), success);
  EXPECT_EQ(guest.u64_at(Guest::kOut), 1'000U);
  guest.make("file", "x");
  EXPECT_EQ(guest.stat("file")->modified, 946'684'800'000'004'000U) << "files are stamped without moving time";
  EXPECT_EQ(time(0), 946'684'800'000'004'000U);
}

TEST(Random, ComesFromTheHostInBoundedChunks) {
  Guest guest;
  guest.host.memory.resize(4U << 20);
  EXPECT_EQ(guest.call(Function::random_get, {Guest::kData, 3}), success);
  EXPECT_EQ(guest.text(Guest::kData, 4), std::string("\0\1\2\0", 4));
  EXPECT_EQ(guest.call(Function::random_get, {Guest::kData, 0}), success);
  EXPECT_EQ(guest.raw(Function::random_get, {Guest::kData, kMaxTransferBytes + 1}).kind, Kind::more);
  EXPECT_EQ(guest.process.resume().kind, Kind::done);
  EXPECT_EQ(guest.host.largest_entropy, kEntropyChunkBytes);
}

TEST(SeededRandom, IsTheSameForTheSameSeedHoweverItIsAsked) {
  Guest one(seeded(1)), two(seeded(1)), other(seeded(2));
  for (Guest* guest : {&one, &other}) EXPECT_EQ(guest->call(Function::random_get, {Guest::kData, 200}), success);
  EXPECT_EQ(two.call(Function::random_get, {Guest::kData, 1}), success);
  EXPECT_EQ(two.call(Function::random_get, {Guest::kData + 1, 70}), success);
  EXPECT_EQ(two.call(Function::random_get, {Guest::kData + 71, 129}), success);
  EXPECT_EQ(one.text(Guest::kData, 200), two.text(Guest::kData, 200));
  EXPECT_NE(one.text(Guest::kData, 200), other.text(Guest::kData, 200));
  EXPECT_EQ(one.host.largest_entropy, 0U) << "the host is not asked";
}

TEST(Exit, EndsTheProgramWithItsCode) {
  Guest guest;
  EXPECT_EQ(guest.process.exit_code(), 0U);
  EXPECT_EQ(guest.raw(Function::proc_exit, {0xFFFFFFFF}).kind, Kind::exited);
  EXPECT_EQ(guest.process.exit_code(), 0xFFFFFFFFU);
}

TEST(Signals, DoNotExist) {
  Guest guest;
  EXPECT_EQ(guest.call(Function::proc_raise, {0}), success);
  EXPECT_EQ(guest.call(Function::proc_raise, {6}), nosys);
  EXPECT_EQ(guest.call(Function::proc_raise, {31}), inval);
  EXPECT_EQ(guest.call(Function::sched_yield, {}), success);
}

TEST(Sockets, DoNotExist) {
  Guest guest;
  EXPECT_EQ(guest.call(Function::sock_accept, {0, 0, Guest::kOut}), notsock);
  EXPECT_EQ(guest.call(Function::sock_recv, {3, Guest::kIovecs, 0, 0, Guest::kOut, Guest::kOut}), notsock);
  EXPECT_EQ(guest.call(Function::sock_send, {1, Guest::kIovecs, 0, 0, Guest::kOut}), notsock);
  EXPECT_EQ(guest.call(Function::sock_shutdown, {1, 1}), notsock);
  EXPECT_EQ(guest.call(Function::sock_accept, {9, 0, Guest::kOut}), badf);
  EXPECT_EQ(guest.call(Function::sock_recv, {9, Guest::kIovecs, 0, 0, Guest::kOut, Guest::kOut}), badf);
  EXPECT_EQ(guest.call(Function::sock_send, {9, Guest::kIovecs, 0, 0, Guest::kOut}), badf);
  EXPECT_EQ(guest.call(Function::sock_shutdown, {9, 1}), badf);
}

TEST(ProcessDeathTest, TakesOurOwnMistakesForWhatTheyAre) {
  Guest guest;
  EXPECT_DEATH((void)guest.process.resume(), "");
  EXPECT_DEATH((void)guest.raw(Function::fd_close, {}), "");
  EXPECT_DEATH((void)guest.raw(static_cast<Function>(kFunctionCount), {}), "");
}

}  // namespace
}  // namespace weft::wasi::test
