// The verbs of the command line: what each takes, filled in by main.cc. Each answers the process's exit code.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/ports/step_runner.h"

namespace weft::app {

// SPEC section 5.
enum ExitCode : int {
  kExitOk = 0,
  kExitRunFailed = 1,
  kExitUsage = 2,
  kExitTimedOut = 124,
  kExitOwnFailure = 125,
  kExitInterrupted = 130,
  kExitTrap = 134,
};

enum class Format { text, json };

struct RunArgs {
  std::string flow;
  std::vector<std::string> inputs;  // [NAME=]FILE
  std::vector<std::string> frames;
  std::string output;  // folder or "-"; empty: outputs are only described
  std::string logs;
  std::uint32_t window = 4;
  std::uint32_t repeat = 1;
  std::uint32_t shards = 0;  // 0: one a core
  host::Mode mode = host::Mode::aot;
  std::map<std::string, std::string> params;
  std::optional<std::uint64_t> seed;
  Format format = Format::text;
};
int run(const RunArgs& args);

struct ExecArgs {
  std::string module;
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> files;  // guest, host
  std::vector<std::pair<std::string, std::string>> env;
  std::string out;
  std::optional<std::uint64_t> seed;
  std::optional<std::int64_t> timeout_us;
  std::uint64_t memory_bytes = 1ULL << 30;
  host::Mode mode = host::Mode::aot;
};
int exec(const ExecArgs& args);

struct FileArgs {
  std::string path;
  Format format = Format::text;
};
int validate(const FileArgs& args);
int compile(const FileArgs& args);
int inspect(const FileArgs& args);
int doctor(Format format);
int version(Format format);
// The completion script for bash.
int completion();

}  // namespace weft::app
