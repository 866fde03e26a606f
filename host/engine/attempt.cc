#include "host/engine/attempt.h"

#include <time.h>

#include <algorithm>
#include <utility>

#include "core/base/assert.h"

namespace weft::host {
namespace {

std::uint64_t thread_cpu_ns() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec);
}

// A program's stderr bound is kept by the sink where frames share one process.
constexpr std::uint64_t kNoBound = UINT64_MAX;

}  // namespace

wasi::Transfer LogSink::write(std::span<const std::byte> from) {
  const std::uint64_t room = bound_ - buffer_.size_bytes();
  const auto keep = static_cast<std::size_t>(std::min<std::uint64_t>(room, from.size()));
  if (!buffer_.append(from.first(keep))) return {wasi::Transfer::State::failed, 0};
  dropped_ += from.size() - keep;
  return {wasi::Transfer::State::moved, static_cast<std::uint32_t>(from.size())};
}

EngineAttempt::EngineAttempt(EngineRunner& runner, AttemptSpec spec, StepRunner::Started started, StepRunner::Done done)
    : runner_(runner), spec_(std::move(spec)), started_(std::move(started)), done_(std::move(done)) {
  asked_ns_ = runner_.loop_.now_ns();
  result_.in_bytes = spec_.stdin_bytes.size_bytes();
  for (const NamedBlob& file : spec_.in_files) result_.in_bytes += file.blob.size_bytes();
}

EngineAttempt::~EngineAttempt() {
  waits_.clear();
  instance_.guest.reset();
  give_back();
}

// What it holds of the shard goes back: its slot and its place among the step's instances.
void EngineAttempt::give_back() {
  if (std::exchange(has_slot_, false)) runner_.free_slot();
  if (std::exchange(counted_, false)) runner_.uncount_instance(*spec_.program);
}

void EngineAttempt::begin() {
  const StepProgram& program = *spec_.program;
  if (is_stream() && !counted_) {
    if (auto idle = runner_.take_idle(program)) {
      instance_ = std::move(*idle);
      has_slot_ = counted_ = true;
      result_.start = Start::hot;
      log_ = static_cast<LogSink*>(instance_.guest->ends().err.get());
      result_.queue_ns = 0;
      begun_ns_ = asked_ns_;
      offer_frame();
      if (started_) started_();
      return turn();
    }
    if (!runner_.count_instance(spec_, weak_from_this())) return;  // begins again when one is free
    counted_ = true;
  }
  module_ = runner_.modules_.find(program.module->digest, program.mode);
  if (module_) return begin_instance();
  runner_.modules_.load(program.module, program.mode, runner_.loop_,
                        [self = weak_from_this()](Result<LoadedModule> module) {
                          if (const auto attempt = self.lock(); attempt && !attempt->over_) attempt->loaded(std::move(module));
                        });
}

void EngineAttempt::loaded(Result<LoadedModule> loaded) {
  if (!loaded) return fail_with(run::Outcome::Kind::not_loaded, loaded.error().code, loaded.error().message);
  module_ = loaded->module;
  if (loaded->compile_ns + loaded->map_ns > 0) {  // it was loaded for this attempt
    result_.start = Start::cold;
    result_.compile_ns = loaded->compile_ns;
    result_.map_ns = loaded->map_ns;
    result_.read_ns = spec_.program->module->read_ns;
    result_.verify_ns = spec_.program->module->verify_ns;
  }
  begin_instance();
}

void EngineAttempt::begin_instance() {
  if (!has_slot_ && !runner_.take_slot()) {
    runner_.waiting_.push_back(weak_from_this());
    return;
  }
  has_slot_ = true;
  begun_ns_ = runner_.loop_.now_ns();
  const std::uint64_t loading = result_.compile_ns + result_.map_ns;
  const std::uint64_t passed = begun_ns_ - asked_ns_;
  result_.queue_ns = passed > loading ? passed - loading : 0;
  if (auto made = make_guest(); !made)
    return fail_with(run::Outcome::Kind::not_loaded, made.error().code, made.error().message);
  turn();
}

wasi::Setup EngineAttempt::setup() const {
  const StepProgram& program = *spec_.program;
  wasi::Setup setup;
  setup.args.reserve(program.args.size() + 1);
  setup.args.push_back(program.name);
  setup.args.insert(setup.args.end(), program.args.begin(), program.args.end());
  setup.env = program.env;
  setup.seed_key = spec_.seed_key;
  setup.bounds.tree_bytes = program.bounds.tree_bytes;
  setup.bounds.log_bytes = kNoBound;  // LogSink keeps it
  if (is_stream()) setup.stdin_kind = wasi::Setup::StdinKind::frames;
  if (spec_.live.interactive) setup.stdin_kind = wasi::Setup::StdinKind::interactive;
  return setup;
}

Guest::Ends EngineAttempt::ends() {
  const Bounds& bounds = spec_.program->bounds;
  Guest::Ends ends;
  if (is_stream()) {
    auto in = std::make_unique<FrameSource>();
    auto out = std::make_unique<FrameSink>(runner_.pool_, bounds.output_bytes);
    instance_.in = in.get();
    instance_.out = out.get();
    ends.in = std::move(in);
    ends.out = std::move(out);
  } else {
    if (spec_.live.in >= 0) {
      ends.in = std::make_unique<DescriptorSource>(spec_.live.in);
    } else {
      ends.in = std::make_unique<BlobSource>(std::move(spec_.stdin_bytes));
    }
    if (spec_.live.out >= 0) {
      ends.out = std::make_unique<DescriptorSink>(spec_.live.out);
    } else {
      ends.out = std::make_unique<BufferSink>(runner_.pool_, bounds.output_bytes);
    }
  }
  if (spec_.live.err >= 0) {
    ends.err = std::make_unique<DescriptorSink>(spec_.live.err);
  } else {
    auto log = std::make_unique<LogSink>(runner_.pool_, bounds.log_bytes);
    log_ = log.get();
    ends.err = std::move(log);
  }
  return ends;
}

Result<void> EngineAttempt::make_guest() {
  const StepProgram& program = *spec_.program;
  instance_.guest = std::make_unique<Guest>(module_, setup(), ends(), runner_.pool_, program.bounds.memory_bytes);
  Guest& guest = *instance_.guest;
  for (const NamedBlob& file : program.files)
    if (auto mounted = guest.mount_read_only(file.name, file.blob); !mounted) return mounted;
  for (const NamedBlob& file : spec_.in_files)
    if (auto mounted = guest.mount_read_only("/in/" + file.name, file.blob); !mounted) return mounted;
  for (const NamedBlob& file : spec_.writable_files)
    if (auto mounted = guest.mount_writable(file.name, file.blob); !mounted) return mounted;
  if (!program.outputs.empty() || spec_.keep_out_folder)
    if (auto made = guest.process().tree().make_folder("/out"); !made) return made;
  if (is_stream()) offer_frame();
  return {};
}

void EngineAttempt::offer_frame() {
  instance_.guest->process().begin_frame(spec_.seed_key);
  instance_.in->offer(std::move(spec_.stdin_bytes));
  instance_.out->expect();
  instance_.guest->wake();
}

// Polls until the guest waits, has had a tick, or ends. Its CPU time is that of this thread meanwhile; reading that clock is
// a system call, so it is read once before and once after.
Guest::Poll EngineAttempt::poll() {
  const std::uint64_t cpu = thread_cpu_ns();
  runner_.engines_.ticker().enter();
  Guest::Poll answer = instance_.guest->poll();
  if (answer == Guest::Poll::instantiated) {
    const std::uint64_t now = runner_.loop_.now_ns();
    result_.instantiate_ns = now - begun_ns_;
    begun_ns_ = now;
    if (started_) started_();
    answer = instance_.guest->poll();
  }
  runner_.engines_.ticker().leave();
  result_.cpu_ns += thread_cpu_ns() - cpu;
  return answer;
}

// One turn on the shard.
void EngineAttempt::turn() {
  switch (poll()) {
    case Guest::Poll::instantiated: WEFT_ASSERT(false);
    case Guest::Poll::yielded:
      return runner_.loop_.post([self = weak_from_this()] {
        if (const auto attempt = self.lock(); attempt && !attempt->over_) attempt->turn();
      });
    case Guest::Poll::waiting: return is_stream() ? wait_in_stream() : wait();
    case Guest::Poll::ended: return ended();
  }
}

void EngineAttempt::wait() {
  const wasi::Wait& wait = instance_.guest->process().wait();
  const auto wake = [this] {
    return [self = weak_from_this()] {
      if (const auto attempt = self.lock(); attempt && !attempt->over_) attempt->woken();
    };
  };
  const auto wait_for = [&](int descriptor, Loop::Direction direction) {
    if (descriptor >= 0) waits_.push_back(runner_.loop_.when(descriptor, direction, wake()));
  };
  const Guest::Ends& ends = instance_.guest->ends();
  if (wait.stdin_readable) wait_for(ends.in->descriptor(), Loop::Direction::readable);
  if (wait.stdout_writable) wait_for(ends.out->descriptor(), Loop::Direction::writable);
  if (wait.stderr_writable) wait_for(ends.err->descriptor(), Loop::Direction::writable);
  if (wait.until_monotonic_ns) waits_.push_back(runner_.loop_.at(*wait.until_monotonic_ns, wake()));
}

void EngineAttempt::woken() {
  waits_.clear();
  instance_.guest->wake();
  turn();
}

// A stream step that reads on has either answered its frame or will never.
void EngineAttempt::wait_in_stream() {
  const wasi::Wait& waiting = instance_.guest->process().wait();
  if (!waiting.stdin_readable || waiting.until_monotonic_ns) return wait();
  if (!instance_.in->drained() || !instance_.out->complete())
    return fail_with(run::Outcome::Kind::bad_output, "stream.protocol", "it asked for the next frame without answering this one");
  result_.output = instance_.out->take();
  result_.outcome = {run::Outcome::Kind::exited, 0};
  finish();
}

void EngineAttempt::ended() {
  const Guest::Ending& ending = *instance_.guest->ending();
  switch (ending.kind) {
    case Guest::Ending::Kind::not_loaded:
      return fail_with(run::Outcome::Kind::not_loaded, ending.code, ending.detail);
    case Guest::Ending::Kind::trapped: return fail_with(run::Outcome::Kind::trapped, ending.code, ending.detail);
    case Guest::Ending::Kind::output_refused: {
      const bool protocol = is_stream() && instance_.out->refusal() == "stream.protocol";
      return fail_with(run::Outcome::Kind::bad_output, protocol ? "stream.protocol" : ending.code,
                       protocol ? "it wrote what is not one answer to one frame" : ending.detail);
    }
    case Guest::Ending::Kind::exited: break;
  }
  if (is_stream()) {
    if (ending.exit_code == 0)
      return fail_with(run::Outcome::Kind::bad_output, "stream.protocol", "it ended instead of waiting for the next frame");
    result_.outcome = {run::Outcome::Kind::exited, ending.exit_code};
    return finish();
  }
  result_.outcome = {run::Outcome::Kind::exited, ending.exit_code};
  ended_well();
}

void EngineAttempt::ended_well() {
  if (!take_outputs()) return;
  if (spec_.live.out < 0)
    result_.output = static_cast<BufferSink*>(instance_.guest->ends().out.get())->freeze();
  if (spec_.keep_out_folder) {
    for (const auto& listed : instance_.guest->process().tree().list("/out"))
      if (listed.kind == wasi::FileTree::Listed::Kind::file)
        if (auto blob = instance_.guest->take_file("/out/" + listed.path)) result_.out_folder.push_back({listed.path, *blob});
  }
  finish();
}

// The files the step promised. One that is missing fails a step that would have succeeded.
bool EngineAttempt::take_outputs() {
  for (const std::string& name : spec_.program->outputs) {
    auto file = instance_.guest->take_file("/out/" + name);
    if (!file && result_.outcome.exit_code == 0) {
      fail_with(run::Outcome::Kind::bad_output, "output.missing", "it exited without writing `/out/" + name + "`, which `outputs` promises");
      return false;
    }
    result_.files.push_back(file ? std::move(*file) : Blob());
  }
  return true;
}

void EngineAttempt::cancel(run::CancelAttempt::Reason reason) {
  if (over_) return;
  const bool timeout = reason == run::CancelAttempt::Reason::timeout;
  fail_with(timeout ? run::Outcome::Kind::timed_out : run::Outcome::Kind::cancelled, timeout ? "timeout" : "cancelled",
            timeout ? "it ran longer than its timeout" : "it was cancelled");
}

void EngineAttempt::fail_with(run::Outcome::Kind kind, std::string code, std::string detail) {
  result_.outcome = {kind, 0};
  result_.code = std::move(code);
  result_.detail = std::move(detail);
  result_.files.clear();
  finish();
}

void EngineAttempt::finish() {
  over_ = true;
  const auto keep_alive = shared_from_this();
  waits_.clear();
  if (instance_.guest) {
    result_.run_ns = runner_.loop_.now_ns() - begun_ns_;
    result_.peak_memory_bytes = instance_.guest->peak_bytes();
    result_.memory_limit_hit = instance_.guest->memory_limit_hit();
    if (log_ != nullptr) {
      result_.log = log_->take();
      result_.dropped_log_bytes = log_->take_dropped();
    }
    const bool hot = is_stream() && result_.outcome == run::Outcome{run::Outcome::Kind::exited, 0};
    if (hot) {
      ++instance_.served;
      has_slot_ = counted_ = false;
      runner_.put_idle(spec_.program, std::move(instance_));
    } else {
      instance_.guest.reset();
    }
  }
  give_back();
  done_(std::move(result_));
}

}  // namespace weft::host
