// A workflow as the rest of weft sees it: resolved, checked, immutable. Made by parse(), shared by every run of it.
// What a document writes as a mapping is sorted here, so that the order of its keys can never change what a step sees.
// Indices, not names, tie it together: StepIndex is a step's position in `steps` (document order).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/digest.h"
#include "core/flow/tree.h"

namespace weft::flow {

using StepIndex = std::uint32_t;
using InputIndex = std::uint32_t;

// Where bytes come from: a step's stdout, a file below its /out, or an input of the run.
struct Source {
  enum class Kind { step, step_file, run_input };
  Kind kind = Kind::step;
  StepIndex step = 0;        // of step and step_file
  std::uint32_t output = 0;  // of step_file: position in that step's `outputs`
  InputIndex input = 0;      // of run_input: position in the workflow's `inputs`; 0 where none are declared
  std::string
      text;  // as the document has it: "gray", "report.summary.json", "inputs.photo"; "inputs" is the nameless input
  friend bool operator==(const Source&, const Source&) = default;
};

struct Need {
  std::string key;  // the file's name below /in
  Source source;
};

// A string with ${NAME} parameters, in pieces: literal, parameter, literal, ...
struct Template {
  struct Piece {
    enum class Kind { literal, param } kind;
    std::string text;  // the literal, or the parameter's name
  };
  std::vector<Piece> pieces;
};

struct Retry {
  std::uint32_t max = 0;  // tries after the first
  std::int64_t backoff_us = 100'000;
  std::uint32_t factor_thousandths = 2000;
};

struct When {
  enum class Kind { success, any, failure, always, exit };
  Kind kind = Kind::success;
  StepIndex step = 0;  // of exit: the need that must have exited
  std::int32_t exit_code = 0;
};

enum class Abi { command, stream };
enum class Each { none, frames, lines };
enum class OnFailure { finish, stop };

struct Instances {
  std::uint32_t min = 0;
  std::uint32_t max = 0;  // 0: as many as the node has room for
  std::int64_t idle_timeout_us = 60'000'000;
  std::uint64_t max_reuse = 0;  // frames one instance may serve; 0: no bound
};

struct MountedFile {
  std::string guest_path;  // absolute, below neither /in nor /out
  std::string host_path;   // relative to the document's folder, never leaving it
  Span span;
};

struct Step {
  std::string name;
  Span name_span;
  std::string run;               // the module's path, relative to the document's folder
  std::optional<Digest> pinned;  // what `@sha256:...` demands of it
  Span run_span;
  std::vector<Need> needs;  // sorted by key; one need of the run's input stands here where the document has none
  std::optional<std::uint32_t> stdin_need;  // position in `needs` that goes to stdin instead of /in
  std::vector<Template> args;
  std::vector<std::pair<std::string, Template>> env;  // sorted by name, names distinct
  Each each = Each::none;
  std::uint32_t parallel = 0;  // items at once; 0: no bound of the document's
  When when;
  std::vector<std::int32_t> accept = {0};  // sorted, distinct
  Retry retry;
  std::optional<std::int64_t> timeout_us;
  std::optional<std::uint64_t> memory_bytes;
  std::vector<MountedFile> files;    // sorted by guest path
  std::vector<std::string> outputs;  // below /out, distinct, in document order
  Abi abi = Abi::command;
  Instances instances;
  std::optional<std::uint64_t> seed;
  std::vector<std::string> place;  // tiers or node names, sorted, distinct; empty: anywhere
};

struct Output {
  Source source;  // run_input never appears here
};

struct Workflow {
  std::string name;
  std::vector<std::string> inputs;                          // declared names; empty: one nameless input
  std::vector<std::pair<std::string, std::string>> params;  // name and default, in document order
  std::vector<Step> steps;
  std::vector<Output> outputs;  // the default (every step that nothing needs) is already filled in
  OnFailure on_failure = OnFailure::finish;
  std::optional<std::int64_t> timeout_us;
  std::optional<std::uint64_t> seed;

  // How many inputs a run takes: `inputs`, or the one nameless.
  [[nodiscard]] std::size_t input_count() const { return inputs.empty() ? 1 : inputs.size(); }
};

}  // namespace weft::flow
