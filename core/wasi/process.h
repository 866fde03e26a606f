// One guest program as WASI preview 1 sees it: arguments, descriptors, file tree, clocks, exit. Answers the calls of
// `wasi_snapshot_preview1`; the host defines them for the guest and carries bytes (host.h).
// Owner: whoever runs the instance; one thread at a time. Sans-I/O: never waits, never reads a clock of its own.
// Calling order: fill tree() and the descriptors through Setup first; then call() for every call the guest makes. After
// an answer `pending` the guest stays suspended until resume() answers something else; wait() says what to wait for.
// After `more` (a long copy, cut so that neighbours get their turn) call resume() when it suits. After `exited` or
// `killed` the guest must not run on.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/wasi/errno.h"
#include "core/wasi/host.h"
#include "core/wasi/tree.h"

namespace weft::wasi {

struct Bounds {
  std::uint64_t tree_bytes = 1ULL << 30;  // file contents, without those mounted read-only
  std::uint64_t log_bytes = 1ULL << 20;   // past it stderr is dropped and counted
  std::uint32_t descriptors = 1024;
  std::uint32_t files = 65'536;           // names in the tree: of files, folders, links; a hard link is one more
};

struct Setup {
  std::vector<std::string> args;  // argv[0] first; no NUL inside
  std::vector<std::pair<std::string, std::string>> env;
  // Deterministic: key of the ChaCha20 stream (see seed.h); clocks and sleeps are virtual then.
  std::optional<std::array<std::uint8_t, 32>> seed_key;
  // fd_read fills the asked length of a stream; of frames, up to the end of the one that is there; where somebody types,
  // it gives what is there.
  enum class StdinKind { stream, frames, interactive } stdin_kind = StdinKind::stream;
  Bounds bounds;
};

enum class Function : std::uint8_t;  // functions.h: all of preview 1, in the order of kFunctions

struct Answer {
  enum class Kind : std::uint8_t { done, pending, more, exited, killed };
  Kind kind = Kind::done;
  Errno error = Errno::success;  // of done: what the guest gets
};

// What a pending call waits for; any of it wakes.
struct Wait {
  bool stdin_readable = false;
  bool stdout_writable = false;
  bool stderr_writable = false;
  std::optional<std::uint64_t> until_monotonic_ns;  // on Host::now_ns(monotonic)
};

class Process {
 public:
  Process(Setup setup, Host& host);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The file tree, to mount /in and files before the first call and to take /out from after the last.
  [[nodiscard]] FileTree& tree();

  // `args` as the guest gave them, i32 zero-extended; as many as functions.h says. Unknown functions assert.
  [[nodiscard]] Answer call(Function function, std::span<const std::uint64_t> args);
  [[nodiscard]] Answer resume();
  // The next frame of a `stream` step begins: with its own random bytes and, where it has a seed, its own time.
  void begin_frame(std::optional<std::array<std::uint8_t, 32>> seed_key);
  [[nodiscard]] const Wait& wait() const;

  [[nodiscard]] std::uint32_t exit_code() const;  // of proc_exit; 0 before it
  [[nodiscard]] std::uint64_t log_bytes() const;          // kept
  [[nodiscard]] std::uint64_t dropped_log_bytes() const;  // past the bound
  [[nodiscard]] bool tree_limit_hit() const;              // some call answered ENOSPC for a bound

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weft::wasi
