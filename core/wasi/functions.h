// The functions of `wasi_snapshot_preview1` and their numeric shape, after its witx definition: what a host defines for
// the guest, in the order of Function. The definition has 45, or 46 with sock_accept, which came late; all are here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weft::wasi {

enum class Function : std::uint8_t {
  args_get,
  args_sizes_get,
  environ_get,
  environ_sizes_get,
  clock_res_get,
  clock_time_get,
  fd_advise,
  fd_allocate,
  fd_close,
  fd_datasync,
  fd_fdstat_get,
  fd_fdstat_set_flags,
  fd_fdstat_set_rights,
  fd_filestat_get,
  fd_filestat_set_size,
  fd_filestat_set_times,
  fd_pread,
  fd_prestat_get,
  fd_prestat_dir_name,
  fd_pwrite,
  fd_read,
  fd_readdir,
  fd_renumber,
  fd_seek,
  fd_sync,
  fd_tell,
  fd_write,
  path_create_directory,
  path_filestat_get,
  path_filestat_set_times,
  path_link,
  path_open,
  path_readlink,
  path_remove_directory,
  path_rename,
  path_symlink,
  path_unlink_file,
  poll_oneoff,
  proc_exit,
  proc_raise,
  sched_yield,
  random_get,
  sock_accept,
  sock_recv,
  sock_send,
  sock_shutdown,
};

struct FunctionInfo {
  std::string_view name;
  std::string_view params;  // one letter each: 'i' is an i32, 'I' an i64
  bool has_result;          // answers an errno as i32; all but proc_exit
  bool may_wait;            // may answer pending or more; the others answer done, exited or killed at once
};

inline constexpr std::size_t kFunctionCount = 46;
inline constexpr std::size_t kMaxFunctionParams = 9;  // path_open

inline constexpr std::array<FunctionInfo, kFunctionCount> kFunctions = {
    FunctionInfo{"args_get", "ii", true, false},
    FunctionInfo{"args_sizes_get", "ii", true, false},
    FunctionInfo{"environ_get", "ii", true, false},
    FunctionInfo{"environ_sizes_get", "ii", true, false},
    FunctionInfo{"clock_res_get", "ii", true, false},
    FunctionInfo{"clock_time_get", "iIi", true, false},
    FunctionInfo{"fd_advise", "iIIi", true, false},
    FunctionInfo{"fd_allocate", "iII", true, false},
    FunctionInfo{"fd_close", "i", true, false},
    FunctionInfo{"fd_datasync", "i", true, false},
    FunctionInfo{"fd_fdstat_get", "ii", true, false},
    FunctionInfo{"fd_fdstat_set_flags", "ii", true, false},
    FunctionInfo{"fd_fdstat_set_rights", "iII", true, false},
    FunctionInfo{"fd_filestat_get", "ii", true, false},
    FunctionInfo{"fd_filestat_set_size", "iI", true, false},
    FunctionInfo{"fd_filestat_set_times", "iIIi", true, false},
    FunctionInfo{"fd_pread", "iiiIi", true, true},
    FunctionInfo{"fd_prestat_get", "ii", true, false},
    FunctionInfo{"fd_prestat_dir_name", "iii", true, false},
    FunctionInfo{"fd_pwrite", "iiiIi", true, true},
    FunctionInfo{"fd_read", "iiii", true, true},
    FunctionInfo{"fd_readdir", "iiiIi", true, false},
    FunctionInfo{"fd_renumber", "ii", true, false},
    FunctionInfo{"fd_seek", "iIii", true, false},
    FunctionInfo{"fd_sync", "i", true, false},
    FunctionInfo{"fd_tell", "ii", true, false},
    FunctionInfo{"fd_write", "iiii", true, true},
    FunctionInfo{"path_create_directory", "iii", true, false},
    FunctionInfo{"path_filestat_get", "iiiii", true, false},
    FunctionInfo{"path_filestat_set_times", "iiiiIIi", true, false},
    FunctionInfo{"path_link", "iiiiiii", true, false},
    FunctionInfo{"path_open", "iiiiiIIii", true, false},
    FunctionInfo{"path_readlink", "iiiiii", true, false},
    FunctionInfo{"path_remove_directory", "iii", true, false},
    FunctionInfo{"path_rename", "iiiiii", true, false},
    FunctionInfo{"path_symlink", "iiiii", true, false},
    FunctionInfo{"path_unlink_file", "iii", true, false},
    FunctionInfo{"poll_oneoff", "iiii", true, true},
    FunctionInfo{"proc_exit", "i", false, false},
    FunctionInfo{"proc_raise", "i", true, false},
    FunctionInfo{"sched_yield", "", true, false},
    FunctionInfo{"random_get", "ii", true, true},
    FunctionInfo{"sock_accept", "iii", true, false},
    FunctionInfo{"sock_recv", "iiiiii", true, false},
    FunctionInfo{"sock_send", "iiiii", true, false},
    FunctionInfo{"sock_shutdown", "ii", true, false},
};

[[nodiscard]] constexpr const FunctionInfo& info(Function function) {
  return kFunctions[static_cast<std::size_t>(function)];
}

[[nodiscard]] constexpr std::optional<Function> find_function(std::string_view name) {
  for (std::size_t i = 0; i < kFunctions.size(); ++i) {
    if (kFunctions[i].name == name) return static_cast<Function>(i);
  }
  return std::nullopt;
}

static_assert(find_function("sock_shutdown") == Function::sock_shutdown);
static_assert(info(Function::path_open).params.size() == kMaxFunctionParams);

}  // namespace weft::wasi
