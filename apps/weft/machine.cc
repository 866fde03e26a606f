#include "apps/weft/machine.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "apps/weft/terminal.h"
#include "host/engine/limits.h"
#include "host/engine/runner.h"
#include "host/store/paths.h"

namespace weft::app {

std::uint32_t core_count() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&set)));
}

std::unique_ptr<host::ArtifactFiles> open_artifacts() {
  const auto cache = host::cache_folder();
  return cache ? std::make_unique<host::ArtifactFiles>(*cache + "/artifacts") : nullptr;
}

Machine::Machine(std::uint32_t shards, host::Allocator allocator)
    : engines_(allocator),
      artifacts_(open_artifacts()),
      modules_(engines_, artifacts_.get(), {}, [](const Error& error) { print_error(error); }),
      spill_({host::spill_folder()}),
      shards_(shards > 0 ? shards : core_count(), [&, count = shards > 0 ? shards : core_count()](host::Loop& loop, const auto& pool) {
        return std::make_unique<host::EngineRunner>(engines_, modules_, loop, pool, std::max(1U, host::kPoolSlots / count));
      }) {}

Waiter::Waiter() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

Waiter::~Waiter() {
  ::close(event_);
  ::close(signals_);
}

void Waiter::notify() {
  const std::uint64_t one = 1;
  static_cast<void>(::write(event_, &one, sizeof one));
}

Waiter::Woken Waiter::wait() {
  std::array<pollfd, 2> fds = {pollfd{event_, POLLIN, 0}, pollfd{signals_, POLLIN, 0}};
  while (::poll(fds.data(), fds.size(), -1) < 0 && errno == EINTR) {
  }
  if ((fds[1].revents & POLLIN) != 0) {
    signalfd_siginfo info;
    static_cast<void>(::read(signals_, &info, sizeof info));
    return Woken::interrupted;
  }
  std::uint64_t count = 0;
  static_cast<void>(::read(event_, &count, sizeof count));
  return Woken::notified;
}

}  // namespace weft::app
