// Runs one attempt of a step somewhere: in this process, on another node, in a fake. The driver's only door to execution.
// Thread: start() and cancel() are called on the driver's shard; `started` and `done` are called on that shard too, `done`
// exactly once, also after cancel(), and perhaps before start() has returned.
// Not here: when to run, retry or give up (core/run), where (core/place), how bytes are kept (host/payload).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/flow/model.h"
#include "core/run/events.h"
#include "host/payload/blob.h"

namespace weft::host {

// How code comes about: compiled ahead by Cranelift and kept, by Cranelift when needed, by Winch when needed.
enum class Mode : std::uint8_t { aot, jit, winch };
[[nodiscard]] std::string_view name_of(Mode mode);

struct NamedBlob {
  std::string name;
  Blob blob;
};

// A module's bytes and name, read and verified once for all runs.
struct ModuleSource {
  std::string path;  // for people
  Digest digest;
  Blob bytes;
  std::uint64_t read_ns = 0;    // what reading and verifying took; charged to the attempt that loads it
  std::uint64_t verify_ns = 0;
};

struct Bounds {
  std::uint64_t memory_bytes = 1ULL << 30;  // of the linear memory
  std::uint64_t tree_bytes = 1ULL << 30;    // of the file tree
  std::uint64_t output_bytes = 1ULL << 30;
  std::uint64_t log_bytes = 1ULL << 20;
};

// What is the same for every attempt of a step.
struct StepProgram {
  std::string name;  // argv[0]
  std::shared_ptr<const ModuleSource> module;
  Mode mode = Mode::aot;
  flow::Abi abi = flow::Abi::command;
  flow::Instances instances;
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::vector<NamedBlob> files;      // read-only, guest paths
  std::vector<std::string> outputs;  // below /out
  Bounds bounds;
};

// Descriptors of this process that a guest reads and writes straight, for `weft exec`; -1: payload as usual.
struct LiveStdio {
  int in = -1, out = -1, err = -1;
  bool interactive = false;  // a terminal: reads give what is there
};

struct AttemptSpec {
  std::shared_ptr<const StepProgram> program;
  Blob stdin_bytes;
  std::vector<NamedBlob> in_files;  // below /in
  std::optional<std::array<std::uint8_t, 32>> seed_key;
  LiveStdio live;
  std::vector<NamedBlob> writable_files;  // guest paths; the guest's own copies
  std::uint32_t instance_cap = 0;         // of the program's instances where this attempt runs; 0: no bound
  bool keep_out_folder = false;           // answer with all of /out
};

enum class Start : std::uint8_t { cold, warm, hot };
[[nodiscard]] std::string_view name_of(Start start);

struct AttemptResult {
  run::Outcome outcome;
  std::string code;    // of anything but an exit: "trap.unreachable", "output.too_large", "module.not_wasm", ...
  std::string detail;  // one sentence for a person
  Start start = Start::warm;
  std::uint64_t queue_ns = 0, read_ns = 0, verify_ns = 0, compile_ns = 0, map_ns = 0, instantiate_ns = 0, run_ns = 0;
  std::uint64_t cpu_ns = 0;
  std::uint64_t peak_memory_bytes = 0;  // linear memory and file tree
  std::uint64_t in_bytes = 0;
  std::uint64_t dropped_log_bytes = 0;
  bool memory_limit_hit = false;
  Blob output;
  std::vector<Blob> files;  // as StepProgram::outputs
  std::vector<NamedBlob> out_folder;  // where AttemptSpec asks for it; paths below /out, in order
  Blob log;
};

class RunningAttempt {
 public:
  virtual ~RunningAttempt() = default;
  // `done` answers with timed_out or cancelled, unless the attempt has ended by itself.
  virtual void cancel(run::CancelAttempt::Reason reason) = 0;
};

class StepRunner {
 public:
  using Started = std::move_only_function<void()>;
  using Done = std::move_only_function<void(AttemptResult)>;
  virtual ~StepRunner() = default;
  // The answer must outlive the attempt: destroying it earlier cancels and calls nothing. Nothing is answered when the
  // attempt was over before start() returned.
  [[nodiscard]] virtual std::unique_ptr<RunningAttempt> start(AttemptSpec spec, Started started, Done done) = 0;
};

}  // namespace weft::host
