#include "sim/simulate.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "core/run/run.h"
#include "core/run/trace.h"
#include "sim/random.h"
#include "sim/random_workflow.h"

namespace weft::sim {
namespace {

using run::Attempt;
using run::EndState;
using run::Outcome;

constexpr std::uint64_t kMaxEvents = 200'000;  // a run that takes more does not end

// What the simulated driver will tell the run, in order of time, then of when it was planned.
struct Planned {
  std::int64_t at;
  std::uint64_t order;
  run::Event event;
  friend bool operator<(const Planned& a, const Planned& b) { return std::tie(a.at, a.order) > std::tie(b.at, b.order); }
};

class Simulation {
 public:
  Simulation(std::uint64_t seed, Trace trace)
      : random_(seed), keep_trace_(trace == Trace::keep), workflow_(random_workflow(random_)) {
    options_.max_running = 1 + random_.below(8);
    run_ = std::make_unique<run::Run>(std::make_shared<const run::Plan>(workflow_), options_);
    steps_.resize(workflow_.steps.size());
    plan(0, run::Begin{});
    if (random_.one_in(5)) plan(random_.below(10'000), run::CancelAsked{});
  }

  Simulated run() {
    while (result_.violation.empty() && !finished_ && result_.events < kMaxEvents) {
      if (planned_.empty()) {
        violate("nothing is to happen, and the run has not ended");
        break;
      }
      std::pop_heap(planned_.begin(), planned_.end());
      const Planned next = planned_.back();
      planned_.pop_back();
      if (std::holds_alternative<run::TimerFired>(next.event) && next.order != timer_order_) continue;  // replaced
      feed(next);
    }
    if (result_.events >= kMaxEvents) violate("the run does not end");
    return std::move(result_);
  }

 private:
  struct Step {
    std::optional<EndState> ended;
    bool split_asked = false;
    bool released = false;
    std::uint32_t running = 0;
    std::uint32_t items = 1;
    std::map<std::uint32_t, std::uint32_t> tries;  // by item
    std::optional<std::int32_t> exit_code;         // of the try that decided
  };

  void plan(std::int64_t at, run::Event event) {
    planned_.push_back({at, ++order_, event});
    std::push_heap(planned_.begin(), planned_.end());
  }

  void violate(const std::string& what) {
    if (result_.violation.empty()) result_.violation = what + " (after " + std::to_string(result_.events) + " events)";
  }
  void require(bool holds, const std::string& what) {
    if (!holds) violate(what);
  }

  void note(const std::string& line) {
    if (keep_trace_) result_.trace += line + "\n";
  }

  void feed(const Planned& next) {
    now_ = std::max(now_, next.at);
    ++result_.events;
    if (const auto* ended = std::get_if<run::AttemptEnded>(&next.event)) attempt_ended(*ended);
    note("> " + run::to_line(run::TimedEvent{{now_}, next.event}));
    run_->handle(next.event, {now_});
    while (const auto action = run_->poll_action()) {
      note("< " + run::to_line(*action));
      require(!finished_, "something came after FinishRun");
      std::visit([this](const auto& a) { act(a); }, *action);
    }
    require(run_->running() == running_.size(), "the run counts another number of attempts under way");
  }

  void attempt_ended(const run::AttemptEnded& event) {
    running_.erase(event.attempt);
    Step& step = steps_[index(event.attempt.step)];
    --step.running;
    if (event.outcome.kind == Outcome::Kind::exited) step.exit_code = event.outcome.exit_code;
  }

  Outcome random_outcome() {
    switch (random_.below(10)) {
      case 0: return {Outcome::Kind::trapped, 0};
      case 1: return {Outcome::Kind::exited, static_cast<std::int32_t>(random_.below(5))};
      case 2: return random_.one_in(3) ? Outcome{Outcome::Kind::not_loaded, 0} : Outcome{Outcome::Kind::exited, 0};
      case 3: return random_.one_in(3) ? Outcome{Outcome::Kind::bad_output, 0} : Outcome{Outcome::Kind::exited, 3};
      default: return {Outcome::Kind::exited, 0};
    }
  }

  void act(const run::SplitInput& a) {
    Step& step = steps_[index(a.step)];
    require(workflow_.steps[index(a.step)].each != flow::Each::none, "a step without items is split");
    require(!step.split_asked && !step.ended, "a step is split twice");
    step.split_asked = true;
    step.items = random_.one_in(8) ? 0 : 1 + random_.below(12);
    const std::int64_t at = now_ + random_.below(50);
    if (random_.one_in(20)) {
      plan(at, run::SplitFailed{a.step});
    } else {
      plan(at, run::ItemsCounted{a.step, random_.one_in(40) ? run::kMaxItems + 1 : step.items});
    }
  }

  void act(const run::StartAttempt& a) {
    const std::uint32_t at = index(a.attempt.step);
    const flow::Step& spec = workflow_.steps[at];
    Step& step = steps_[at];
    for (const flow::Need& need : spec.needs) require(steps_[need.source.step].ended.has_value(), "a step starts before its needs have ended");
    require(!step.ended, "a step starts after its end");
    require(index(a.attempt.item) < step.items, "an item starts that is none");
    for (const Attempt& other : running_keys())
      require(other.step != a.attempt.step || other.item != a.attempt.item, "an item runs twice at once");
    std::uint32_t& tries = step.tries[index(a.attempt.item)];
    require(a.attempt.try_number == tries + 1, "tries do not count up");
    tries = a.attempt.try_number;
    require(tries <= spec.retry.max + 1, "more tries than allowed");
    ++step.running;
    require(spec.parallel == 0 || step.running <= spec.parallel, "more items at once than `parallel`");
    running_[a.attempt] = true;
    require(running_.size() <= options_.max_running, "more attempts at once than allowed");
    const std::int64_t begins = now_ + random_.below(200);
    if (!random_.one_in(10)) plan(begins, run::AttemptStarted{a.attempt});
    ends_[a.attempt] = order_ + 1;
    plan(begins + random_.below(4000), run::AttemptEnded{a.attempt, random_outcome()});
  }

  std::vector<Attempt> running_keys() const {
    std::vector<Attempt> keys;
    for (const auto& [attempt, _] : running_) keys.push_back(attempt);
    return keys;
  }

  // Told to stop, it ends soon and says so; now and then it was done already.
  void act(const run::CancelAttempt& a) {
    require(running_.contains(a.attempt), "an attempt is stopped that is not under way");
    if (!running_.contains(a.attempt) || random_.one_in(6)) return;
    const std::uint64_t order = ends_[a.attempt];
    std::erase_if(planned_, [&](const Planned& p) { return p.order == order || is_start_of(p, a.attempt); });
    std::make_heap(planned_.begin(), planned_.end());
    const bool timeout = a.reason == run::CancelAttempt::Reason::timeout;
    ends_[a.attempt] = order_ + 1;
    plan(now_ + random_.below(20), run::AttemptEnded{a.attempt, {timeout ? Outcome::Kind::timed_out : Outcome::Kind::cancelled, 0}});
  }

  static bool is_start_of(const Planned& p, Attempt attempt) {
    const auto* started = std::get_if<run::AttemptStarted>(&p.event);
    return started != nullptr && started->attempt == attempt;
  }

  void act(const run::EndStep& a) {
    const std::uint32_t at = index(a.step);
    Step& step = steps_[at];
    require(!step.ended, "a step ends twice");
    require(step.running == 0, "a step ends while it runs");
    step.ended = a.state;
    const bool ran = !step.tries.empty() || step.split_asked;
    if (a.state == EndState::skipped) require(!ran && !wanted(at), "a step is skipped that ran or was wanted");
    if (a.state == EndState::succeeded || a.state == EndState::failed) require(ran && wanted(at), "a step ran that was not wanted");
    if (a.state == EndState::succeeded && step.split_asked) require(step.tries.size() == step.items, "a step succeeds without all its items");
  }

  // SPEC section 1, said again in another way than core/run says it.
  bool wanted(std::uint32_t at) const {
    const flow::Step& step = workflow_.steps[at];
    bool all = true, any = false, failure = false, others = true, exited = false;
    for (const flow::Need& need : step.needs) {
      const Step& s = steps_[need.source.step];
      const bool good = s.ended == EndState::succeeded;
      all = all && good;
      any = any || good;
      failure = failure || s.ended == EndState::failed;
      if (need.source.step == step.when.step) {
        exited = run_->exit_code(run::StepId{need.source.step}) == step.when.exit_code && (good || s.ended == EndState::failed);
      } else {
        others = others && good;
      }
    }
    switch (step.when.kind) {
      case flow::When::Kind::success: return all;
      case flow::When::Kind::any: return any;
      case flow::When::Kind::failure: return failure;
      case flow::When::Kind::always: return true;
      case flow::When::Kind::exit: return exited && others;
    }
    return false;
  }

  void act(const run::ReleaseOutput& a) {
    const std::uint32_t at = index(a.step);
    require(!std::exchange(steps_[at].released, true), "an output is released twice");
    require(steps_[at].ended.has_value(), "an output is released before it is there");
    for (std::uint32_t i = 0; i < steps_.size(); ++i)
      for (const flow::Need& need : workflow_.steps[i].needs) require(need.source.step != at || steps_[i].ended, "an output is released that is still read");
    for (const flow::Output& output : workflow_.outputs) require(output.source.step != at, "an output of the run is released");
  }

  void act(const run::SetTimer& a) {
    timer_order_ = 0;
    if (!a.deadline) return;
    require(a.deadline->micros >= 0, "a timer is set before the run began");
    // Clocks are late, and now and then early.
    const std::int64_t late = random_.one_in(10) ? -static_cast<std::int64_t>(random_.below(20)) : random_.below(30);
    plan(std::max(now_, a.deadline->micros + late), run::TimerFired{});
    timer_order_ = order_;
  }

  void act(const run::FinishRun& a) {
    finished_ = true;
    require(running_.empty(), "the run ends while attempts are under way");
    bool failed = false;
    for (std::uint32_t i = 0; i < steps_.size(); ++i) {
      require(steps_[i].ended.has_value(), "the run ends before its steps");
      failed = failed || (steps_[i].ended == EndState::failed && !answered(i));
    }
    for (const flow::Output& output : workflow_.outputs) failed = failed || steps_[output.source.step].ended == EndState::failed;
    if (a.state == run::RunState::succeeded) require(!failed, "a run succeeds that failed");
    if (a.state == run::RunState::failed) require(failed, "a run fails that did not");
  }

  bool answered(std::uint32_t failed) const {
    for (std::uint32_t i = 0; i < steps_.size(); ++i) {
      const flow::Step& step = workflow_.steps[i];
      const bool needs = std::any_of(step.needs.begin(), step.needs.end(), [&](const flow::Need& n) { return n.source.step == failed; });
      const bool answers = step.when.kind == flow::When::Kind::failure || step.when.kind == flow::When::Kind::always || step.when.kind == flow::When::Kind::exit;
      if (needs && answers && (steps_[i].ended == EndState::succeeded || steps_[i].ended == EndState::failed)) return true;
    }
    return false;
  }

  Random random_;
  const bool keep_trace_;
  flow::Workflow workflow_;
  run::RunOptions options_;
  std::unique_ptr<run::Run> run_;
  std::vector<Step> steps_;
  std::map<Attempt, bool> running_;
  std::map<Attempt, std::uint64_t> ends_;  // the order of its planned end
  std::vector<Planned> planned_;
  std::uint64_t order_ = 0;
  std::uint64_t timer_order_ = 0;
  std::int64_t now_ = 0;
  bool finished_ = false;
  Simulated result_;
};

}  // namespace

Simulated simulate(std::uint64_t seed, Trace trace) { return Simulation(seed, trace).run(); }

}  // namespace weft::sim
