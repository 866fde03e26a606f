// `weft run FLOW`: one run, several after one another, or a stream of them through a window.
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "apps/weft/flow_loader.h"
#include "apps/weft/machine.h"
#include "apps/weft/progress.h"
#include "apps/weft/terminal.h"
#include "apps/weft/verbs.h"
#include "core/base/json_writer.h"
#include "core/base/text.h"
#include "core/flow/problems.h"
#include "core/place/place.h"
#include "core/report/json.h"
#include "core/report/statistics.h"
#include "core/report/text.h"
#include "core/run/trace.h"
#include "core/run/window.h"
#include "host/driver/limits.h"
#include "host/driver/run_driver.h"
#include "host/store/files.h"

namespace weft::app {
namespace {

constexpr std::uint64_t kMaxInputBytes = 64ULL << 30;  // memory ends earlier; past it a size is a mistake

std::string random_id() {
  std::array<std::uint8_t, 4> bytes{};
  static_cast<void>(::getrandom(bytes.data(), bytes.size(), 0));
  return to_hex(bytes);
}

// The run's inputs in the workflow's order.
Result<std::vector<host::Blob>> read_inputs(const RunArgs& args, const flow::Workflow& workflow, const std::shared_ptr<host::ChunkPool>& pool) {
  std::vector<host::Blob> blobs(workflow.input_count());
  std::vector<bool> given(blobs.size());
  for (const std::string& text : args.inputs) {
    std::size_t index = 0;
    std::string path = text;
    if (!workflow.inputs.empty()) {
      const std::size_t at = text.find('=');
      const std::string name = text.substr(0, at);
      const auto found = std::find(workflow.inputs.begin(), workflow.inputs.end(), name);
      if (at == std::string::npos || found == workflow.inputs.end()) {
        const std::vector<std::string_view> names(workflow.inputs.begin(), workflow.inputs.end());
        std::string all;
        for (const std::string_view n : names) all += (all.empty() ? "" : ", ") + std::string(n);
        return fail("run.unknown_input", "--input " + flow::quoted(text) + " names no input of the workflow; its inputs are: " + all);
      }
      index = static_cast<std::size_t>(found - workflow.inputs.begin());
      path = text.substr(at + 1);
    }
    if (given[index]) return fail("run.input_twice", "--input gives " + (workflow.inputs.empty() ? "the run's input" : "`" + workflow.inputs[index] + "`") + " twice");
    given[index] = true;
    auto blob = host::read_file(path, pool, kMaxInputBytes);
    if (!blob) return std::unexpected(blob.error());
    blobs[index] = std::move(*blob);
  }
  for (std::size_t i = 0; i < given.size(); ++i)
    if (!given[i] && !workflow.inputs.empty()) return fail("run.missing_input", "the workflow needs the input `" + workflow.inputs[i] + "`; add --input " + workflow.inputs[i] + "=FILE");
  return blobs;
}

class RunVerb {
 public:
  RunVerb(const RunArgs& args, std::shared_ptr<const host::PreparedWorkflow> prepared, Waiter& waiter, Machine& machine)
      : args_(args), prepared_(std::move(prepared)), waiter_(waiter), machine_(machine), loop_(machine.shards().loop(0)) {
    Progress::Options options{prepared_->workflow, is_terminal(Stream::err) && args.format == Format::text && args.frames.empty()};
    progress_ = std::make_unique<Progress>(options);
  }

  int single(const std::vector<host::Blob>& inputs) {
    std::vector<double> makespans;
    for (std::uint32_t i = 0; i < args_.repeat; ++i) {
      const std::int64_t begun = static_cast<std::int64_t>(loop_.now_ns());
      auto result = one(inputs);
      if (!result) return kExitInterrupted;
      result->record.total_ns = static_cast<std::int64_t>(loop_.now_ns()) - begun;
      makespans.push_back(static_cast<double>(result->record.makespan_ns) / 1000);
      const bool last = i + 1 == args_.repeat || result->record.state != run::RunState::succeeded;
      if (!last) continue;
      if (const int code = answer(*result); code != kExitOk) return code;
      if (args_.repeat > 1) print_repeats(makespans);
      return code_of(result->record.state);
    }
    return kExitOk;
  }

  // A workflow of one input over many files, `window` of them at once.
  int stream() {
    Frames frames(*this);
    return frames.run();
  }

 private:
  // One run from begin to end; nothing when it was interrupted and is gone.
  std::optional<host::RunResult> one(const std::vector<host::Blob>& inputs) {
    host::RunRequest request = make_request(inputs, random_id());
    std::unique_ptr<host::RunDriver> driver;  // the shard's
    std::optional<host::RunResult> result;
    loop_.post([&] {
      driver = std::make_unique<host::RunDriver>(std::move(request), loop_, machine_.shards().runner(0), &machine_.blobs(), progress_.get(), [&](host::RunResult r) {
        result = std::move(r);
        waiter_.notify();
      });
      driver->begin();
    });
    if (waiter_.wait() == Waiter::Woken::interrupted) {
      loop_.post([&] { driver->cancel(); });
      if (waiter_.wait() == Waiter::Woken::interrupted) ::_exit(kExitInterrupted);
    }
    loop_.post([&] {
      driver.reset();
      waiter_.notify();
    });
    static_cast<void>(waiter_.wait());
    progress_->finish();
    return result;
  }

  host::RunRequest make_request(std::vector<host::Blob> inputs, std::string id) const {
    host::RunRequest request;
    request.prepared = prepared_;
    request.id = std::move(id);
    request.inputs = std::move(inputs);
    request.seed = args_.seed;
    return request;
  }

  static int code_of(run::RunState state) {
    switch (state) {
      case run::RunState::succeeded: return kExitOk;
      case run::RunState::failed: return kExitRunFailed;
      case run::RunState::timed_out: return kExitTimedOut;
      case run::RunState::cancelled: return kExitInterrupted;
    }
    return kExitOwnFailure;
  }

  // Report, outputs, logs. Digests are taken here, after the clock has stopped.
  int answer(host::RunResult& result) {
    for (std::size_t i = 0; i < result.outputs.size(); ++i)
      if (result.record.outputs[i].state == run::EndState::succeeded) result.record.outputs[i].digest = result.outputs[i].sha256();
    const int written = write_outputs(result);
    describe_failures(result);
    const bool to_err = args_.output == "-";
    const Stream stream = to_err ? Stream::err : Stream::out;
    if (args_.format == Format::json) {
      print(stream, report::to_json(result.record) + "\n");
    } else {
      const auto color = wants_color(stream) ? report::TextOptions::Color::on : report::TextOptions::Color::off;
      print(stream, report::to_text(result.record, {width(stream), color}));
      for (const std::string& line : kept_) print(stream, line);
    }
    return written;
  }

  int write_outputs(const host::RunResult& result) {
    if (result.record.state == run::RunState::cancelled) return kExitOk;  // partial outputs are no outputs
    for (std::size_t i = 0; i < result.outputs.size(); ++i) {
      if (result.record.outputs[i].state != run::EndState::succeeded || args_.output.empty()) continue;
      const auto written = args_.output == "-" ? host::write_descriptor(STDOUT_FILENO, result.outputs[i])
                                               : host::write_file(args_.output + "/" + result.record.outputs[i].name, result.outputs[i]);
      if (!written) return print_error(written.error()), kExitOwnFailure;
    }
    if (args_.logs.empty()) return kExitOk;
    for (std::size_t i = 0; i < result.logs.size(); ++i) {
      if (result.record.steps[i].attempts.empty()) continue;
      const auto written = host::write_file(args_.logs + "/" + result.record.steps[i].name + ".log", result.logs[i]);
      if (!written) return print_error(written.error()), kExitOwnFailure;
    }
    return kExitOk;
  }

  // The end of a failed step's log goes into the report, its input to a file that `weft exec` can be given.
  void describe_failures(host::RunResult& result) {
    for (std::size_t i = 0; i < result.record.steps.size(); ++i) {
      report::StepRecord& step = result.record.steps[i];
      if (step.state != run::EndState::failed) continue;
      step.log_tail = tail(result.logs[i]);
      if (step.attempts.empty() || !result.failed_inputs[i]) continue;
      const std::string path = ".weft/runs/" + result.record.run + "/" + step.name + ".in";
      if (host::write_file(path, *result.failed_inputs[i]))
        kept_.push_back("  its input is kept: weft exec " + prepared_->programs[i]->module->path + " < " + path + "\n");
    }
  }

  static std::string tail(const host::Blob& log) {
    const std::uint64_t size = std::min<std::uint64_t>(log.size_bytes(), host::kLogTailBytes);
    const std::string text = log.slice(log.size_bytes() - size, size).to_string();
    std::size_t begin = text.size();
    if (begin > 0 && text.back() == '\n') --begin;
    for (std::size_t lines = 0; begin > 0 && lines < host::kLogTailLines; ++lines) begin = text.rfind('\n', begin - 1) == std::string::npos ? 0 : text.rfind('\n', begin - 1);
    return begin > 0 ? text.substr(begin + 1) : text;
  }

  void print_repeats(const std::vector<double>& makespans) const {
    if (args_.format == Format::json) return;
    const report::Summary s = report::summarize(makespans);
    char line[256];
    std::snprintf(line, sizeof line, "%zu runs  makespan median %.1f us (95%% %.1f to %.1f)  p95 %.1f  p99 %.1f  min %.1f  max %.1f\n", s.count, s.median,
                  s.median_low, s.median_high, s.p95, s.p99, s.min, s.max);
    print(args_.output == "-" ? Stream::err : Stream::out, line);
  }

  // The runs of --frames, driven on shard 0 by the core's window.
  class Frames {
   public:
    explicit Frames(RunVerb& verb) : verb_(verb), window_(verb.args_.window) {}

    int run() {
      begun_ns_ = verb_.loop_.now_ns();
      verb_.loop_.post([this] { feed(); });
      bool interrupted = false;
      while (verb_.waiter_.wait() == Waiter::Woken::interrupted) {
        if (std::exchange(interrupted, true)) ::_exit(kExitInterrupted);
        verb_.loop_.post([this] { stop(); });
      }
      verb_.loop_.post([this] {
        drivers_.clear();
        verb_.waiter_.notify();
      });
      static_cast<void>(verb_.waiter_.wait());
      return finish(interrupted);
    }

   private:
    struct Done {
      host::RunResult result;
      std::string name;
    };

    // Reads on while the window is open; then acts.
    void feed() {
      while (source_open_ && !stopped_ && next_ < verb_.args_.frames.size()) {
        const std::string& path = verb_.args_.frames[next_];
        auto blob = host::read_file(path, verb_.machine_.shards().pool(0), kMaxInputBytes);
        if (!blob) {
          problem_ = blob.error();
          stopped_ = true;
          break;
        }
        inputs_[next_++] = std::move(*blob);
        window_.handle_input();
        pump();
      }
      if ((next_ == verb_.args_.frames.size() || stopped_) && !std::exchange(ended_, true)) {
        window_.handle_end();
        pump();
      }
    }

    void stop() {
      stopped_ = true;
      for (auto& [sequence, driver] : drivers_) driver->cancel();
      feed();
    }

    void pump() {
      while (const auto action = window_.poll_action()) {
        if (const auto* start = std::get_if<run::StartRun>(&*action)) start_run(start->sequence);
        if (const auto* answer = std::get_if<run::Answer>(&*action)) answer_run(answer->sequence);
        if (const auto* read = std::get_if<run::ReadOn>(&*action)) source_open_ = read->source == run::ReadOn::Source::open;
        if (std::holds_alternative<run::FinishStream>(*action)) verb_.waiter_.notify();
      }
    }

    void start_run(std::uint64_t sequence) {
      std::vector<host::Blob> inputs;
      inputs.push_back(std::move(inputs_[sequence]));
      inputs_.erase(sequence);
      const std::string id = std::to_string(sequence);
      auto request = verb_.make_request(std::move(inputs), id);
      auto driver = std::make_unique<host::RunDriver>(std::move(request), verb_.loop_, verb_.machine_.shards().runner(0), &verb_.machine_.blobs(), nullptr,
                                                      [this, sequence](host::RunResult result) {
                                                        ended_runs_[sequence] = std::move(result);
                                                        // The driver is on the stack below; the window goes on after it.
                                                        verb_.loop_.post([this, sequence] {
                                                          drivers_.erase(sequence);
                                                          window_.handle_run_ended(sequence);
                                                          pump();
                                                          feed();
                                                        });
                                                      });
      host::RunDriver& begun = *driver;
      drivers_[sequence] = std::move(driver);
      begun.begin();
    }

    void answer_run(std::uint64_t sequence) {
      host::RunResult result = std::move(ended_runs_[sequence]);
      ended_runs_.erase(sequence);
      latencies_us_.push_back(static_cast<double>(result.record.makespan_ns) / 1000);
      if (result.record.state != run::RunState::succeeded && result.record.state != run::RunState::cancelled) ++failed_;
      for (std::size_t i = 0; i < result.outputs.size(); ++i) {
        if (result.record.outputs[i].state != run::EndState::succeeded) continue;
        bytes_out_ += result.outputs[i].size_bytes();
        if (verb_.args_.output.empty() || verb_.args_.output == "-" || problem_) continue;
        const auto written = host::write_file(verb_.args_.output + "/" + std::to_string(sequence) + "/" + result.record.outputs[i].name, result.outputs[i]);
        if (!written) {
          problem_ = written.error();
          stop();
        }
      }
      last_ = std::move(result);
      window_.handle_answered(sequence);
    }

    int finish(bool interrupted) {
      const double seconds = static_cast<double>(verb_.loop_.now_ns() - begun_ns_) / 1e9;
      if (problem_) return print_error(*problem_), kExitOwnFailure;
      const report::Summary s = report::summarize(latencies_us_);
      if (verb_.args_.format == Format::json) {
        JsonWriter json;
        json.begin_object().key("runs").unsigned_integer(s.count).key("failed").unsigned_integer(failed_);
        const auto thousandths = [](double value) { return static_cast<std::int64_t>(value * 1000); };
        json.key("seconds").decimal(thousandths(seconds)).key("frames_per_second").decimal(thousandths(static_cast<double>(s.count) / seconds));
        json.key("latency_us").begin_object().key("median").decimal(thousandths(s.median)).key("p95").decimal(thousandths(s.p95));
        json.key("p99").decimal(thousandths(s.p99)).key("max").decimal(thousandths(s.max)).end_object().key("last");
        if (last_) {
          report::write(json, last_->record);
        } else {
          json.null();
        }
        json.end_object();
        print(Stream::out, json.take() + "\n");
      } else {
        if (last_) print(Stream::out, report::to_text(last_->record, {width(Stream::out)}));
        char line[256];
        std::snprintf(line, sizeof line, "%zu frames in %.3f s: %.1f a second, %s out; latency median %.1f us, p95 %.1f, p99 %.1f, max %.1f; %llu failed\n", s.count,
                      seconds, static_cast<double>(s.count) / seconds, format_bytes(bytes_out_).c_str(), s.median, s.p95, s.p99, s.max,
                      static_cast<unsigned long long>(failed_));
        print(Stream::out, line);
      }
      if (interrupted) return kExitInterrupted;
      return failed_ > 0 ? kExitRunFailed : kExitOk;
    }

    RunVerb& verb_;
    run::Window window_;
    std::map<std::uint64_t, host::Blob> inputs_;
    std::map<std::uint64_t, std::unique_ptr<host::RunDriver>> drivers_;
    std::map<std::uint64_t, host::RunResult> ended_runs_;
    std::vector<double> latencies_us_;
    std::optional<host::RunResult> last_;
    std::optional<Error> problem_;
    std::size_t next_ = 0;
    std::uint64_t failed_ = 0;
    std::uint64_t bytes_out_ = 0;
    std::uint64_t begun_ns_ = 0;
    bool source_open_ = true, stopped_ = false, ended_ = false;
  };

  const RunArgs& args_;
  std::shared_ptr<const host::PreparedWorkflow> prepared_;
  Waiter& waiter_;
  Machine& machine_;
  host::Loop& loop_;
  std::unique_ptr<Progress> progress_;
  std::vector<std::string> kept_;
};

Result<void> check_usage(const RunArgs& args, const flow::Workflow& workflow) {
  if (!args.frames.empty() && !args.inputs.empty()) return fail("run.usage", "--frames and --input cannot stand together: the frames are the inputs");
  if (!args.frames.empty() && workflow.input_count() != 1) return fail("run.usage", "--frames takes a workflow of one input, but `" + workflow.name + "` takes " + std::to_string(workflow.input_count()));
  if (!args.frames.empty() && args.repeat > 1) return fail("run.usage", "--frames and --repeat cannot stand together");
  if (args.output == "-" && workflow.outputs.size() != 1) return fail("run.usage", "--output - takes a workflow of one output; give a folder");
  if (args.output == "-" && !args.frames.empty()) return fail("run.usage", "--output - takes a single run; give a folder for --frames");
  return {};
}

}  // namespace

int run(const RunArgs& args) {
  const auto text = read_flow(args.flow);
  if (!text) return print_error(text.error()), kExitUsage;
  const auto pool = host::ChunkPool::make();
  auto loaded = load_flow(*text, {args.mode, args.params}, pool);
  if (!loaded) return print_error(loaded.error()), kExitUsage;
  if (!loaded->prepared) {
    print(Stream::err, args.format == Format::json ? flow::render_json(loaded->diagnostics) + "\n" : flow::render(loaded->diagnostics, text->path, text->text));
    return kExitUsage;
  }
  const flow::Workflow& workflow = loaded->prepared->workflow;
  if (const auto usable = check_usage(args, workflow); !usable) return print_error(usable.error()), kExitUsage;
  const std::array nodes = {place::NodeFacts{"local", "local"}};
  if (const auto placed = place::place_steps(workflow, nodes); !placed) return print_error(placed.error()), kExitUsage;
  std::vector<host::Blob> inputs;
  if (args.frames.empty()) {
    auto read = read_inputs(args, workflow, pool);
    if (!read) return print_error(read.error()), kExitUsage;
    inputs = std::move(*read);
  }
  // From here on ctrl-C cancels; before, there is nothing to end but this process.
  Waiter waiter;
  const bool many = !args.frames.empty() || args.repeat > 1;
  Machine machine(args.shards, many ? host::Allocator::pooled : host::Allocator::on_demand);
  if (many) {
    static_cast<void>(machine.engines().get(host::compiler_of(args.mode)));
    if (const auto why = machine.engines().pool_refused()) print(Stream::err, "note: instances are made on demand: " + *why + "\n");
  }
  RunVerb verb(args, loaded->prepared, waiter, machine);
  return args.frames.empty() ? verb.single(inputs) : verb.stream();
}

}  // namespace weft::app
