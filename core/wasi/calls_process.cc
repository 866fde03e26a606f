// Calls about the program itself: arguments, environment, clocks, entropy, exit. And the four about sockets, of which
// there are none.
#include <algorithm>
#include <string_view>

#include "core/wasi/limits.h"
#include "core/wasi/state.h"

namespace weft::wasi {
namespace {

std::optional<HostClock> clock_of(std::uint32_t id) {
  if (id > static_cast<std::uint32_t>(HostClock::thread_cpu)) return std::nullopt;
  return static_cast<HostClock>(id);  // the witx numbers them in this order
}

std::uint64_t bytes_of(const std::vector<std::string>& args) {
  std::uint64_t bytes = 0;
  for (const std::string& arg : args) bytes += arg.size() + 1;
  return bytes;
}

std::uint64_t bytes_of(const std::vector<std::pair<std::string, std::string>>& env) {
  std::uint64_t bytes = 0;
  for (const auto& [name, value] : env) bytes += name.size() + value.size() + 2;
  return bytes;
}

// Lays out one NUL-terminated string after another, and where each starts.
class StringTable {
 public:
  StringTable(const GuestMemory& memory, std::uint32_t pointers, std::uint32_t text)
      : memory_(memory), pointer_(pointers), text_(text) {}

  void start() {
    memory_.store_u32(pointer_, text_);
    pointer_ += 4;
  }
  void append(std::string_view text) {
    memory_.store(text_, text);
    text_ += static_cast<std::uint32_t>(text.size());
  }
  void end() { append(std::string_view("\0", 1)); }

 private:
  const GuestMemory& memory_;
  std::uint32_t pointer_;
  std::uint32_t text_;
};

}  // namespace

Errno Process::State::list_sizes(std::uint64_t count, std::uint64_t bytes, std::uint32_t count_at,
                                 std::uint32_t bytes_at) {
  if (!memory.holds(count_at, 4) || !memory.holds(bytes_at, 4)) return Errno::fault;
  if (count > UINT32_MAX || bytes > UINT32_MAX) return Errno::overflow;
  memory.store_u32(count_at, static_cast<std::uint32_t>(count));
  memory.store_u32(bytes_at, static_cast<std::uint32_t>(bytes));
  return Errno::success;
}

Errno Process::State::args_sizes_get(Args args) {
  return list_sizes(setup.args.size(), bytes_of(setup.args), u32(args, 0), u32(args, 1));
}

Errno Process::State::args_get(Args args) {
  const std::uint32_t pointers = u32(args, 0), text = u32(args, 1);
  if (!memory.holds(pointers, setup.args.size() * 4) || !memory.holds(text, bytes_of(setup.args))) return Errno::fault;
  StringTable table(memory, pointers, text);
  for (const std::string& arg : setup.args) {
    table.start();
    table.append(arg);
    table.end();
  }
  return Errno::success;
}

Errno Process::State::environ_sizes_get(Args args) {
  return list_sizes(setup.env.size(), bytes_of(setup.env), u32(args, 0), u32(args, 1));
}

Errno Process::State::environ_get(Args args) {
  const std::uint32_t pointers = u32(args, 0), text = u32(args, 1);
  if (!memory.holds(pointers, setup.env.size() * 4) || !memory.holds(text, bytes_of(setup.env))) return Errno::fault;
  StringTable table(memory, pointers, text);
  for (const auto& [name, value] : setup.env) {
    table.start();
    table.append(name);
    table.append("=");
    table.append(value);
    table.end();
  }
  return Errno::success;
}

Errno Process::State::clock_res_get(Args args) {
  const std::optional<HostClock> clock = clock_of(u32(args, 0));
  if (!clock) return Errno::inval;
  if (!memory.holds(u32(args, 1), 8)) return Errno::fault;
  const std::uint64_t resolution = clocks.resolution(*clock);
  if (resolution == 0) return Errno::notsup;
  memory.store_u64(u32(args, 1), resolution);
  return Errno::success;
}

// The precision that the guest asks for is not used: readings cost what they cost.
Errno Process::State::clock_time_get(Args args) {
  const std::optional<HostClock> clock = clock_of(u32(args, 0));
  if (!clock) return Errno::inval;
  if (!memory.holds(u32(args, 2), 8)) return Errno::fault;
  if (clocks.resolution(*clock) == 0) return Errno::notsup;
  memory.store_u64(u32(args, 2), clocks.read(*clock));
  return Errno::success;
}

Answer Process::State::proc_exit(Args args) {
  exit_code = u32(args, 0);
  return {Answer::Kind::exited, Errno::success};
}

// Nothing here delivers signals: abort() in wasi-libc traps without asking, and raise() hears that there are none.
Errno Process::State::proc_raise(Args args) {
  const std::uint32_t signal = u32(args, 0);
  if (signal >= kSignalCount) return Errno::inval;
  return signal == 0 ? Errno::success : Errno::nosys;
}

Errno Process::State::sched_yield(Args) { return Errno::success; }

Answer Process::State::random_get(Args args) {
  if (!memory.holds(u32(args, 0), u32(args, 1))) return done(Errno::fault);
  random_left = {u32(args, 0), u32(args, 1)};
  return run_random();
}

Answer Process::State::run_random() {
  std::array<std::byte, kEntropyChunkBytes> chunk;
  std::uint32_t budget = kMaxTransferBytes;
  while (random_left.left > 0 && budget > 0) {
    const std::uint32_t size = std::min({random_left.left, kEntropyChunkBytes, budget});
    const std::span<std::byte> part = std::span(chunk).first(size);
    random ? random->fill(part) : host.entropy(part);
    memory.store(random_left.address, part);
    random_left.address += size;
    random_left.left -= size;
    budget -= size;
  }
  const bool is_done = random_left.left == 0;
  pending = is_done ? Pending::nothing : Pending::random;
  return is_done ? done(Errno::success) : Answer{Answer::Kind::more, Errno::success};
}

Errno Process::State::no_socket(std::uint32_t fd) { return descriptors.find(fd) ? Errno::notsock : Errno::badf; }

Errno Process::State::sock_accept(Args args) { return no_socket(u32(args, 0)); }
Errno Process::State::sock_recv(Args args) { return no_socket(u32(args, 0)); }
Errno Process::State::sock_send(Args args) { return no_socket(u32(args, 0)); }
Errno Process::State::sock_shutdown(Args args) { return no_socket(u32(args, 0)); }

}  // namespace weft::wasi
