// What a Process holds between calls, and what all its calls share. Private to core/wasi; the calls are split by kind:
// calls_process.cc, calls_descriptor.cc, calls_transfer.cc, calls_path.cc, calls_poll.cc.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/wasi/functions.h"
#include "core/wasi/nodes.h"
#include "core/wasi/path.h"
#include "core/wasi/process.h"
#include "core/wasi/seed.h"
#include "core/wasi/types.h"

namespace weft::wasi {

// A directory as it was when a reader began at the front: cookies are positions in it, so they stay good whatever happens.
struct Listing {
  struct Entry {
    std::string name;
    std::uint64_t inode;
    FileType type;
  };
  std::vector<Entry> entries;
};

struct Descriptor {
  enum class Kind : std::uint8_t { closed, in, out, err, file, folder };
  Kind kind = Kind::closed;
  bool preopened = false;
  std::uint16_t flags = 0;
  NodeId node{};
  std::uint64_t offset = 0;
  Rights base = 0;
  Rights inheriting = 0;
  std::unique_ptr<Listing> listing;

  [[nodiscard]] bool is_stream() const { return kind == Kind::in || kind == Kind::out || kind == Kind::err; }
};

using Args = std::span<const std::uint64_t>;

[[nodiscard]] constexpr Answer done(Errno error) { return {Answer::Kind::done, error}; }
[[nodiscard]] constexpr std::uint32_t u32(std::uint64_t arg) { return static_cast<std::uint32_t>(arg); }
[[nodiscard]] constexpr std::uint16_t u16(std::uint64_t arg) { return static_cast<std::uint16_t>(arg); }

struct Process::State {
  State(ProcessSetup setup_in, Host& host_in);

  // --- Guest memory. Addresses and sizes are the guest's word and are checked here.
  [[nodiscard]] bool in_memory(std::uint64_t address, std::uint64_t size) const {
    return address + size <= host.memory_size();  // both below 2^36: no overflow
  }
  template <class T>
  [[nodiscard]] bool read(std::uint64_t address, T& value) const {
    if (!in_memory(address, sizeof(T))) return false;
    host.load(u32(address), std::as_writable_bytes(std::span(&value, 1)));
    return true;
  }
  template <class T>
  [[nodiscard]] bool write(std::uint64_t address, const T& value) {
    if (!in_memory(address, sizeof(T))) return false;
    host.store(u32(address), std::as_bytes(std::span(&value, 1)));
    return true;
  }
  [[nodiscard]] bool write_bytes(std::uint64_t address, std::string_view bytes) {
    if (!in_memory(address, bytes.size())) return false;
    if (!bytes.empty()) host.store(u32(address), std::as_bytes(std::span(bytes)));
    return true;
  }
  // A path or link text; over the bound it is cut, so that checks of its length still refuse it.
  [[nodiscard]] bool read_text(std::uint64_t address, std::uint64_t size, std::string& text) const;

  // --- Descriptors.
  // The descriptor if it is open and holds all of `rights`; otherwise badf or notcapable in `error`.
  [[nodiscard]] Descriptor* descriptor(std::uint64_t fd, Rights rights, Errno& error);
  [[nodiscard]] Descriptor* folder(std::uint64_t fd, Rights rights, Errno& error);  // notdir where it is none
  [[nodiscard]] Descriptor* file(std::uint64_t fd, Rights rights, Errno& error);    // isdir, spipe
  [[nodiscard]] std::optional<std::uint32_t> free_descriptor();
  void close(Descriptor& d);

  // --- Time and randomness.
  [[nodiscard]] std::uint64_t clock_ns(HostClock clock);  // a reading: advances a virtual clock
  [[nodiscard]] std::uint64_t file_time();
  void random(std::span<std::byte> out);

  // --- Nodes as guests see them.
  [[nodiscard]] Errno store_filestat(std::uint64_t address, const Node& node);
  [[nodiscard]] Errno set_times(NodeId id, std::uint64_t accessed, std::uint64_t modified, std::uint16_t what);
  // Resolves a path argument pair below a descriptor.
  [[nodiscard]] Errno resolve_path(std::uint64_t fd, Rights rights, std::uint64_t address, std::uint64_t size, LastLink last,
                                   Resolved& out);

  // --- The calls.
  Answer args_get(Args a);
  Answer args_sizes_get(Args a);
  Answer environ_get(Args a);
  Answer environ_sizes_get(Args a);
  Answer clock_res_get(Args a);
  Answer clock_time_get(Args a);
  Answer random_get(Args a);
  Answer proc_exit(Args a);
  Answer proc_raise(Args a);
  Answer sched_yield(Args a);
  Answer sock_any(Args a);

  Answer fd_advise(Args a);
  Answer fd_allocate(Args a);
  Answer fd_close(Args a);
  Answer fd_sync(Args a);
  Answer fd_datasync(Args a);
  Answer fd_fdstat_get(Args a);
  Answer fd_fdstat_set_flags(Args a);
  Answer fd_fdstat_set_rights(Args a);
  Answer fd_filestat_get(Args a);
  Answer fd_filestat_set_size(Args a);
  Answer fd_filestat_set_times(Args a);
  Answer fd_prestat_get(Args a);
  Answer fd_prestat_dir_name(Args a);
  Answer fd_readdir(Args a);
  Answer fd_renumber(Args a);
  Answer fd_seek(Args a);
  Answer fd_tell(Args a);

  Answer fd_read(Args a);
  Answer fd_write(Args a);
  Answer fd_pread(Args a);
  Answer fd_pwrite(Args a);

  Answer path_create_directory(Args a);
  Answer path_filestat_get(Args a);
  Answer path_filestat_set_times(Args a);
  Answer path_link(Args a);
  Answer path_open(Args a);
  Answer path_readlink(Args a);
  Answer path_remove_directory(Args a);
  Answer path_rename(Args a);
  Answer path_symlink(Args a);
  Answer path_unlink_file(Args a);

  Answer poll_oneoff(Args a);

  // --- State.
  ProcessSetup setup;
  Host& host;
  FileTree tree;
  Nodes& nodes;
  std::vector<Descriptor> descriptors;
  std::uint32_t listed_entries = 0;  // in all listings
  std::optional<ChaCha20> seeded_random;
  std::uint64_t virtual_ns = 0;  // since the virtual epoch
  std::uint32_t exit_code = 0;
  std::uint64_t log_bytes = 0;
  std::uint64_t dropped_log_bytes = 0;

  // A call that has not been answered for good.
  Function open_function{};
  std::array<std::uint64_t, kMaxParams> open_args{};
  std::uint64_t moved = 0;                       // bytes it has moved so far
  std::vector<std::uint64_t> poll_deadlines;     // of poll_oneoff, by subscription
  Wait wait;
};

}  // namespace weft::wasi
