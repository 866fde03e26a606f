#include "core/wasi/process.h"

#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "core/wasi/limits.h"
#include "core/wasi/state.h"

namespace weft::wasi {

Process::State::State(ProcessSetup setup_in, Host& host_in)
    : setup(std::move(setup_in)),
      host(host_in),
      tree(host_in, setup.bounds.tree_bytes, setup.bounds.files),
      nodes(tree.nodes()),
      descriptors(4) {
  const bool terminal = setup.stdin_kind == ProcessSetup::StdinKind::interactive;
  constexpr std::array kKinds = {Descriptor::Kind::in, Descriptor::Kind::out, Descriptor::Kind::err};
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    descriptors[i].kind = kKinds[i];
    descriptors[i].base = kStreamRights & ~(i == 0 ? kRightFdWrite : terminal ? Rights{0} : kRightFdRead);
  }
  Descriptor& root = descriptors[3];
  root.kind = Descriptor::Kind::folder;
  root.preopened = true;
  root.node = kRoot;
  root.base = kFolderRights;
  root.inheriting = kAllRights;
  nodes.open(kRoot);
  if (setup.seed_key) seeded_random.emplace(*setup.seed_key);
}

bool Process::State::read_text(std::uint64_t address, std::uint64_t size, std::string& text) const {
  if (!in_memory(address, size)) return false;
  text.resize(static_cast<std::size_t>(std::min<std::uint64_t>(size, kMaxPathBytes + 1)));
  if (!text.empty()) host.load(u32(address), std::as_writable_bytes(std::span(text)));
  return true;
}

Descriptor* Process::State::descriptor(std::uint64_t fd, Rights rights, Errno& error) {
  if (fd >= descriptors.size() || descriptors[u32(fd)].kind == Descriptor::Kind::closed) {
    error = Errno::badf;
    return nullptr;
  }
  Descriptor& d = descriptors[u32(fd)];
  if ((d.base & rights) == rights) return &d;
  error = Errno::notcapable;
  return nullptr;
}

Descriptor* Process::State::folder(std::uint64_t fd, Rights rights, Errno& error) {
  Descriptor* d = descriptor(fd, 0, error);
  if (d == nullptr) return nullptr;
  if (d->kind != Descriptor::Kind::folder) {
    error = Errno::notdir;
    return nullptr;
  }
  return descriptor(fd, rights, error);
}

Descriptor* Process::State::file(std::uint64_t fd, Rights rights, Errno& error) {
  Descriptor* d = descriptor(fd, 0, error);
  if (d == nullptr) return nullptr;
  if (d->is_stream()) error = Errno::spipe;
  if (d->kind == Descriptor::Kind::folder) error = Errno::isdir;
  if (d->kind != Descriptor::Kind::file) return nullptr;
  return descriptor(fd, rights, error);
}

std::optional<std::uint32_t> Process::State::free_descriptor() {
  for (std::uint32_t i = 0; i < descriptors.size(); ++i)
    if (descriptors[i].kind == Descriptor::Kind::closed) return i;
  if (descriptors.size() >= setup.bounds.descriptors) return std::nullopt;
  descriptors.emplace_back();
  return static_cast<std::uint32_t>(descriptors.size() - 1);
}

void Process::State::close(Descriptor& d) {
  if (d.kind == Descriptor::Kind::file || d.kind == Descriptor::Kind::folder) nodes.close(d.node);
  if (d.listing) listed_entries -= static_cast<std::uint32_t>(d.listing->entries.size());
  d = Descriptor{};
}

std::uint64_t Process::State::clock_ns(HostClock clock) {
  if (!seeded_random) return host.now_ns(clock);
  virtual_ns += kVirtualTickNs;
  return clock == HostClock::realtime ? kVirtualEpochNs + virtual_ns : virtual_ns;
}

// Files change without the guest reading a clock, so the virtual one stands still for them.
std::uint64_t Process::State::file_time() {
  return seeded_random ? kVirtualEpochNs + virtual_ns : host.now_ns(HostClock::realtime);
}

void Process::State::random(std::span<std::byte> out) {
  if (seeded_random) {
    seeded_random->fill(out);
  } else {
    host.entropy(out);
  }
}

Process::Process(ProcessSetup setup, Host& host) : state_(std::make_unique<State>(std::move(setup), host)) {}
Process::~Process() = default;

FileTree& Process::tree() { return state_->tree; }
const Wait& Process::wait() const { return state_->wait; }
std::uint32_t Process::exit_code() const { return state_->exit_code; }
std::uint64_t Process::log_bytes() const { return state_->log_bytes; }
std::uint64_t Process::dropped_log_bytes() const { return state_->dropped_log_bytes; }
bool Process::tree_limit_hit() const { return state_->nodes.limit_hit(); }

void Process::begin_frame(std::optional<std::array<std::uint8_t, 32>> seed_key) {
  state_->virtual_ns = 0;
  state_->seeded_random.reset();
  if (seed_key) state_->seeded_random.emplace(*seed_key);
}

Answer Process::call(Function function, std::span<const std::uint64_t> args) {
  const auto index = static_cast<std::size_t>(function);
  WEFT_ASSERT(index < kFunctions.size() && args.size() == kFunctions[index].params.size());
  State& s = *state_;
  if (kFunctions[index].may_wait) {
    s.open_function = function;
    std::copy(args.begin(), args.end(), s.open_args.begin());
    s.moved = 0;
    s.poll_deadlines.clear();
    return resume();
  }
  // In the order of kFunctions; those that may wait are in resume().
  switch (function) {
    case Function::args_get: return s.args_get(args);
    case Function::args_sizes_get: return s.args_sizes_get(args);
    case Function::clock_res_get: return s.clock_res_get(args);
    case Function::clock_time_get: return s.clock_time_get(args);
    case Function::environ_get: return s.environ_get(args);
    case Function::environ_sizes_get: return s.environ_sizes_get(args);
    case Function::fd_advise: return s.fd_advise(args);
    case Function::fd_allocate: return s.fd_allocate(args);
    case Function::fd_close: return s.fd_close(args);
    case Function::fd_datasync: return s.fd_datasync(args);
    case Function::fd_fdstat_get: return s.fd_fdstat_get(args);
    case Function::fd_fdstat_set_flags: return s.fd_fdstat_set_flags(args);
    case Function::fd_fdstat_set_rights: return s.fd_fdstat_set_rights(args);
    case Function::fd_filestat_get: return s.fd_filestat_get(args);
    case Function::fd_filestat_set_size: return s.fd_filestat_set_size(args);
    case Function::fd_filestat_set_times: return s.fd_filestat_set_times(args);
    case Function::fd_prestat_dir_name: return s.fd_prestat_dir_name(args);
    case Function::fd_prestat_get: return s.fd_prestat_get(args);
    case Function::fd_readdir: return s.fd_readdir(args);
    case Function::fd_renumber: return s.fd_renumber(args);
    case Function::fd_seek: return s.fd_seek(args);
    case Function::fd_sync: return s.fd_sync(args);
    case Function::fd_tell: return s.fd_tell(args);
    case Function::path_create_directory: return s.path_create_directory(args);
    case Function::path_filestat_get: return s.path_filestat_get(args);
    case Function::path_filestat_set_times: return s.path_filestat_set_times(args);
    case Function::path_link: return s.path_link(args);
    case Function::path_open: return s.path_open(args);
    case Function::path_readlink: return s.path_readlink(args);
    case Function::path_remove_directory: return s.path_remove_directory(args);
    case Function::path_rename: return s.path_rename(args);
    case Function::path_symlink: return s.path_symlink(args);
    case Function::path_unlink_file: return s.path_unlink_file(args);
    case Function::proc_exit: return s.proc_exit(args);
    case Function::proc_raise: return s.proc_raise(args);
    case Function::sched_yield: return s.sched_yield(args);
    case Function::sock_accept:
    case Function::sock_recv:
    case Function::sock_send:
    case Function::sock_shutdown: return s.sock_any(args);
    default: break;
  }
  WEFT_ASSERT(false);
}

Answer Process::resume() {
  State& s = *state_;
  s.wait = Wait{};
  const Args args = std::span(s.open_args).first(kFunctions[static_cast<std::size_t>(s.open_function)].params.size());
  switch (s.open_function) {
    case Function::fd_read: return s.fd_read(args);
    case Function::fd_write: return s.fd_write(args);
    case Function::fd_pread: return s.fd_pread(args);
    case Function::fd_pwrite: return s.fd_pwrite(args);
    case Function::poll_oneoff: return s.poll_oneoff(args);
    case Function::random_get: return s.random_get(args);
    default: break;
  }
  WEFT_ASSERT(false);
}

}  // namespace weft::wasi
