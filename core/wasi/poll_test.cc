#include "core/wasi/fake_guest.h"

namespace weft::wasi::test {
namespace {

using enum Errno;
using Kind = Answer::Kind;

struct Event {
  std::uint64_t userdata;
  Errno error;
  std::uint8_t type;
  std::uint64_t bytes;
  std::uint16_t flags;
  friend bool operator==(const Event&, const Event&) = default;
};

// A guest that polls: subscriptions are added, then one call is made.
class PollGuest : public Guest {
 public:
  using Guest::Guest;

  void clock(std::uint64_t userdata, std::uint32_t id, std::uint64_t timeout, std::uint16_t flags = 0) {
    const std::uint32_t at = next(userdata, kEventClock);
    put_u32(at + 16, id);
    put_u64(at + 24, timeout);
    put_u64(at + 32, 0);
    put_u32(at + 40, flags);
  }
  void stream(std::uint64_t userdata, std::uint8_t type, std::uint32_t fd) { put_u32(next(userdata, type) + 16, fd); }
  Answer start() {
    const std::uint32_t count = std::exchange(count_, 0);
    return raw(Function::poll_oneoff, {kIovecs, kData, count, kOut});
  }
  std::vector<Event> events() {
    std::vector<Event> all;
    for (std::uint32_t i = 0; i < u32_at(kOut); ++i) {
      const std::uint32_t at = kData + i * kEventBytes;
      all.push_back({u64_at(at), static_cast<Errno>(u32_at(at + 8) & 0xFFFF),
                     static_cast<std::uint8_t>(u32_at(at + 8) >> 16), u64_at(at + 16),
                     static_cast<std::uint16_t>(u32_at(at + 24))});
    }
    return all;
  }
  std::vector<Event> poll_now() {
    const Answer answer = start();
    EXPECT_EQ(answer.kind, Kind::done);
    EXPECT_EQ(answer.error, success);
    return events();
  }

 private:
  std::uint32_t next(std::uint64_t userdata, std::uint8_t type) {
    const std::uint32_t at = kIovecs + kSubscriptionBytes * count_++;
    put_u64(at, userdata);
    put_u64(at + 8, type);
    return at;
  }
  std::uint32_t count_ = 0;
};

constexpr std::uint32_t kRealtime = 0, kMonotonic = 1, kProcessCpu = 2, kThreadCpu = 3;

TEST(Poll, OfNothingOrTooMuchIsInvalid) {
  PollGuest guest;
  EXPECT_EQ(guest.start().error, inval);
  EXPECT_EQ(guest.call(Function::poll_oneoff, {0, 0, kMaxSubscriptions + 1, Guest::kOut}), inval);
  EXPECT_EQ(guest.call(Function::poll_oneoff, {0, 0, 0xFFFFFFFF, Guest::kOut}), fault);
  guest.stream(1, 3, 0);
  EXPECT_EQ(guest.start().error, inval) << "there is no such kind of event";
}

TEST(Poll, SleepsUntilARelativeDeadlineOnTheMonotonicClock) {
  PollGuest guest;
  guest.clock(0x1234, kMonotonic, 1000);
  EXPECT_EQ(guest.start().kind, Kind::pending);
  EXPECT_EQ(guest.process.wait().until_monotonic_ns, guest.host.monotonic_ns + 1000);
  guest.host.monotonic_ns += 999;
  EXPECT_EQ(guest.process.resume().kind, Kind::pending);
  guest.host.monotonic_ns += 1;
  EXPECT_EQ(guest.process.resume().kind, Kind::done);
  EXPECT_EQ(guest.events(), (std::vector<Event>{{0x1234, success, kEventClock, 0, 0}}));
  EXPECT_FALSE(guest.process.wait().until_monotonic_ns.has_value());
}

TEST(Poll, TurnsEveryDeadlineIntoAMonotonicOne) {
  PollGuest guest;
  guest.clock(1, kRealtime, 500);
  EXPECT_EQ(guest.start().kind, Kind::pending);
  EXPECT_EQ(guest.process.wait().until_monotonic_ns, guest.host.monotonic_ns + 500);
  guest.host.monotonic_ns += 500;
  EXPECT_EQ(guest.process.resume().kind, Kind::done);

  guest.clock(1, kRealtime, guest.host.realtime_ns + 300, kClockAbsolute);
  EXPECT_EQ(guest.start().kind, Kind::pending);
  EXPECT_EQ(guest.process.wait().until_monotonic_ns, guest.host.monotonic_ns + 300);
  guest.host.monotonic_ns += 300;
  EXPECT_EQ(guest.process.resume().kind, Kind::done);

  guest.clock(1, kMonotonic, guest.host.monotonic_ns - 1, kClockAbsolute);
  EXPECT_EQ(guest.poll_now().size(), 1U) << "a deadline that has passed is over at once";
  guest.clock(1, kMonotonic, UINT64_MAX);
  EXPECT_EQ(guest.start().kind, Kind::pending);
  EXPECT_EQ(guest.process.wait().until_monotonic_ns, UINT64_MAX) << "no wrapping";
}

TEST(Poll, TellsClocksThatCannotBeWaitedForInTheirEvents) {
  PollGuest guest;
  guest.clock(1, kProcessCpu, 5);
  guest.clock(2, kThreadCpu, 5);
  guest.clock(3, 99, 5);
  guest.clock(4, kMonotonic, 5, 2);
  EXPECT_EQ(guest.poll_now(), (std::vector<Event>{{1, notsup, kEventClock, 0, 0},
                                                  {2, notsup, kEventClock, 0, 0},
                                                  {3, inval, kEventClock, 0, 0},
                                                  {4, inval, kEventClock, 0, 0}}));
  guest.host.resolution = 0;
  guest.clock(5, kMonotonic, 5);
  EXPECT_EQ(guest.poll_now(), (std::vector<Event>{{5, notsup, kEventClock, 0, 0}}));
}

TEST(Poll, AnswersWhateverIsReadyAndNoMore) {
  PollGuest guest;
  guest.host.input_ready = {true, false, 42};
  guest.host.out_ready = {};
  guest.host.err_ready = {true, true, 0};
  guest.stream(1, kEventRead, 0);
  guest.stream(2, kEventWrite, 1);
  guest.clock(3, kMonotonic, 1000);
  guest.stream(4, kEventWrite, 2);
  EXPECT_EQ(guest.poll_now(),
            (std::vector<Event>{{1, success, kEventRead, 42, 0}, {4, success, kEventWrite, 0, kHangup}}));
}

TEST(Poll, WaitsForAnyOfSeveral) {
  PollGuest guest;
  guest.host.input_ready = guest.host.out_ready = guest.host.err_ready = {};
  guest.stream(1, kEventRead, 0);
  guest.stream(2, kEventWrite, 1);
  guest.stream(3, kEventWrite, 2);
  guest.clock(4, kMonotonic, 1000);
  guest.clock(5, kMonotonic, 500);
  EXPECT_EQ(guest.start().kind, Kind::pending);
  const Wait wait = guest.process.wait();
  EXPECT_TRUE(wait.stdin_readable && wait.stdout_writable && wait.stderr_writable);
  EXPECT_EQ(wait.until_monotonic_ns, guest.host.monotonic_ns + 500);
  guest.host.out_ready = {true, false, 7};
  guest.host.monotonic_ns += 500;
  EXPECT_EQ(guest.process.resume().kind, Kind::done);
  EXPECT_EQ(guest.events(), (std::vector<Event>{{2, success, kEventWrite, 7, 0}, {5, success, kEventClock, 0, 0}}));
}

TEST(Poll, FindsFilesAlwaysReady) {
  PollGuest guest;
  guest.make("file", "12345");
  const std::uint32_t reader = guest.opened("file", 0, rights::kFdRead);
  const std::uint32_t writer = guest.opened("file", 0, rights::kFdWrite);
  ASSERT_EQ(guest.seek(reader, 2, kWhenceSet), 2U);
  guest.stream(1, kEventRead, reader);
  guest.stream(2, kEventWrite, writer);
  const auto events = guest.poll_now();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0], (Event{1, success, kEventRead, 3, 0}));
  EXPECT_EQ(events[1].error, success);
}

TEST(Poll, TellsABadDescriptorAmongOthersAndFailsWhereThereIsNothingElse) {
  PollGuest guest;
  guest.stream(1, kEventRead, 0xFFFFFFFF);
  guest.stream(2, kEventRead, 0);
  guest.stream(3, kEventWrite, 0);
  EXPECT_EQ(guest.poll_now(),
            (std::vector<Event>{
                {1, badf, kEventRead, 0, 0}, {2, success, kEventRead, 1, 0}, {3, notcapable, kEventWrite, 0, 0}}));
  guest.stream(1, kEventRead, 0xFFFFFFFF);
  guest.stream(2, kEventWrite, 0xFFFFFFFF);
  EXPECT_EQ(guest.start().error, badf);
}

TEST(Poll, ReadsMoreSubscriptionsThanOneBatch) {
  PollGuest guest;
  for (std::uint64_t i = 0; i < 100; ++i) guest.clock(i, kMonotonic, 0);
  const auto events = guest.poll_now();
  ASSERT_EQ(events.size(), 100U);
  for (std::uint64_t i = 0; i < 100; ++i) EXPECT_EQ(events[i].userdata, i);
}

TEST(SeededPoll, AddsTheSleepAndReturnsAtOnce) {
  PollGuest guest(seeded());
  const auto now = [&] {
    EXPECT_EQ(guest.call(Function::clock_time_get, {kMonotonic, 0, Guest::kOut}), success);
    return guest.u64_at(Guest::kOut);
  };
  const std::uint64_t before = now();
  guest.clock(1, kMonotonic, 3'000'000'000);
  guest.clock(2, kRealtime, 9'000'000'000);
  EXPECT_EQ(guest.poll_now(), (std::vector<Event>{{1, success, kEventClock, 0, 0}}));
  EXPECT_EQ(now(), before + 1000 + 3'000'000'000);
  guest.clock(1, kMonotonic, UINT64_MAX);
  EXPECT_EQ(guest.poll_now().size(), 1U);
  EXPECT_EQ(now(), UINT64_MAX) << "time stops where it cannot be told any more";
  EXPECT_EQ(now(), UINT64_MAX);
}

TEST(SeededPoll, NeverShowsWhatHasArrivedSoFar) {
  PollGuest guest(seeded());
  for (const Readiness readiness : {Readiness{}, Readiness{true, false, 9}, Readiness{true, true, 0}}) {
    guest.host.input_ready = guest.host.out_ready = readiness;
    guest.stream(1, kEventRead, 0);
    guest.stream(2, kEventWrite, 1);
    guest.clock(3, kMonotonic, 1000);
    EXPECT_EQ(guest.poll_now(), (std::vector<Event>{{1, success, kEventRead, 1, 0}, {2, success, kEventWrite, 1, 0}}));
  }
}

}  // namespace
}  // namespace weft::wasi::test
