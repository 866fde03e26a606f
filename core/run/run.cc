#include "core/run/run.h"

#include <algorithm>
#include <utility>

#include "core/base/assert.h"

namespace weft::run {
namespace {

// SPEC section 1: an exit code not accepted, a trap and a timeout may heal; the rest never does.
bool may_heal(Outcome::Kind kind) {
  return kind == Outcome::Kind::exited || kind == Outcome::Kind::trapped || kind == Outcome::Kind::timed_out;
}

// The wait after try `tried`: backoff, backoff * factor, ... at most kMaxBackoffUs.
std::int64_t backoff_us(const flow::Retry& retry, std::uint32_t tried) {
  std::int64_t wait = std::min(retry.backoff_us, kMaxBackoffUs);
  for (std::uint32_t i = 1; i < tried && wait > 0 && wait < kMaxBackoffUs; ++i) {
    const std::int64_t longer = std::min(wait * std::int64_t{retry.factor_thousandths} / 1000, kMaxBackoffUs);
    if (longer == wait) break;  // a factor of 1, or one that rounds to it: no need to count on
    wait = longer;
  }
  return wait;
}

std::optional<EndState> end_state_of(StepState state) {
  switch (state) {
    case StepState::succeeded: return EndState::succeeded;
    case StepState::failed: return EndState::failed;
    case StepState::skipped: return EndState::skipped;
    case StepState::cancelled: return EndState::cancelled;
    default: return std::nullopt;
  }
}

// Whether a step with this `when` runs because of a failure, and so may answer for it.
bool answers_failures(flow::When::Kind kind) {
  return kind == flow::When::Kind::failure || kind == flow::When::Kind::always || kind == flow::When::Kind::exit;
}

}  // namespace

Run::Run(std::shared_ptr<const Plan> plan, RunOptions options)
    : plan_(std::move(plan)), options_(options), steps_(plan_->steps().size()) {
  WEFT_ASSERT(options_.max_running > 0);
  open_steps_ = static_cast<std::uint32_t>(steps_.size());
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    steps_[i].open_needs = static_cast<std::uint32_t>(plan_->steps()[i].needs.size());
    steps_[i].open_readers = static_cast<std::uint32_t>(plan_->steps()[i].dependents.size());
  }
}

void Run::handle(const Event& event, Instant now) {
  WEFT_ASSERT(!finished_ && now >= now_);
  now_ = now;
  std::visit([this](const auto& e) { on(e); }, event);
  settle();
  start_ready();
  if (open_steps_ == 0 && (begun_ || stopping_)) {
    finish();
  } else {
    update_timer();
  }
}

std::optional<Action> Run::poll_action() {
  if (next_action_ == actions_.size()) {
    actions_.clear();
    next_action_ = 0;
    return std::nullopt;
  }
  return actions_[next_action_++];
}

std::optional<EndState> Run::end_state(StepId id) const { return end_state_of(steps_[index(id)].state); }

void Run::on(const Begin&) {
  WEFT_ASSERT(!begun_);
  begun_ = true;
  std::optional<std::int64_t> timeout = plan_->timeout_us();
  if (options_.timeout_us && (!timeout || *options_.timeout_us < *timeout)) timeout = options_.timeout_us;
  if (timeout) timers_.add({Instant{now_.micros + *timeout}, Timer::Kind::run_timeout, {}});
  for (std::uint32_t i = 0; i < steps_.size(); ++i)
    if (plan_->steps()[i].needs.empty()) decide(StepId{i});
}

void Run::on(const ItemsCounted& event) {
  Step& s = step(event.step);
  if (is_final(s.state)) return;  // cancelled while the driver counted
  if (event.count > kMaxItems) {
    move(s, StepEvent::split_refused);
    return end_step(event.step);
  }
  move(s, StepEvent::split);
  activate(event.step, event.count);
}

void Run::on(const SplitFailed& event) {
  Step& s = step(event.step);
  if (is_final(s.state)) return;
  move(s, StepEvent::split_refused);
  end_step(event.step);
}

void Run::on(const AttemptStarted& event) {
  const Item& it = item(event.attempt);
  WEFT_ASSERT(it.try_number == event.attempt.try_number);
  WEFT_ASSERT(it.state == ItemState::running || it.state == ItemState::stopping);
  const auto timeout = plan_->step(event.attempt.step).timeout_us;
  if (it.state == ItemState::running && timeout)
    timers_.add({Instant{now_.micros + *timeout}, Timer::Kind::attempt_timeout, event.attempt});
}

void Run::on(const AttemptEnded& event) {
  const StepId id = event.attempt.step;
  Item& it = item(event.attempt);
  WEFT_ASSERT(it.try_number == event.attempt.try_number);
  --running_;
  if (it.state == ItemState::stopping) {
    move(it, ItemEvent::ended);
    return item_left(id);
  }
  const auto& accept = plan_->step(id).accept;
  if (event.outcome.kind == Outcome::Kind::exited &&
      std::binary_search(accept.begin(), accept.end(), event.outcome.exit_code)) {
    move(it, ItemEvent::accept);
    return item_accepted(id, event.outcome.exit_code);
  }
  item_refused(event.attempt, event.outcome);
}

void Run::on(const TimerFired&) {
  timer_set_.reset();
  while (const Timer* top = timers_.earliest()) {
    if (top->deadline > now_) break;
    const Timer timer = *top;
    timers_.pop();
    if (!applies(timer)) continue;
    switch (timer.kind) {
      case Timer::Kind::run_timeout:
        stop(RunState::timed_out);
        break;
      case Timer::Kind::attempt_timeout:
        item(timer.attempt).timeout_asked = true;
        act(CancelAttempt{timer.attempt, CancelAttempt::Reason::timeout});
        break;
      case Timer::Kind::backoff:
        move(item(timer.attempt), ItemEvent::backoff_over);
        queue(timer.attempt.step, timer.attempt.item);
        break;
    }
  }
}

void Run::on(const CancelAsked&) { stop(RunState::cancelled); }

void Run::move(Step& s, StepEvent event) {
  const auto to = next(kStepTransitions, s.state, event);
  WEFT_ASSERT(to.has_value());
  s.state = *to;
}

void Run::move(Item& it, ItemEvent event) {
  const auto to = next(kItemTransitions, it.state, event);
  WEFT_ASSERT(to.has_value());
  it.state = *to;
}

Run::Item& Run::item(Attempt attempt) {
  WEFT_ASSERT(index(attempt.step) < steps_.size());
  Step& s = step(attempt.step);
  if (plan_->step(attempt.step).each == flow::Each::none) {
    WEFT_ASSERT(index(attempt.item) == 0);
    return s.single;
  }
  WEFT_ASSERT(index(attempt.item) < s.items.size());
  return s.items[index(attempt.item)];
}

// All needs of a step have ended: it runs or it is skipped.
void Run::decide(StepId id) {
  Step& s = step(id);
  if (!wanted(id)) {
    move(s, StepEvent::not_wanted);
    return end_step(id);
  }
  if (plan_->step(id).each == flow::Each::none) {
    move(s, StepEvent::wanted);
    return activate(id, 1);
  }
  move(s, StepEvent::wanted_each);
  act(SplitInput{id});
}

bool Run::wanted(StepId id) const {
  const PlannedStep& planned = plan_->step(id);
  std::size_t succeeded = planned.reads_input ? 1 : 0;
  std::size_t failed = 0;
  for (const StepId need : planned.needs) {
    const StepState state = steps_[index(need)].state;
    if (state == StepState::succeeded) ++succeeded;
    if (state == StepState::failed) ++failed;
  }
  const std::size_t all = planned.needs.size() + (planned.reads_input ? 1 : 0);
  switch (planned.when.kind) {
    case flow::When::Kind::success: return succeeded == all;
    case flow::When::Kind::any: return succeeded > 0;
    case flow::When::Kind::failure: return failed > 0;
    case flow::When::Kind::always: return true;
    case flow::When::Kind::exit: {
      const Step& watched = steps_[planned.when.step];
      const std::size_t others = succeeded - (watched.state == StepState::succeeded ? 1 : 0);
      return watched.exit_code == planned.when.exit_code && others == all - 1;
    }
  }
  return false;
}

void Run::activate(StepId id, std::uint32_t item_count) {
  Step& s = step(id);
  s.item_count = item_count;
  if (plan_->step(id).each != flow::Each::none) s.items.resize(item_count);
  if (item_count == 0) {
    s.exit_code = 0;
    move(s, StepEvent::all_accepted);
    return end_step(id);
  }
  admit(id);
}

void Run::admit(StepId id) {
  Step& s = step(id);
  const std::uint32_t parallel = plan_->step(id).parallel;
  while (s.next_item < s.item_count && (parallel == 0 || s.admitted < parallel)) {
    const ItemIndex next_item{s.next_item++};
    ++s.admitted;
    move(item({id, next_item}), ItemEvent::admit);
    queue(id, next_item);
  }
}

// Longest remaining path first; then document order, item order.
bool Run::starts_later(const Ready& a, const Ready& b) {
  if (a.rank != b.rank) return a.rank < b.rank;
  return a.attempt > b.attempt;
}

void Run::queue(StepId id, ItemIndex at) {
  const std::uint32_t try_number = ++item({id, at}).try_number;
  ready_.push_back({plan_->step(id).rank, {id, at, try_number}});
  std::push_heap(ready_.begin(), ready_.end(), starts_later);
}

void Run::start_ready() {
  while (!ready_.empty() && running_ < options_.max_running) {
    const Attempt attempt = ready_.front().attempt;
    std::pop_heap(ready_.begin(), ready_.end(), starts_later);
    ready_.pop_back();
    Item& it = item(attempt);
    if (it.state != ItemState::ready) continue;  // dropped while it waited
    move(it, ItemEvent::start);
    it.timeout_asked = false;
    ++running_;
    act(StartAttempt{attempt});
  }
}

void Run::item_accepted(StepId id, std::int32_t exit_code) {
  Step& s = step(id);
  --s.admitted;
  ++s.accepted;
  if (s.accepted == s.item_count) {
    s.exit_code = plan_->step(id).each == flow::Each::none ? exit_code : 0;
    move(s, StepEvent::all_accepted);
    return end_step(id);
  }
  admit(id);
}

void Run::item_refused(Attempt attempt, const Outcome& outcome) {
  Step& s = step(attempt.step);
  Item& it = item(attempt);
  const flow::Retry& retry = plan_->step(attempt.step).retry;
  if (may_heal(outcome.kind) && attempt.try_number <= retry.max) {
    move(it, ItemEvent::refuse_retry_left);
    const std::int64_t wait = backoff_us(retry, attempt.try_number);
    timers_.add({Instant{now_.micros + wait}, Timer::Kind::backoff, attempt});
    return;
  }
  move(it, ItemEvent::refuse_for_good);
  if (outcome.kind == Outcome::Kind::exited) s.exit_code = outcome.exit_code;
  move(s, StepEvent::item_lost);
  drop_items(attempt.step, CancelAttempt::Reason::cancelled);
  item_left(attempt.step);
}

// Every item of the step that has not ended is no longer wanted; those under way are told to stop.
void Run::drop_items(StepId id, CancelAttempt::Reason reason) {
  Step& s = step(id);
  const std::uint32_t begun = s.next_item;
  for (std::uint32_t i = 0; i < begun; ++i) {
    Item& it = item({id, ItemIndex{i}});
    if (is_final(it.state) || it.state == ItemState::stopping) continue;
    const bool under_way = it.state == ItemState::running;
    move(it, ItemEvent::drop);
    if (!under_way) {
      --s.admitted;
    } else if (!it.timeout_asked) {  // one that was told already needs no second word
      act(CancelAttempt{{id, ItemIndex{i}, it.try_number}, reason});
    }
  }
  s.next_item = s.item_count;
}

// An item of a step that is being stopped has ended.
void Run::item_left(StepId id) {
  Step& s = step(id);
  --s.admitted;
  if (s.admitted > 0) return;
  move(s, StepEvent::drained);
  end_step(id);
}

void Run::end_step(StepId id) {
  --open_steps_;
  act(EndStep{id, *end_state_of(step(id).state)});
  ended_.push_back(id);
}

// Works off what the end of steps means for others. A queue, not a recursion: a chain of 10,000 skips is one loop.
void Run::settle() {
  for (std::size_t at = 0; at < ended_.size(); ++at) pass_on_end(ended_[at]);
  ended_.clear();
}

void Run::pass_on_end(StepId id) {
  const PlannedStep& planned = plan_->step(id);
  for (const StepId need : planned.needs) {
    --step(need).open_readers;
    release_if_unread(need);
  }
  release_if_unread(id);
  for (const StepId dependent : planned.dependents)
    if (--step(dependent).open_needs == 0 && step(dependent).state == StepState::waiting) decide(dependent);
  if (step(id).state == StepState::failed) check_stop(id);
  if (step(id).state == StepState::skipped && answers_failures(planned.when.kind))
    for (const StepId need : planned.needs)
      if (step(need).state == StepState::failed) check_stop(need);
}

void Run::release_if_unread(StepId id) {
  const Step& s = steps_[index(id)];
  if (is_final(s.state) && s.open_readers == 0 && !plan_->step(id).is_output) act(ReleaseOutput{id});
}

// A failure is answered for by a step that needs the failed one, runs on failures, and was not skipped.
bool Run::answered_or_may_be(StepId failed) const {
  for (const StepId dependent : plan_->step(failed).dependents) {
    const StepState state = steps_[index(dependent)].state;
    if (!answers_failures(plan_->step(dependent).when.kind)) continue;
    if (state != StepState::skipped && state != StepState::cancelled) return true;
  }
  return false;
}

void Run::check_stop(StepId failed) {
  if (plan_->on_failure() == flow::OnFailure::stop && !stopping_ && !answered_or_may_be(failed))
    stop(RunState::failed);
}

void Run::stop(RunState state) {
  if (stopping_) return;
  stopping_ = state;
  for (std::uint32_t i = 0; i < steps_.size(); ++i) {
    const StepId id{i};
    Step& s = steps_[i];
    if (is_final(s.state)) continue;
    move(s, StepEvent::cancel);
    if (s.state == StepState::cancelling) {
      drop_items(id, CancelAttempt::Reason::cancelled);
      if (s.admitted == 0) move(s, StepEvent::drained);
    }
    if (is_final(s.state)) end_step(id);
  }
}

// Whether what the timer was set for is still so.
bool Run::applies(const Timer& timer) const {
  if (timer.kind == Timer::Kind::run_timeout) return !stopping_;
  const Step& s = steps_[index(timer.attempt.step)];
  const bool each = plan_->step(timer.attempt.step).each != flow::Each::none;
  const Item& it = each ? s.items[index(timer.attempt.item)] : s.single;
  if (it.try_number != timer.attempt.try_number) return false;
  return it.state == (timer.kind == Timer::Kind::backoff ? ItemState::backing_off : ItemState::running);
}

void Run::update_timer() {
  while (timers_.earliest() != nullptr && !applies(*timers_.earliest())) timers_.pop();
  std::optional<Instant> wanted_at;
  if (const Timer* top = timers_.earliest()) wanted_at = top->deadline;
  if (wanted_at == timer_set_) return;
  timer_set_ = wanted_at;
  act(SetTimer{wanted_at});
}

void Run::finish() {
  finished_ = true;
  if (timer_set_) act(SetTimer{std::nullopt});
  act(FinishRun{verdict()});
}

RunState Run::verdict() const {
  if (stopping_) return *stopping_;
  for (std::uint32_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i].state != StepState::failed) continue;
    if (plan_->steps()[i].is_output || !answered_or_may_be(StepId{i})) return RunState::failed;
  }
  return RunState::succeeded;
}

}  // namespace weft::run
