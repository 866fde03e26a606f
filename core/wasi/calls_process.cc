// Arguments, environment, clocks, randomness, the end of the process, and the sockets there are none of.
#include <algorithm>

#include "core/wasi/limits.h"
#include "core/wasi/state.h"

namespace weft::wasi {
namespace {

// The strings of a list, each with its NUL; more than 4 GiB cannot be told to a guest.
template <class List, class Size>
Errno store_sizes(Process::State& s, const List& list, Size size_of, std::uint64_t count_at, std::uint64_t bytes_at) {
  std::uint64_t bytes = 0;
  for (const auto& item : list) bytes += size_of(item) + 1;
  if (bytes > UINT32_MAX) return Errno::overflow;
  if (!s.in_memory(count_at, 4) || !s.in_memory(bytes_at, 4)) return Errno::fault;
  static_cast<void>(s.write(count_at, static_cast<std::uint32_t>(list.size())));
  static_cast<void>(s.write(bytes_at, static_cast<std::uint32_t>(bytes)));
  return Errno::success;
}

// Pointers to `pointers_at`, the strings one after the other to `text_at`.
template <class List, class Text>
Errno store_strings(Process::State& s, const List& list, Text text_of, std::uint64_t pointers_at, std::uint64_t text_at) {
  for (const auto& item : list) {
    std::string text = text_of(item);
    text.push_back('\0');
    if (!s.write(pointers_at, u32(text_at)) || !s.write_bytes(text_at, text)) return Errno::fault;
    pointers_at += 4;
    text_at += text.size();
  }
  return Errno::success;
}

std::optional<HostClock> clock_of(std::uint64_t id) {
  if (id > 3) return std::nullopt;
  return static_cast<HostClock>(id);
}

}  // namespace

Answer Process::State::args_sizes_get(Args a) {
  return done(store_sizes(*this, setup.args, [](const std::string& s) { return s.size(); }, a[0], a[1]));
}

Answer Process::State::args_get(Args a) {
  return done(store_strings(*this, setup.args, [](const std::string& s) { return s; }, a[0], a[1]));
}

Answer Process::State::environ_sizes_get(Args a) {
  const auto size = [](const auto& e) { return e.first.size() + 1 + e.second.size(); };
  return done(store_sizes(*this, setup.env, size, a[0], a[1]));
}

Answer Process::State::environ_get(Args a) {
  return done(store_strings(*this, setup.env, [](const auto& e) { return e.first + "=" + e.second; }, a[0], a[1]));
}

Answer Process::State::clock_res_get(Args a) {
  const auto clock = clock_of(a[0]);
  if (!clock) return done(Errno::inval);
  const std::uint64_t resolution = seeded_random ? kVirtualTickNs : host.resolution_ns(*clock);
  if (resolution == 0) return done(Errno::notsup);
  return done(write(a[1], resolution) ? Errno::success : Errno::fault);
}

Answer Process::State::clock_time_get(Args a) {
  const auto clock = clock_of(a[0]);
  if (!clock) return done(Errno::inval);
  if (!in_memory(a[2], 8)) return done(Errno::fault);
  if (!seeded_random && host.resolution_ns(*clock) == 0) return done(Errno::notsup);
  static_cast<void>(write(a[2], clock_ns(*clock)));
  return done(Errno::success);
}

Answer Process::State::random_get(Args a) {
  if (!in_memory(a[0], a[1])) return done(Errno::fault);
  std::array<std::byte, 4096> block;
  for (std::uint32_t budget = kMaxTransferBytes; moved < a[1] && budget >= block.size(); budget -= block.size()) {
    const auto part = std::span(block).first(static_cast<std::size_t>(std::min<std::uint64_t>(a[1] - moved, block.size())));
    random(part);
    host.store(u32(a[0] + moved), part);
    moved += part.size();
  }
  return moved < a[1] ? Answer{Answer::Kind::more, Errno::success} : done(Errno::success);
}

Answer Process::State::proc_exit(Args a) {
  exit_code = u32(a[0]);
  return {Answer::Kind::exited, Errno::success};
}

// Signals do not exist here; raising one that would end the process ends it as a shell would report it.
Answer Process::State::proc_raise(Args a) {
  constexpr std::uint32_t kSignalCount = 31;
  if (a[0] == 0) return done(Errno::success);
  if (a[0] >= kSignalCount) return done(Errno::inval);
  return done(Errno::nosys);
}

Answer Process::State::sched_yield(Args) { return done(Errno::success); }

Answer Process::State::sock_any(Args a) {
  Errno error = Errno::success;
  return done(descriptor(a[0], 0, error) == nullptr ? error : Errno::notsock);
}

}  // namespace weft::wasi
