#include <gtest/gtest.h>

#include <string>

#include "core/wasi/fake_host.h"
#include "core/wasi/limits.h"
#include "core/wasi/seed.h"

namespace weft::wasi {
namespace {

using F = Function;
using E = Errno;
using K = Answer::Kind;

ProcessSetup with_args(std::vector<std::string> args) {
  ProcessSetup setup;
  setup.args = std::move(args);
  return setup;
}

TEST(Arguments, AreHandedOverWithTheirSizes) {
  ProcessSetup setup = with_args({"prog", "", "a b"});
  setup.env = {{"HOME", "/"}, {"E", ""}};
  Bench b(setup);
  EXPECT_EQ(b.call(F::args_sizes_get, {Bench::kResult, Bench::kResult + 4}), E::success);
  EXPECT_EQ(b.result<std::uint32_t>(), 3U);
  EXPECT_EQ(b.result<std::uint32_t>(4), 10U);
  EXPECT_EQ(b.call(F::args_get, {Bench::kResult, Bench::kBuffer}), E::success);
  EXPECT_EQ(b.bytes(Bench::kBuffer, 10), std::string("prog\0\0a b\0", 10));
  EXPECT_EQ(b.result<std::uint32_t>(4), Bench::kBuffer + 5);
  EXPECT_EQ(b.call(F::environ_sizes_get, {Bench::kResult, Bench::kResult + 4}), E::success);
  EXPECT_EQ(b.result<std::uint32_t>(4), 10U);
  EXPECT_EQ(b.call(F::environ_get, {Bench::kResult, Bench::kBuffer}), E::success);
  EXPECT_EQ(b.bytes(Bench::kBuffer, 10), std::string("HOME=/\0E=\0", 10));
}

TEST(Clocks, AreTheHostsAndUnknownOnesAreRefused) {
  Bench b;
  for (const std::uint64_t id : {0, 1, 2}) {
    EXPECT_EQ(b.call(F::clock_time_get, {id, 0, Bench::kResult}), E::success);
    EXPECT_EQ(b.result<std::uint64_t>(), b.host.now);
    EXPECT_EQ(b.call(F::clock_res_get, {id, Bench::kResult}), E::success);
  }
  EXPECT_EQ(b.call(F::clock_time_get, {3, 0, Bench::kResult}), E::notsup);
  EXPECT_EQ(b.call(F::clock_res_get, {3, Bench::kResult}), E::notsup);
  EXPECT_EQ(b.call(F::clock_time_get, {4, 0, Bench::kResult}), E::inval);
  EXPECT_EQ(b.call(F::clock_res_get, {99, Bench::kResult}), E::inval);
}

TEST(Process, ExitsWithItsCode) {
  Bench b;
  EXPECT_EQ(b.answer(F::proc_exit, {42}).kind, K::exited);
  EXPECT_EQ(b.process->exit_code(), 42U);
  EXPECT_EQ(b.call(F::sched_yield, {}), E::success);
  EXPECT_EQ(b.call(F::proc_raise, {6}), E::nosys);
  EXPECT_EQ(b.call(F::proc_raise, {77}), E::inval);
}

TEST(Sockets, ThereAreNone) {
  Bench b;
  for (const F f : {F::sock_accept, F::sock_recv, F::sock_send, F::sock_shutdown}) {
    std::vector<std::uint64_t> args(kFunctions[static_cast<std::size_t>(f)].params.size(), 0);
    EXPECT_EQ(b.call(f, args), E::notsock);
    args[0] = 99;
    EXPECT_EQ(b.call(f, args), E::badf);
  }
}

TEST(Random, IsTheHostsAndLongOnesGiveOthersATurn) {
  Bench b;
  EXPECT_EQ(b.call(F::random_get, {Bench::kBuffer, 100}), E::success);
  EXPECT_EQ(b.bytes(Bench::kBuffer, 100), std::string(100, '\xAB'));
  b.host.memory.resize(4 << 20);
  Answer a = b.answer(F::random_get, {0, 3 << 20});
  int turns = 0;
  while (a.kind == K::more) a = b.process->resume(), ++turns;
  EXPECT_EQ(a.error, E::success);
  EXPECT_EQ(turns, 2);
  EXPECT_EQ(b.host.memory[(3 << 20) - 1], std::byte{0xAB});
}

TEST(Seed, KeyStreamIsThatOfRfc8439) {
  // Appendix A.1, test vector 1: all zeros.
  ChaCha20 stream(SeedKey{});
  std::array<std::byte, 8> out;
  stream.fill(out);
  const std::array<int, 8> expected = {0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90};
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(std::to_integer<int>(out[i]), expected[i]);
  // Test vector 2 begins the second block.
  ChaCha20 again(SeedKey{});
  std::array<std::byte, 68> both;
  again.fill(both);
  EXPECT_EQ(std::to_integer<int>(both[64]), 0x9f);
  EXPECT_EQ(std::to_integer<int>(both[65]), 0x07);
}

TEST(Seed, KeyDependsOnSeedStepItemAndTry) {
  const SeedKey key = seed_key(7, "flaky", 0, 1);
  EXPECT_EQ(key, seed_key(7, "flaky", 0, 1));
  EXPECT_NE(key, seed_key(8, "flaky", 0, 1));
  EXPECT_NE(key, seed_key(7, "flakx", 0, 1));
  EXPECT_NE(key, seed_key(7, "flaky", 1, 1));
  EXPECT_NE(key, seed_key(7, "flaky", 0, 2));
}

ProcessSetup seeded() {
  ProcessSetup setup;
  setup.seed_key = seed_key(1, "s", 0, 1);
  return setup;
}

TEST(Seed, ClocksAreVirtualAndSleepsReturnAtOnce) {
  Bench b(seeded());
  EXPECT_EQ(b.call(F::clock_time_get, {0, 0, Bench::kResult}), E::success);
  const auto first = b.result<std::uint64_t>();
  EXPECT_EQ(first, kVirtualEpochNs + kVirtualTickNs);
  // Sleep 5 s on the monotonic clock.
  std::uint64_t sub[6] = {1, 0, 1, 5'000'000'000, 0, 0};
  const auto at = b.text({reinterpret_cast<const char*>(sub), sizeof sub});
  EXPECT_EQ(b.call(F::poll_oneoff, {at, Bench::kBuffer, 1, Bench::kResult}), E::success);
  EXPECT_EQ(b.call(F::clock_time_get, {0, 0, Bench::kResult}), E::success);
  EXPECT_EQ(b.result<std::uint64_t>(), first + 5'000'000'000 + kVirtualTickNs);
}

TEST(Seed, EveryFrameBeginsAnew) {
  Bench b(seeded());
  const auto draw = [&] {
    EXPECT_EQ(b.call(F::random_get, {Bench::kBuffer, 16}), E::success);
    EXPECT_EQ(b.call(F::clock_time_get, {1, 0, Bench::kResult}), E::success);
    return b.bytes(Bench::kBuffer, 16) + std::to_string(b.result<std::uint64_t>());
  };
  const std::string first = draw();
  EXPECT_NE(draw(), first);
  b.process->begin_frame(seed_key(1, "s", 0, 1));
  EXPECT_EQ(draw(), first);
}

TEST(Stdin, FillsTheAskedLengthUnlessItEnds) {
  Bench b;
  b.host.in = "abcdef";
  EXPECT_EQ(b.read(0, 4), "abcd");
  EXPECT_EQ(b.read(0, 4), "ef");
  EXPECT_EQ(b.read(0, 4), "");
}

TEST(Stdin, WaitsForMoreAndGoesOnWhereItWas) {
  Bench b;
  b.host.in = "ab";
  b.host.in_ended = false;
  const std::uint64_t iov = b.vector(Bench::kBuffer, 4);
  EXPECT_EQ(b.answer(F::fd_read, {0, iov, 1, Bench::kResult}).kind, K::pending);
  EXPECT_TRUE(b.process->wait().stdin_readable);
  EXPECT_EQ(b.process->resume().kind, K::pending);
  b.host.in = "cdefg";
  const Answer a = b.process->resume();
  EXPECT_EQ(a.kind, K::done);
  EXPECT_EQ(b.bytes(Bench::kBuffer, b.result<std::uint32_t>()), "abcd");
  EXPECT_EQ(b.host.in, "efg");
}

TEST(Stdin, ThatDoesNotBlockAnswersAgain) {
  Bench b;
  b.host.in_ended = false;
  EXPECT_EQ(b.call(F::fd_fdstat_set_flags, {0, kFlagNonblock}), E::success);
  EXPECT_EQ(b.read(0, 4), "!" + std::to_string(static_cast<int>(E::again)));
}

TEST(Stdin, OfFramesGivesUpToTheEndOfTheFrameThatIsThere) {
  ProcessSetup setup;
  setup.stdin_kind = ProcessSetup::StdinKind::frames;
  Bench b(setup);
  b.host.in = "frame";
  b.host.in_ended = false;
  EXPECT_EQ(b.read(0, 3), "fra");
  EXPECT_EQ(b.read(0, 100), "me");  // a reader that buffers asks for more than there is
  EXPECT_EQ(b.answer(F::fd_read, {0, b.vector(Bench::kBuffer, 9), 1, Bench::kResult}).kind, K::pending);
}

TEST(Stdin, OfATerminalGivesWhatIsThere) {
  ProcessSetup setup;
  setup.stdin_kind = ProcessSetup::StdinKind::interactive;
  Bench b(setup);
  b.host.in = "hi";
  b.host.in_ended = false;
  EXPECT_EQ(b.read(0, 100), "hi");
  EXPECT_EQ(b.call(F::fd_fdstat_get, {0, Bench::kResult}), E::success);
  EXPECT_EQ(b.result<std::uint8_t>(), static_cast<std::uint8_t>(FileType::character_device));
  EXPECT_EQ(b.result<std::uint64_t>(8) & (kRightFdSeek | kRightFdTell), 0U);
}

TEST(Stdout, IsNoTerminalSoThatLibcBuffersIt) {
  Bench b;
  EXPECT_EQ(b.call(F::fd_fdstat_get, {1, Bench::kResult}), E::success);
  EXPECT_EQ(b.result<std::uint8_t>(), static_cast<std::uint8_t>(FileType::unknown));
}

TEST(Stdout, GathersAndWaitsWhereThereIsNoRoom) {
  Bench b;
  const std::uint64_t x = b.text("hello "), y = b.text("world");
  const std::uint32_t vectors[4] = {static_cast<std::uint32_t>(x), 6, static_cast<std::uint32_t>(y), 5};
  const auto iov = b.text({reinterpret_cast<const char*>(vectors), sizeof vectors});
  EXPECT_EQ(b.call(F::fd_write, {1, iov, 2, Bench::kResult}), E::success);
  EXPECT_EQ(b.host.out, "hello world");
  b.host.out_blocked = true;
  EXPECT_EQ(b.answer(F::fd_write, {1, iov, 2, Bench::kResult}).kind, K::pending);
  EXPECT_TRUE(b.process->wait().stdout_writable);
  b.host.out_blocked = false;
  EXPECT_EQ(b.process->resume().error, E::success);
  EXPECT_EQ(b.result<std::uint32_t>(), 11U);
  b.host.reader_gone = true;
  EXPECT_EQ(b.write(1, "x"), E::pipe);
}

TEST(Stdout, PastItsBoundEndsTheTry) {
  Bench b;
  b.host.out_bound = 4;
  EXPECT_EQ(b.write(1, "1234"), E::success);
  EXPECT_EQ(b.answer(F::fd_write, {1, b.vector(b.text("5"), 1), 1, Bench::kResult}).kind, K::killed);
}

TEST(Stderr, PastItsBoundIsDroppedAndCounted) {
  ProcessSetup setup;
  setup.bounds.log_bytes = 5;
  Bench b(setup);
  EXPECT_EQ(b.write(2, "abc"), E::success);
  EXPECT_EQ(b.write(2, "defgh"), E::success);
  EXPECT_EQ(b.result<std::uint32_t>(), 5U);
  EXPECT_EQ(b.write(2, "ijk"), E::success);
  EXPECT_EQ(b.host.err, "abcde");
  EXPECT_EQ(b.process->log_bytes(), 5U);
  EXPECT_EQ(b.process->dropped_log_bytes(), 6U);
}

TEST(Poll, ReportsStreamsFilesAndBadDescriptors) {
  Bench b;
  b.host.in = "abc";
  const std::uint32_t file = b.make_file("f", "12345");
  struct Sub {
    std::uint64_t user, type, fd, rest[3];
  } subs[4] = {{1, 1, 0, {}}, {2, 2, 1, {}}, {3, 1, 99, {}}, {4, 1, file, {}}};
  EXPECT_EQ(b.call(F::fd_seek, {file, 1, kSeekSet, Bench::kResult}), E::success);
  const auto at = b.text({reinterpret_cast<const char*>(subs), sizeof subs});
  EXPECT_EQ(b.call(F::poll_oneoff, {at, Bench::kBuffer, 4, Bench::kResult}), E::success);
  ASSERT_EQ(b.result<std::uint32_t>(), 4U);
  const auto event = [&](int i) { return b.bytes(Bench::kBuffer + 32U * static_cast<unsigned>(i), 32); };
  EXPECT_EQ(event(0)[0], 1);
  EXPECT_EQ(event(0)[16], 3);  // bytes ready
  EXPECT_EQ(event(2)[8], static_cast<char>(E::badf));
  EXPECT_EQ(event(3)[16], 4);  // left in the file
}

TEST(Poll, WaitsForTheFirstOfClockAndStream) {
  Bench b;
  b.host.in_ended = false;
  struct Sub {
    std::uint64_t user, type, a, timeout, precision, flags;
  } subs[2] = {{1, 0, 1, 1000, 0, 0}, {2, 1, 0, 0, 0, 0}};
  const auto at = b.text({reinterpret_cast<const char*>(subs), sizeof subs});
  EXPECT_EQ(b.answer(F::poll_oneoff, {at, Bench::kBuffer, 2, Bench::kResult}).kind, K::pending);
  EXPECT_TRUE(b.process->wait().stdin_readable);
  EXPECT_EQ(b.process->wait().until_monotonic_ns, b.host.now + 1000);
  b.host.now += 999;
  EXPECT_EQ(b.process->resume().kind, K::pending);
  b.host.now += 1;
  EXPECT_EQ(b.process->resume().kind, K::done);
  EXPECT_EQ(b.result<std::uint32_t>(), 1U);
  EXPECT_EQ(b.bytes(Bench::kBuffer, 1)[0], 1);
}

TEST(Poll, TakesAbsoluteTimesAndRefusesNothingAtAll) {
  Bench b;
  struct Sub {
    std::uint64_t user, type, clock, timeout, precision, flags;
  } sub = {1, 0, 0, b.host.now - 5, 0, 1};
  const auto at = b.text({reinterpret_cast<const char*>(&sub), sizeof sub});
  EXPECT_EQ(b.call(F::poll_oneoff, {at, Bench::kBuffer, 1, Bench::kResult}), E::success);
  EXPECT_EQ(b.call(F::poll_oneoff, {at, Bench::kBuffer, 0, Bench::kResult}), E::inval);
  EXPECT_EQ(b.call(F::poll_oneoff, {at, Bench::kBuffer, kMaxSubscriptions + 1, Bench::kResult}), E::inval);
}

// Every call with addresses and sizes at the edges of memory and of 32 bits, with descriptors of every kind: no answer
// but an errno, a wait or an end, and not a byte outside of memory.
TEST(HostileArguments, NeverReachOutsideGuestMemory) {
  for (std::size_t f = 0; f < kFunctions.size(); ++f) {
    std::uint64_t random = f + 1;
    const auto next = [&] { return random = random * 6364136223846793005ULL + 1442695040888963407ULL, random >> 33; };
    ProcessSetup setup = with_args({"a"});
    setup.bounds.tree_bytes = 1 << 20;
    setup.bounds.descriptors = 16;
    Bench b(setup);
    b.make_file("f", "content");
    const std::uint64_t size = b.host.memory.size();
    const std::uint64_t edges[] = {0, 1, 3, 4, 5, 8, 64, 1024, Bench::kResult, size - 1, size, size - 8, 0xFFFFFFFF, 0xFFFFFFF8, 0x80000000, 1025};
    for (int round = 0; round < 2000; ++round) {
      std::vector<std::uint64_t> args;
      for (const char type : kFunctions[f].params) {
        std::uint64_t value = edges[next() % std::size(edges)];
        if (type == 'I' && next() % 3 == 0) value = UINT64_MAX - next() % 3;
        args.push_back(value);
      }
      Answer a = b.process->call(static_cast<Function>(f), args);
      for (int turns = 0; a.kind == K::more && turns < 10'000; ++turns) a = b.process->resume();
      EXPECT_NE(a.kind, K::more) << kFunctions[f].name;
    }
  }
}

}  // namespace
}  // namespace weft::wasi
