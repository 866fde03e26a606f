// poll_oneoff: sleeping, and waiting for streams.
#include <algorithm>
#include <vector>

#include "core/wasi/limits.h"
#include "core/wasi/state.h"

namespace weft::wasi {
namespace {

// Layouts of the witx definition.
struct ClockPart {
  std::uint32_t id, padding;
  std::uint64_t timeout, precision;
  std::uint16_t flags, more_padding[3];
};
struct Subscription {
  std::uint64_t user_data;
  std::uint8_t type;
  std::uint8_t padding[7];
  union {
    ClockPart clock;
    std::uint32_t fd;
  };
};
static_assert(sizeof(Subscription) == kSubscriptionBytes);

struct Event {
  std::uint64_t user_data = 0;
  std::uint16_t error = 0;
  std::uint8_t type = 0;
  std::uint8_t padding[5] = {};
  std::uint64_t bytes = 0;
  std::uint16_t flags = 0;
  std::uint16_t more_padding[3] = {};
};
static_assert(sizeof(Event) == kEventBytes);

constexpr std::uint64_t kNever = UINT64_MAX;

bool is_clock(const Subscription& sub) { return sub.type == kEventClock; }
bool is_valid_clock(const Subscription& sub) { return sub.clock.id <= 3 && (sub.clock.flags & ~kClockAbsolute) == 0; }

std::uint64_t monotonic_now(Process::State& s) {
  return s.seeded_random ? s.virtual_ns : s.host.now_ns(HostClock::monotonic);
}

// When a clock subscription fires, on the monotonic clock. Looking does not advance a virtual clock.
std::uint64_t deadline_of(Process::State& s, const Subscription& sub) {
  const std::uint64_t monotonic = monotonic_now(s);
  std::uint64_t wait = sub.clock.timeout;
  if ((sub.clock.flags & kClockAbsolute) != 0) {
    const auto clock = static_cast<HostClock>(sub.clock.id);
    std::uint64_t now = monotonic;
    if (!s.seeded_random) now = s.host.now_ns(clock);
    if (s.seeded_random && clock == HostClock::realtime) now = kVirtualEpochNs + monotonic;
    wait = sub.clock.timeout > now ? sub.clock.timeout - now : 0;
  }
  return wait > kNever - monotonic ? kNever : monotonic + wait;
}

// Writes what has happened, one event after the other.
class Events {
 public:
  Events(Process::State& s, std::uint64_t out_at) : s_(s), out_at_(out_at) {}

  void add(const Subscription& sub, Errno error, std::uint64_t bytes = 0, std::uint16_t flags = 0) {
    Event event;
    event.user_data = sub.user_data;
    event.error = static_cast<std::uint16_t>(error);
    event.type = sub.type;
    event.bytes = bytes;
    event.flags = flags;
    static_cast<void>(s_.write(out_at_ + std::uint64_t{count_} * kEventBytes, event));
    ++count_;
  }

  void look_at_stream(const Subscription& sub) {
    Errno error = Errno::success;
    const bool reads = sub.type == kEventRead;
    const Descriptor* d = s_.descriptor(sub.fd, kRightPollFdReadwrite | (reads ? kRightFdRead : kRightFdWrite), error);
    if (d == nullptr) return add(sub, error);
    if (d->kind == Descriptor::Kind::folder) return add(sub, Errno::badf);
    if (d->kind == Descriptor::Kind::file) {
      const std::uint64_t size = s_.nodes[d->node].size;
      return add(sub, Errno::success, reads ? size - std::min(size, d->offset) : 1);
    }
    const OutStream stream = d->kind == Descriptor::Kind::err ? OutStream::err : OutStream::out;
    const Readiness ready = reads ? s_.host.stdin_readiness() : s_.host.stream_readiness(stream);
    if (ready.ready) return add(sub, Errno::success, ready.bytes, ready.ended ? kEventHangup : std::uint16_t{0});
    if (reads) {
      s_.wait.stdin_readable = true;
    } else {
      (stream == OutStream::err ? s_.wait.stderr_writable : s_.wait.stdout_writable) = true;
    }
  }

  [[nodiscard]] std::uint32_t count() const { return count_; }

 private:
  Process::State& s_;
  std::uint64_t out_at_;
  std::uint32_t count_ = 0;
};

}  // namespace

Answer Process::State::poll_oneoff(Args a) {
  const std::uint64_t count = a[2];
  if (count == 0 || count > kMaxSubscriptions) return done(Errno::inval);
  if (!in_memory(a[0], count * kSubscriptionBytes) || !in_memory(a[1], count * kEventBytes) || !in_memory(a[3], 4))
    return done(Errno::fault);
  std::vector<Subscription> subs(static_cast<std::size_t>(count));
  host.load(u32(a[0]), std::as_writable_bytes(std::span(subs)));
  // Deadlines are fixed when the call comes, however often it is resumed.
  if (poll_deadlines.empty())
    for (const Subscription& sub : subs)
      poll_deadlines.push_back(is_clock(sub) && is_valid_clock(sub) ? deadline_of(*this, sub) : kNever);

  Events events(*this, a[1]);
  for (const Subscription& sub : subs) {
    if (sub.type == kEventRead || sub.type == kEventWrite) {
      events.look_at_stream(sub);
    } else if (!is_clock(sub) || !is_valid_clock(sub)) {
      events.add(sub, Errno::inval);
    }
  }
  const std::uint64_t earliest = *std::min_element(poll_deadlines.begin(), poll_deadlines.end());
  // A seeded sleep returns at once and adds its length.
  if (seeded_random && events.count() == 0 && earliest != kNever) virtual_ns = std::max(virtual_ns, earliest);
  const std::uint64_t now = monotonic_now(*this);
  for (std::size_t i = 0; i < subs.size(); ++i)
    if (poll_deadlines[i] != kNever && poll_deadlines[i] <= now) events.add(subs[i], Errno::success);
  if (events.count() == 0) {
    if (earliest != kNever) wait.until_monotonic_ns = earliest;
    return {Answer::Kind::pending, Errno::success};
  }
  poll_deadlines.clear();
  static_cast<void>(write(a[3], events.count()));
  return done(Errno::success);
}

}  // namespace weft::wasi
