// poll_oneoff: waits for clocks and descriptors at once. Deadlines are kept on the monotonic clock, whatever clock they
// were given on, so that the host has one clock to wait by. With a seed nothing waits for time: the earliest deadline
// simply becomes now.
#include <algorithm>

#include "core/wasi/limits.h"
#include "core/wasi/state.h"

namespace weft::wasi {
namespace {

constexpr std::size_t kLoadBatch = 32;  // subscriptions read from the guest at once

}  // namespace

Answer Process::State::poll_oneoff(Args args) {
  const std::uint32_t in = u32(args, 0), out = u32(args, 1), count = u32(args, 2), count_out = u32(args, 3);
  if (count == 0) return done(Errno::inval);
  if (!memory.holds(in, std::uint64_t{count} * kSubscriptionBytes)) return done(Errno::fault);
  if (!memory.holds(out, std::uint64_t{count} * kEventBytes) || !memory.holds(count_out, 4)) return done(Errno::fault);
  if (count > kMaxSubscriptions) return done(Errno::inval);
  poll.out = out;
  poll.count_out = count_out;
  if (const Errno error = load_subscriptions(in, count); error != Errno::success) return done(error);
  return run_poll();
}

Errno Process::State::load_subscriptions(std::uint32_t address, std::uint32_t count) {
  poll.subscriptions.clear();
  std::array<std::byte, kLoadBatch * kSubscriptionBytes> raw;
  for (std::uint32_t first = 0; first < count; first += kLoadBatch) {
    const std::size_t batch = std::min<std::size_t>(kLoadBatch, count - first);
    memory.load(address + first * kSubscriptionBytes, std::span(raw).first(batch * kSubscriptionBytes));
    for (std::size_t i = 0; i < batch; ++i) {
      const std::byte* from = &raw[i * kSubscriptionBytes];
      Subscription subscription{unpack<std::uint64_t>(from), unpack<std::uint8_t>(from + 8), 0, 0, Errno::success};
      if (subscription.tag > kEventWrite) return Errno::inval;
      if (subscription.tag == kEventClock) {
        watch_clock(subscription, from);
      } else {
        subscription.fd = unpack<std::uint32_t>(from + 16);
      }
      poll.subscriptions.push_back(subscription);
    }
  }
  return Errno::success;
}

void Process::State::watch_clock(Subscription& subscription, const std::byte* from) {
  const auto id = unpack<std::uint32_t>(from + 16);
  const auto timeout = unpack<std::uint64_t>(from + 24);
  const auto flags = unpack<std::uint16_t>(from + 40);
  if (id > static_cast<std::uint32_t>(HostClock::thread_cpu) || (flags & ~kClockAbsolute) != 0) {
    subscription.error = Errno::inval;
    return;
  }
  const auto clock = static_cast<HostClock>(id);
  // A program that waits uses no CPU, so a deadline in CPU time would never come.
  if (clock == HostClock::process_cpu || clock == HostClock::thread_cpu || clocks.resolution(clock) == 0) {
    subscription.error = Errno::notsup;
    return;
  }
  std::uint64_t left = timeout;
  if (flags & kClockAbsolute) {
    const std::uint64_t now = clocks.peek(clock);
    left = timeout > now ? timeout - now : 0;
  }
  subscription.deadline_ns = saturating_add(clocks.peek(HostClock::monotonic), left);
}

Answer Process::State::run_poll() {
  collect_events();
  if (poll.events.empty()) {
    const std::optional<std::uint64_t> deadline = earliest_deadline();
    if (deadline && clocks.is_virtual()) {
      clocks.sleep_until(*deadline);
      collect_events();
    } else {
      wait.until_monotonic_ns = deadline;
      pending = Pending::poll;
      return {Answer::Kind::pending, Errno::success};
    }
  }
  pending = Pending::nothing;
  const bool all_bad = std::ranges::all_of(poll.events, [](const Packed<kEventBytes>& event) {
    return unpack<std::uint16_t>(&event.bytes[8]) == static_cast<std::uint16_t>(Errno::badf);
  });
  // One bad descriptor among others is told in its event; where there is nothing else the call itself fails.
  if (all_bad && poll.events.size() == poll.subscriptions.size()) return done(Errno::badf);
  for (std::uint32_t i = 0; i < poll.events.size(); ++i) memory.store(poll.out + i * kEventBytes, poll.events[i]);
  memory.store_u32(poll.count_out, static_cast<std::uint32_t>(poll.events.size()));
  wait = Wait{};
  return done(Errno::success);
}

void Process::State::collect_events() {
  poll.events.clear();
  wait = Wait{};
  std::optional<std::uint64_t> now;  // read once, and only where a clock is watched
  for (const Subscription& subscription : poll.subscriptions) {
    if (subscription.tag != kEventClock) {
      check_descriptor(subscription);
      continue;
    }
    if (subscription.error == Errno::success && !now) now = clocks.peek(HostClock::monotonic);
    if (subscription.error != Errno::success || subscription.deadline_ns <= *now) {
      add_event(subscription, subscription.error, 0, 0);
    }
  }
}

void Process::State::check_descriptor(const Subscription& subscription) {
  const bool reads = subscription.tag == kEventRead;
  const auto of = descriptor(subscription.fd, rights::kPollFdReadwrite | (reads ? rights::kFdRead : rights::kFdWrite));
  if (!of) return add_event(subscription, of.error(), 0, 0);
  if ((*of)->is_stream()) return check_stream(subscription, **of);
  const std::uint64_t size = nodes.at((*of)->node).size;
  const std::uint64_t left = size - std::min(size, (*of)->offset);
  add_event(subscription, Errno::success, reads ? left : nodes.bytes_left(), 0);
}

void Process::State::check_stream(const Subscription& subscription, const Descriptor& of) {
  // With a seed what has arrived so far must not show: a stream is always ready, and reading it waits.
  if (clocks.is_virtual()) return add_event(subscription, Errno::success, 1, 0);
  const Readiness is = of.kind == Descriptor::Kind::input    ? host.stdin_readiness()
                       : of.kind == Descriptor::Kind::output ? host.stream_readiness(OutStream::out)
                                                             : host.stream_readiness(OutStream::err);
  if (is.ready || is.ended) return add_event(subscription, Errno::success, is.bytes, is.ended ? kHangup : 0);
  if (of.kind == Descriptor::Kind::input) wait.stdin_readable = true;
  if (of.kind == Descriptor::Kind::output) wait.stdout_writable = true;
  if (of.kind == Descriptor::Kind::log) wait.stderr_writable = true;
}

void Process::State::add_event(const Subscription& subscription, Errno error, std::uint64_t bytes,
                               std::uint16_t flags) {
  Packed<kEventBytes> event;
  event.put(0, subscription.userdata);
  event.put(8, static_cast<std::uint16_t>(error));
  event.put(10, subscription.tag);
  event.put(16, bytes);
  event.put(24, flags);
  poll.events.push_back(event);
}

std::optional<std::uint64_t> Process::State::earliest_deadline() const {
  std::optional<std::uint64_t> earliest;
  for (const Subscription& subscription : poll.subscriptions) {
    if (subscription.tag != kEventClock || subscription.error != Errno::success) continue;
    earliest = std::min(earliest.value_or(UINT64_MAX), subscription.deadline_ns);
  }
  return earliest;
}

}  // namespace weft::wasi
