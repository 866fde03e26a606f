// Carries out one run: feeds core/run with what happens, does what it says, keeps the blobs between steps, measures.
// Owner: whoever started the run; on one loop from begin() to the answer. Destroying it earlier drops the run's attempts.
// Not here: what may run when (core/run), how a guest runs (StepRunner), where bytes come from and go to (callers).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/report/record.h"
#include "core/run/run.h"
#include "host/driver/prepared.h"
#include "host/payload/blob.h"
#include "host/ports/blobs.h"
#include "host/ports/loop.h"
#include "host/ports/step_runner.h"

namespace weft::host {

struct RunRequest {
  std::shared_ptr<const PreparedWorkflow> prepared;
  std::string id;
  std::vector<Blob> inputs;  // as the workflow declares them
  std::optional<std::uint64_t> seed;  // wins over the document's
  run::RunOptions options;
  std::string node = "local", tier = "local";
};

struct RunResult {
  report::RunRecord record;    // its total is the makespan until a caller who saw more sets it
  std::vector<Blob> outputs;   // as the workflow lists them; empty where the step did not succeed
  std::vector<Blob> logs;      // by step: of the last try of its last item
  std::vector<std::optional<Blob>> failed_inputs;  // by step: stdin of the try that failed it
};

// Told of a step's state as it changes, on the run's loop.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void step_started(std::uint32_t step) = 0;
  virtual void step_ended(std::uint32_t step, run::EndState state) = 0;
};

class RunDriver {
 public:
  using Done = std::move_only_function<void(RunResult)>;
  // `blobs` may be null: everything stays in memory. `observer` may be null. All must outlive the run.
  RunDriver(RunRequest request, Loop& loop, StepRunner& runner, Blobs* blobs, RunObserver* observer, Done done);
  ~RunDriver();
  RunDriver(const RunDriver&) = delete;
  RunDriver& operator=(const RunDriver&) = delete;

  void begin();
  // Stops what runs; the answer still comes, once.
  void cancel();

 private:
  struct Item;
  struct Step;

  void handle(run::Event event);
  void pump();
  void act(const run::SplitInput& action);
  void act(const run::StartAttempt& action);
  void act(const run::CancelAttempt& action);
  void act(const run::EndStep& action);
  void act(const run::ReleaseOutput& action);
  void act(const run::SetTimer& action);
  void act(const run::FinishRun& action);

  [[nodiscard]] run::Instant now() const;
  [[nodiscard]] Item& item(run::Attempt attempt);
  [[nodiscard]] Blob bytes_of(const flow::Source& source) const;
  [[nodiscard]] bool gives_bytes(const flow::Source& source) const;
  [[nodiscard]] Blob stdin_of(std::uint32_t step) const;
  [[nodiscard]] AttemptSpec spec_of(run::Attempt attempt);
  void ended(run::Attempt attempt, AttemptResult result);
  void record(run::Attempt attempt, const AttemptResult& result, std::int64_t asked_ns);
  [[nodiscard]] std::string reason_of(std::uint32_t step, run::EndState state) const;
  [[nodiscard]] Blob kept(Blob blob);
  void finish(run::RunState state);

  RunRequest request_;
  const flow::Workflow& workflow_;
  Loop& loop_;
  StepRunner& runner_;
  Blobs* blobs_;
  RunObserver* observer_;
  Done done_;
  run::Run run_;
  std::vector<Step> steps_;
  std::vector<run::Event> events_;  // that came up while another was handled
  std::size_t next_event_ = 0;
  bool pumping_ = false;
  bool turn_posted_ = false;
  std::unique_ptr<Pending> timer_;
  std::uint64_t begun_ns_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace weft::host
