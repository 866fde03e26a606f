#include "host/driver/run_driver.h"

#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "core/run/trace.h"
#include "core/wasi/seed.h"
#include "host/driver/items.h"
#include "host/driver/limits.h"

namespace weft::host {

struct RunDriver::Item {
  std::unique_ptr<RunningAttempt> attempt;
  std::int64_t asked_ns = 0;  // when core/run let it start
  Blob answer;
};

struct RunDriver::Step {
  Item single;
  std::vector<Item> items;   // of an `each` step
  std::vector<Blob> inputs;  // of those items
  std::string split_problem;
  Blob output;
  std::vector<Blob> files;
  Blob log;
  std::optional<Blob> failed_input;
  bool started = false;
  std::optional<run::EndState> state;
  report::StepRecord record;
};

RunDriver::RunDriver(RunRequest request, Loop& loop, StepRunner& runner, Blobs* blobs, RunObserver* observer, Done done)
    : request_(std::move(request)),
      workflow_(request_.prepared->workflow),
      loop_(loop),
      runner_(runner),
      blobs_(blobs),
      observer_(observer),
      done_(std::move(done)),
      run_(request_.prepared->plan, request_.options),
      steps_(workflow_.steps.size()) {
  WEFT_ASSERT(request_.inputs.size() == workflow_.input_count());
}

RunDriver::~RunDriver() { *alive_ = false; }

void RunDriver::begin() {
  begun_ns_ = loop_.now_ns();
  handle(run::Begin{});
}

void RunDriver::cancel() {
  if (!run_.finished()) handle(run::CancelAsked{});
}

run::Instant RunDriver::now() const { return {static_cast<std::int64_t>((loop_.now_ns() - begun_ns_) / 1000)}; }

// Attempts may end while they are being started; their events wait here until the action at hand is done.
void RunDriver::handle(run::Event event) {
  events_.push_back(event);
  if (!pumping_ && !turn_posted_) pump();
}

void RunDriver::pump() {
  pumping_ = true;
  const std::shared_ptr<bool> alive = alive_;
  std::size_t handled = 0;
  while (next_event_ < events_.size() && handled < kMaxEventsATurn) {
    const run::Event event = events_[next_event_++];
    if (next_event_ == events_.size()) events_.clear(), next_event_ = 0;
    ++handled;
    if (run_.finished()) continue;
    run_.handle(event, now());
    while (const auto action = run_.poll_action()) {
      std::visit([this](const auto& a) { act(a); }, *action);
      if (!*alive) return;  // the answer was given, and its taker ended this run
    }
  }
  pumping_ = false;
  if (next_event_ == events_.size() || turn_posted_) return;
  turn_posted_ = true;
  loop_.post([this, alive] {
    if (!*alive) return;
    turn_posted_ = false;
    pump();
  });
}

RunDriver::Item& RunDriver::item(run::Attempt attempt) {
  Step& step = steps_[index(attempt.step)];
  return step.items.empty() ? step.single : step.items[index(attempt.item)];
}

bool RunDriver::gives_bytes(const flow::Source& source) const {
  return source.kind == flow::Source::Kind::run_input || steps_[source.step].state == run::EndState::succeeded;
}

Blob RunDriver::bytes_of(const flow::Source& source) const {
  switch (source.kind) {
    case flow::Source::Kind::run_input: return request_.inputs[source.input];
    case flow::Source::Kind::step: return steps_[source.step].output;
    case flow::Source::Kind::step_file: return steps_[source.step].files[source.output];
  }
  return {};
}

Blob RunDriver::stdin_of(std::uint32_t index) const {
  const flow::Step& step = workflow_.steps[index];
  if (step.stdin_need) {
    const flow::Source& source = step.needs[*step.stdin_need].source;
    return gives_bytes(source) ? bytes_of(source) : Blob();
  }
  return step.needs.empty() && workflow_.input_count() == 1 ? request_.inputs[0] : Blob();
}

void RunDriver::act(const run::SplitInput& action) {
  const std::uint32_t at = index(action.step);
  Step& step = steps_[at];
  auto items = split_items(stdin_of(at), workflow_.steps[at].each, run::kMaxItems);
  if (!items) {
    step.split_problem = items.error().message;
    return handle(run::SplitFailed{action.step});
  }
  const auto count = static_cast<std::uint32_t>(items->size());
  if (count > run::kMaxItems) {
    step.split_problem = "its stdin has more than " + std::to_string(run::kMaxItems) + " items";
  } else {
    step.inputs = std::move(*items);
    step.items.resize(count);
  }
  handle(run::ItemsCounted{action.step, count});
}

AttemptSpec RunDriver::spec_of(run::Attempt attempt) {
  const std::uint32_t at = index(attempt.step);
  const flow::Step& step = workflow_.steps[at];
  AttemptSpec spec;
  spec.program = request_.prepared->programs[at];
  spec.stdin_bytes = step.each == flow::Each::none ? stdin_of(at) : steps_[at].inputs[index(attempt.item)];
  for (std::uint32_t i = 0; i < step.needs.size(); ++i)
    if (step.stdin_need != i && gives_bytes(step.needs[i].source))
      spec.in_files.push_back({step.needs[i].key, bytes_of(step.needs[i].source)});
  std::optional<std::uint64_t> seed = step.seed;
  if (!seed) seed = workflow_.seed;
  if (request_.seed) seed = request_.seed;
  if (seed) spec.seed_key = wasi::seed_key(*seed, step.name, index(attempt.item), attempt.try_number);
  return spec;
}

void RunDriver::act(const run::StartAttempt& action) {
  const run::Attempt attempt = action.attempt;
  Step& step = steps_[index(attempt.step)];
  if (!std::exchange(step.started, true) && observer_ != nullptr) observer_->step_started(index(attempt.step));
  item(attempt).asked_ns = static_cast<std::int64_t>(loop_.now_ns() - begun_ns_);
  auto running = runner_.start(
      spec_of(attempt), [this, attempt] { handle(run::AttemptStarted{attempt}); },
      [this, attempt](AttemptResult result) { ended(attempt, std::move(result)); });
  if (running) item(attempt).attempt = std::move(running);
}

void RunDriver::act(const run::CancelAttempt& action) {
  // Cancelling may end the attempt at once; its handle must live through that.
  if (RunningAttempt* running = item(action.attempt).attempt.get()) running->cancel(action.reason);
}

void RunDriver::ended(run::Attempt attempt, AttemptResult result) {
  Item& it = item(attempt);
  record(attempt, result, it.asked_ns);
  // The attempt may be on the stack below: its handle goes once this turn is over.
  if (it.attempt) loop_.post([handle = std::move(it.attempt)] {});
  Step& step = steps_[index(attempt.step)];
  step.log = std::move(result.log);
  if (result.outcome.kind != run::Outcome::Kind::cancelled && result.outcome != run::Outcome{run::Outcome::Kind::exited, 0}) {
    const bool whole = workflow_.steps[index(attempt.step)].each == flow::Each::none;
    step.failed_input = whole ? stdin_of(index(attempt.step)) : step.inputs[index(attempt.item)];
  }
  it.answer = std::move(result.output);
  if (step.items.empty()) step.files = std::move(result.files);
  handle(run::AttemptEnded{attempt, result.outcome});
}

void RunDriver::record(run::Attempt attempt, const AttemptResult& r, std::int64_t asked_ns) {
  report::AttemptRecord a;
  a.item = index(attempt.item);
  a.try_number = attempt.try_number;
  a.node = request_.node;
  a.tier = request_.tier;
  a.mode = name_of(request_.prepared->mode);
  a.start = name_of(r.start);
  a.start_ns = asked_ns;
  const auto ns = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  a.queue_ns = ns(r.queue_ns);
  a.read_ns = ns(r.read_ns);
  a.verify_ns = ns(r.verify_ns);
  a.compile_ns = ns(r.compile_ns);
  a.map_ns = ns(r.map_ns);
  a.instantiate_ns = ns(r.instantiate_ns);
  a.run_ns = ns(r.run_ns);
  a.cpu_ns = ns(r.cpu_ns);
  a.peak_memory_bytes = r.peak_memory_bytes;
  a.in_bytes = r.in_bytes;
  a.out_bytes = r.output.size_bytes();
  for (const Blob& file : r.files) a.out_bytes += file.size_bytes();
  a.log_bytes = r.log.size_bytes() + r.dropped_log_bytes;
  a.outcome = r.outcome;
  a.memory_limit_hit = r.memory_limit_hit;
  a.code = r.code;
  a.detail = r.detail;
  steps_[index(attempt.step)].record.attempts.push_back(std::move(a));
}

Blob RunDriver::kept(Blob blob) {
  if (blobs_ == nullptr || blob.empty()) return blob;
  auto stored = blobs_->keep(blob);
  return stored ? std::move(*stored) : blob;
}

void RunDriver::act(const run::EndStep& action) {
  const std::uint32_t at = index(action.step);
  Step& step = steps_[at];
  step.state = action.state;
  if (action.state == run::EndState::succeeded) {
    if (workflow_.steps[at].each == flow::Each::none) {
      step.output = kept(std::move(step.single.answer));
    } else {
      std::vector<Blob> answers;
      answers.reserve(step.items.size());
      for (Item& it : step.items) answers.push_back(std::move(it.answer));
      step.output = kept(join_items(answers, workflow_.steps[at].each));
    }
    for (Blob& file : step.files) file = kept(std::move(file));
  } else {
    step.files.clear();
  }
  step.single.answer = Blob();
  step.items.clear();
  step.inputs.clear();
  if (observer_ != nullptr) observer_->step_ended(at, action.state);
}

void RunDriver::act(const run::ReleaseOutput& action) {
  Step& step = steps_[index(action.step)];
  step.output = Blob();
  for (Blob& file : step.files) file = Blob();
}

void RunDriver::act(const run::SetTimer& action) {
  timer_.reset();
  if (!action.deadline) return;
  const std::uint64_t at_ns = begun_ns_ + static_cast<std::uint64_t>(action.deadline->micros) * 1000;
  timer_ = loop_.at(at_ns, [this] { handle(run::TimerFired{}); });
}

void RunDriver::act(const run::FinishRun& action) { finish(action.state); }

// Why a step did not succeed, in a sentence without the step's name.
std::string RunDriver::reason_of(std::uint32_t at, run::EndState state) const {
  const Step& step = steps_[at];
  if (state == run::EndState::succeeded) return {};
  if (state == run::EndState::skipped) return "its `when` did not hold";
  if (state == run::EndState::cancelled) return "the run was stopped";
  if (!step.split_problem.empty()) return step.split_problem;
  const report::AttemptRecord* last = nullptr;  // the one that failed it, not those it stopped
  for (const report::AttemptRecord& a : step.record.attempts)
    if (a.outcome.kind != run::Outcome::Kind::cancelled &&
        !(a.outcome.kind == run::Outcome::Kind::exited && a.outcome.exit_code == 0))
      last = &a;
  if (last == nullptr) return "it failed";
  std::string text;
  switch (last->outcome.kind) {
    case run::Outcome::Kind::exited: text = "exit code " + std::to_string(last->outcome.exit_code); break;
    case run::Outcome::Kind::trapped: text = "trap: " + last->detail; break;
    default: text = last->detail; break;
  }
  const std::uint32_t tries = workflow_.steps[at].retry.max + 1;
  if (workflow_.steps[at].each != flow::Each::none) text += ", item " + std::to_string(last->item);
  if (tries > 1) text += " (try " + std::to_string(last->try_number) + " of " + std::to_string(tries) + ")";
  return text;
}

void RunDriver::finish(run::RunState state) {
  timer_.reset();
  RunResult result;
  report::RunRecord& record = result.record;
  record.makespan_ns = static_cast<std::int64_t>(loop_.now_ns() - begun_ns_);
  record.total_ns = record.makespan_ns;
  record.run = request_.id;
  record.workflow = workflow_.name;
  record.workflow_digest = request_.prepared->digest;
  record.node = request_.node;
  record.tier = request_.tier;
  record.mode = name_of(request_.prepared->mode);
  record.seed = request_.seed ? request_.seed : workflow_.seed;
  record.state = state;
  std::int64_t cpu = 0;
  for (std::uint32_t i = 0; i < steps_.size(); ++i) {
    report::StepRecord& step = steps_[i].record;
    step.name = workflow_.steps[i].name;
    step.state = *steps_[i].state;
    step.reason = reason_of(i, step.state);
    for (const report::AttemptRecord& a : step.attempts) cpu += a.cpu_ns.value_or(0);
    record.steps.push_back(std::move(step));
    result.logs.push_back(std::move(steps_[i].log));
    result.failed_inputs.push_back(std::move(steps_[i].failed_input));
  }
  record.cpu_ns = cpu;
  for (const flow::Output& output : workflow_.outputs) {
    const bool good = gives_bytes(output.source);
    result.outputs.push_back(good ? bytes_of(output.source) : Blob());
    record.outputs.push_back({output.source.text, *steps_[output.source.step].state, result.outputs.back().size_bytes(), {}});
  }
  done_(std::move(result));
}

}  // namespace weft::host
