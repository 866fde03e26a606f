#include "core/wasi/process.h"

#include <utility>

#include "core/base/assert.h"
#include "core/wasi/limits.h"
#include "core/wasi/state.h"

namespace weft::wasi {
namespace {

using rights::kFdRead;
using rights::kFdWrite;

Descriptor stream(Descriptor::Kind kind, Rights way) {
  Descriptor made;
  made.kind = kind;
  made.base = rights::kStream | way;
  return made;
}

}  // namespace

Process::State::State(Setup with, Host& on)
    : setup(std::move(with)),
      host(on),
      memory(on),
      clocks(setup.seed_key ? Clocks::Kind::simulated : Clocks::Kind::host, on),
      nodes(on, {setup.bounds.tree_bytes, setup.bounds.files}),
      tree(nodes, clocks),
      descriptors(setup.bounds.descriptors) {
  if (setup.seed_key) random.emplace(*setup.seed_key);
  Descriptor root;
  root.kind = Descriptor::Kind::folder;
  root.is_preopened = true;
  root.base = rights::kFolder;
  root.inheriting = rights::kAll;
  descriptors.add(stream(Descriptor::Kind::input, kFdRead));
  descriptors.add(stream(Descriptor::Kind::output, kFdWrite));
  descriptors.add(stream(Descriptor::Kind::log, kFdWrite));
  descriptors.add(root);
}

namespace {

// Calls one member function, whichever of the two answers it gives.
template <class State, auto Call>
Answer invoke(State& state, Args args) {
  if constexpr (std::is_same_v<decltype((state.*Call)(args)), Errno>) {
    return State::done((state.*Call)(args));
  } else {
    return (state.*Call)(args);
  }
}

template <class State>
using Handler = Answer (*)(State&, Args);

// In the order of Function.
template <class S>
constexpr std::array<Handler<S>, kFunctionCount> kHandlers = {
    invoke<S, &S::args_get>,
    invoke<S, &S::args_sizes_get>,
    invoke<S, &S::environ_get>,
    invoke<S, &S::environ_sizes_get>,
    invoke<S, &S::clock_res_get>,
    invoke<S, &S::clock_time_get>,
    invoke<S, &S::fd_advise>,
    invoke<S, &S::fd_allocate>,
    invoke<S, &S::fd_close>,
    invoke<S, &S::fd_datasync>,
    invoke<S, &S::fd_fdstat_get>,
    invoke<S, &S::fd_fdstat_set_flags>,
    invoke<S, &S::fd_fdstat_set_rights>,
    invoke<S, &S::fd_filestat_get>,
    invoke<S, &S::fd_filestat_set_size>,
    invoke<S, &S::fd_filestat_set_times>,
    invoke<S, &S::fd_pread>,
    invoke<S, &S::fd_prestat_get>,
    invoke<S, &S::fd_prestat_dir_name>,
    invoke<S, &S::fd_pwrite>,
    invoke<S, &S::fd_read>,
    invoke<S, &S::fd_readdir>,
    invoke<S, &S::fd_renumber>,
    invoke<S, &S::fd_seek>,
    invoke<S, &S::fd_sync>,
    invoke<S, &S::fd_tell>,
    invoke<S, &S::fd_write>,
    invoke<S, &S::path_create_directory>,
    invoke<S, &S::path_filestat_get>,
    invoke<S, &S::path_filestat_set_times>,
    invoke<S, &S::path_link>,
    invoke<S, &S::path_open>,
    invoke<S, &S::path_readlink>,
    invoke<S, &S::path_remove_directory>,
    invoke<S, &S::path_rename>,
    invoke<S, &S::path_symlink>,
    invoke<S, &S::path_unlink_file>,
    invoke<S, &S::poll_oneoff>,
    invoke<S, &S::proc_exit>,
    invoke<S, &S::proc_raise>,
    invoke<S, &S::sched_yield>,
    invoke<S, &S::random_get>,
    invoke<S, &S::sock_accept>,
    invoke<S, &S::sock_recv>,
    invoke<S, &S::sock_send>,
    invoke<S, &S::sock_shutdown>,
};

}  // namespace

Answer Process::State::dispatch(Function function, Args args) {
  const auto index = static_cast<std::size_t>(function);
  WEFT_ASSERT(index < kFunctionCount);
  WEFT_ASSERT(args.size() == kFunctions[index].params.size());
  WEFT_ASSERT(pending == Pending::nothing);
  return kHandlers<State>[index](*this, args);
}

Answer Process::State::resume() {
  WEFT_ASSERT(pending != Pending::nothing);
  wait = Wait{};
  if (pending == Pending::transfer) return run_transfer();
  return pending == Pending::poll ? run_poll() : run_random();
}

std::expected<Descriptor*, Errno> Process::State::descriptor(std::uint32_t fd, Rights needed) {
  Descriptor* found = descriptors.find(fd);
  if (!found) return std::unexpected(Errno::badf);
  if (!found->has(needed)) return std::unexpected(Errno::notcapable);
  return found;
}

std::expected<Descriptor*, Errno> Process::State::file(std::uint32_t fd, Rights needed, Errno of_stream) {
  Descriptor* found = descriptors.find(fd);
  if (!found) return std::unexpected(Errno::badf);
  if (found->kind == Descriptor::Kind::folder) return std::unexpected(Errno::badf);
  if (found->is_stream()) return std::unexpected(of_stream);
  if (!found->has(needed)) return std::unexpected(Errno::notcapable);
  return found;
}

std::expected<Descriptor*, Errno> Process::State::folder(std::uint32_t fd, Rights needed) {
  Descriptor* found = descriptors.find(fd);
  if (!found) return std::unexpected(Errno::badf);
  if (found->kind != Descriptor::Kind::folder) return std::unexpected(Errno::notdir);
  if (!found->has(needed)) return std::unexpected(Errno::notcapable);
  if (found->node == NodeId{}) nodes.root(clocks.stamp());
  return found;
}

std::expected<std::string, Errno> Process::State::load_path(std::uint32_t address, std::uint32_t size) {
  if (!memory.holds(address, size)) return std::unexpected(Errno::fault);
  if (size > kMaxPathBytes) return std::unexpected(Errno::nametoolong);
  std::string path(size, '\0');
  memory.load(address, std::as_writable_bytes(std::span(path)));
  if (const Errno error = check_path(path); error != Errno::success) return std::unexpected(error);
  return path;
}

std::expected<Place, Errno> Process::State::place(std::uint32_t fd, Rights needed, std::uint32_t address,
                                                  std::uint32_t size, LastLink last_link) {
  const auto base = folder(fd, needed);
  if (!base) return std::unexpected(base.error());
  const auto path = load_path(address, size);
  if (!path) return std::unexpected(path.error());
  return resolve(nodes, (*base)->node, *path, last_link);
}

Node& Process::State::node_of(const Descriptor& of) {
  if (of.node == NodeId{}) return nodes.at(nodes.root(clocks.stamp()));
  return nodes.at(of.node);
}

// The root is never collected, and may not have been made yet: its descriptors are not counted.
void Process::State::hold(NodeId id) {
  if (id != NodeId{}) nodes.add_descriptor(id);
}

void Process::State::release(NodeId id) {
  if (id != NodeId{}) nodes.drop_descriptor(id);
}

void Process::State::store_filestat(std::uint32_t address, const Node& node) {
  Packed<kFilestatBytes> stat;
  stat.put(0, kDevice);
  stat.put(8, node.inode);
  stat.put(16, static_cast<std::uint8_t>(node.type));
  // 1 for a folder, as file systems answer that do not count: 2 would tell `find` that it has no folders below.
  stat.put(24, static_cast<std::uint64_t>(node.type == FileType::folder ? 1 : node.names));
  stat.put(32, node.size);
  stat.put(40, node.accessed_ns);
  stat.put(48, node.modified_ns);
  stat.put(56, node.changed_ns);
  memory.store(address, stat);
}

Errno Process::State::set_times(Node& node, std::uint64_t accessed_ns, std::uint64_t modified_ns, std::uint32_t flags) {
  using namespace fstflags;
  if ((flags & ~kAll) != 0) return Errno::inval;
  if ((flags & kAccessed) && (flags & kAccessedNow)) return Errno::inval;
  if ((flags & kModified) && (flags & kModifiedNow)) return Errno::inval;
  if (node.guard == Guard::mounted) return Errno::rofs;
  const std::uint64_t now = clocks.stamp();
  if (flags & kAccessed) node.accessed_ns = accessed_ns;
  if (flags & kAccessedNow) node.accessed_ns = now;
  if (flags & kModified) node.modified_ns = modified_ns;
  if (flags & kModifiedNow) node.modified_ns = now;
  node.changed_ns = now;
  return Errno::success;
}

Errno Process::State::resize_file(NodeId id, std::uint64_t size) {
  if (size > kMaxFileBytes) return Errno::fbig;
  if (nodes.at(id).guard == Guard::mounted) return Errno::rofs;
  const Errno error = nodes.resize(id, size);
  if (error != Errno::success) return error;
  nodes.at(id).modified_ns = nodes.at(id).changed_ns = clocks.stamp();
  return Errno::success;
}

Process::Process(Setup setup, Host& host) : state_(std::make_unique<State>(std::move(setup), host)) {}
Process::~Process() = default;

FileTree& Process::tree() { return state_->tree; }
Answer Process::call(Function function, std::span<const std::uint64_t> args) {
  return state_->dispatch(function, args);
}
Answer Process::resume() { return state_->resume(); }

void Process::begin_frame(std::optional<std::array<std::uint8_t, 32>> seed_key) {
  state_->clocks = Clocks(seed_key ? Clocks::Kind::simulated : Clocks::Kind::host, state_->host);
  state_->random.reset();
  if (seed_key) state_->random.emplace(*seed_key);
}

const Wait& Process::wait() const { return state_->wait; }
std::uint32_t Process::exit_code() const { return state_->exit_code; }
std::uint64_t Process::log_bytes() const { return state_->log_bytes; }
std::uint64_t Process::dropped_log_bytes() const { return state_->dropped_log_bytes; }
bool Process::tree_limit_hit() const { return state_->nodes.limit_hit(); }

}  // namespace weft::wasi
