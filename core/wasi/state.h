// What a Process holds, and its calls: one member function per function of preview 1, spread over calls_*.cc by what
// they touch. Private to core/wasi. Each takes the guest's arguments as they came and answers an errno, or an Answer
// where it may do more than that.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/wasi/chacha20.h"
#include "core/wasi/clocks.h"
#include "core/wasi/descriptors.h"
#include "core/wasi/functions.h"
#include "core/wasi/memory.h"
#include "core/wasi/nodes.h"
#include "core/wasi/path.h"
#include "core/wasi/process.h"

namespace weft::wasi {

using Args = std::span<const std::uint64_t>;

[[nodiscard]] inline std::uint32_t u32(Args args, std::size_t i) { return static_cast<std::uint32_t>(args[i]); }

// One buffer of a read or write.
struct Iovec {
  std::uint32_t address;
  std::uint32_t size;
};

// A read or write under way; kept over pending and more.
struct TransferState {
  enum class Way : std::uint8_t { read, write };
  Way way = Way::read;
  std::uint32_t fd = 0;
  std::uint32_t result = 0;               // where the count goes
  std::optional<std::uint64_t> position;  // of pread and pwrite; else the descriptor's own
  std::vector<Iovec> iovecs;              // a copy: what is read may land on the guest's own
  std::size_t current = 0;                // iovec
  std::uint32_t in_current = 0;           // bytes of it that are done
  std::uint32_t left = 0;
  std::uint32_t moved = 0;
};

// One subscription of a poll under way.
struct Subscription {
  std::uint64_t userdata;
  std::uint8_t tag;
  std::uint32_t fd;           // of a read or write
  std::uint64_t deadline_ns;  // of a clock: on the monotonic one
  Errno error;                // of a clock that cannot be waited for
};

struct PollState {
  std::vector<Subscription> subscriptions;
  std::vector<Packed<kEventBytes>> events;
  std::uint32_t out = 0;
  std::uint32_t count_out = 0;
};

struct RandomState {
  std::uint32_t address = 0;
  std::uint32_t left = 0;
};

struct Process::State {
  State(Setup with, Host& on);

  Answer dispatch(Function function, Args args);
  Answer resume();

  // calls_process.cc
  Errno args_get(Args args);
  Errno args_sizes_get(Args args);
  Errno environ_get(Args args);
  Errno environ_sizes_get(Args args);
  Errno clock_res_get(Args args);
  Errno clock_time_get(Args args);
  Answer proc_exit(Args args);
  Errno proc_raise(Args args);
  Errno sched_yield(Args args);
  Answer random_get(Args args);
  Errno sock_accept(Args args);
  Errno sock_recv(Args args);
  Errno sock_send(Args args);
  Errno sock_shutdown(Args args);

  // calls_descriptor.cc
  Errno fd_advise(Args args);
  Errno fd_allocate(Args args);
  Errno fd_close(Args args);
  Errno fd_datasync(Args args);
  Errno fd_fdstat_get(Args args);
  Errno fd_fdstat_set_flags(Args args);
  Errno fd_fdstat_set_rights(Args args);
  Errno fd_filestat_get(Args args);
  Errno fd_filestat_set_size(Args args);
  Errno fd_filestat_set_times(Args args);
  Errno fd_prestat_get(Args args);
  Errno fd_prestat_dir_name(Args args);
  Errno fd_readdir(Args args);
  Errno fd_renumber(Args args);
  Errno fd_seek(Args args);
  Errno fd_sync(Args args);
  Errno fd_tell(Args args);

  // calls_transfer.cc
  Answer fd_pread(Args args);
  Answer fd_pwrite(Args args);
  Answer fd_read(Args args);
  Answer fd_write(Args args);

  // calls_path.cc
  Errno path_create_directory(Args args);
  Errno path_filestat_get(Args args);
  Errno path_filestat_set_times(Args args);
  Errno path_link(Args args);
  Errno path_open(Args args);
  Errno path_readlink(Args args);
  Errno path_remove_directory(Args args);
  Errno path_rename(Args args);
  Errno path_symlink(Args args);
  Errno path_unlink_file(Args args);

  // calls_poll.cc
  Answer poll_oneoff(Args args);

  // What the calls share.
  static Answer done(Errno error) { return {Answer::Kind::done, error}; }
  // A descriptor that has `needed`: EBADF, ENOTCAPABLE.
  [[nodiscard]] std::expected<Descriptor*, Errno> descriptor(std::uint32_t fd, Rights needed);
  // The same for a regular file: EBADF for a folder, `of_stream` for a stream.
  [[nodiscard]] std::expected<Descriptor*, Errno> file(std::uint32_t fd, Rights needed, Errno of_stream);
  // The same for a folder, where paths start: ENOTDIR otherwise.
  [[nodiscard]] std::expected<Descriptor*, Errno> folder(std::uint32_t fd, Rights needed);
  [[nodiscard]] std::expected<std::string, Errno> load_path(std::uint32_t address, std::uint32_t size);
  // A path below a folder's descriptor that has `needed`.
  [[nodiscard]] std::expected<Place, Errno> place(std::uint32_t fd, Rights needed, std::uint32_t address,
                                                  std::uint32_t size, LastLink last_link);
  // The node of a file's or folder's descriptor.
  [[nodiscard]] Node& node_of(const Descriptor& descriptor);
  void hold(NodeId id);
  void release(NodeId id);
  void store_filestat(std::uint32_t address, const Node& node);
  [[nodiscard]] Errno set_times(Node& node, std::uint64_t accessed_ns, std::uint64_t modified_ns, std::uint32_t flags);
  Errno resize_file(NodeId id, std::uint64_t size);

  Setup setup;
  Host& host;
  GuestMemory memory;
  Clocks clocks;
  NodeStore nodes;
  FileTree tree;
  DescriptorTable descriptors;
  std::optional<ChaCha20> random;

  enum class Pending : std::uint8_t { nothing, transfer, poll, random };
  Pending pending = Pending::nothing;
  TransferState transfer;
  PollState poll;
  RandomState random_left;
  Wait wait;

  std::uint32_t exit_code = 0;
  std::uint64_t log_bytes = 0;
  std::uint64_t dropped_log_bytes = 0;

 private:
  Answer start_transfer(TransferState::Way way, Args args, std::optional<std::uint64_t> position,
                        std::size_t result_at);
  Errno load_iovecs(std::uint32_t address, std::uint32_t count);
  Answer run_transfer();
  Answer finish_transfer(Errno error);
  struct Step;
  Step step(Descriptor& of, std::uint32_t address, std::uint32_t size);
  Step step_stream(Descriptor& of, std::uint32_t address, std::uint32_t size);
  Step step_log(std::uint32_t address, std::uint32_t size);
  Step step_file(Descriptor& of, std::uint32_t address, std::uint32_t size);
  Step write_file(Descriptor& of, std::uint64_t& position, std::uint32_t address, std::uint32_t size);

  Answer run_poll();
  Answer run_random();
  Errno load_subscriptions(std::uint32_t address, std::uint32_t count);
  void watch_clock(Subscription& subscription, const std::byte* from);
  void collect_events();
  void check_descriptor(const Subscription& subscription);
  void check_stream(const Subscription& subscription, const Descriptor& of);
  void add_event(const Subscription& subscription, Errno error, std::uint64_t bytes, std::uint16_t flags);
  [[nodiscard]] std::optional<std::uint64_t> earliest_deadline() const;

  Errno list_sizes(std::uint64_t count, std::uint64_t bytes, std::uint32_t count_at, std::uint32_t bytes_at);
  Errno no_socket(std::uint32_t fd);
  Errno sync(std::uint32_t fd, Rights needed);
  [[nodiscard]] Errno may_rename(const Place& from, const Place& to);
  [[nodiscard]] Errno may_open(const Place& at, std::uint32_t oflags, Rights asked);
  Errno open_node(const Place& at, std::uint32_t oflags, Descriptor& opened, const Descriptor& from, Rights asked,
                  Rights inheriting);
};

}  // namespace weft::wasi
