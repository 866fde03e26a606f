// What one run cost, per step and try: the data behind the report, whoever measured it. Times are nanoseconds; what a
// tier cannot know is empty, never invented.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/run/events.h"

namespace weft::report {

struct AttemptRecord {
  std::uint32_t item = 0;
  std::uint32_t try_number = 1;
  std::string node, tier, mode;
  std::string start;          // cold, warm, hot
  std::int64_t start_ns = 0;  // after the run's input was complete
  std::optional<std::int64_t> queue_ns, read_ns, verify_ns, compile_ns, map_ns, instantiate_ns, run_ns, cpu_ns;
  std::optional<std::uint64_t> peak_memory_bytes;
  std::uint64_t in_bytes = 0, out_bytes = 0, log_bytes = 0;
  run::Outcome outcome;
  bool memory_limit_hit = false;
  std::string code, detail;  // of what was no exit
};

struct StepRecord {
  std::string name;
  run::EndState state = run::EndState::succeeded;
  std::string reason;  // why it did not succeed; empty where it did
  std::vector<AttemptRecord> attempts;
  std::string log_tail;  // last lines of the last try's log, of a step that failed; not part of the JSON
};

struct OutputRecord {
  std::string name;
  run::EndState state = run::EndState::succeeded;
  std::uint64_t bytes = 0;
  std::optional<Digest> digest;
};

struct NetworkRecord {
  std::int64_t connect_ns = 0, upload_ns = 0, download_ns = 0;
};

struct RunRecord {
  std::string run;  // its id
  std::string workflow;
  Digest workflow_digest;
  std::string node, tier, mode;
  std::optional<std::uint64_t> seed;
  run::RunState state = run::RunState::succeeded;
  std::int64_t makespan_ns = 0;
  std::int64_t total_ns = 0;
  std::optional<NetworkRecord> network;
  std::optional<std::int64_t> cpu_ns;
  std::vector<StepRecord> steps;
  std::vector<OutputRecord> outputs;
};

}  // namespace weft::report
