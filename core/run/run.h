// One execution of a workflow: decides what may start, waits for what happened, and never does anything itself.
// Owner: the driver of the node where the run lives, on its shard; not thread-safe, needs no clock, touches no payload.
// Calling order: after every handle(), call poll_action() until it answers nothing. The first event is Begin; nothing
// may be handled after FinishRun. Same events at the same instants, same actions, always.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/run/events.h"
#include "core/run/limits.h"
#include "core/run/plan.h"
#include "core/run/timers.h"
#include "core/run/transitions.h"

namespace weft::run {

struct RunOptions {
  std::uint32_t max_running = kDefaultMaxRunning;  // attempts under way at once, at least 1
  std::optional<std::int64_t> timeout_us;          // of the whole run; the workflow's own wins where it is shorter
};

class Run {
 public:
  Run(std::shared_ptr<const Plan> plan, RunOptions options);

  // What cannot have happened (an attempt that is not under way, an answer nobody asked for) is the driver's bug and
  // asserts. What may cross on the way does not: an answer to SplitInput after the step was cancelled, a timer that
  // fires early or late, a cancellation after another.
  void handle(const Event& event, Instant now);

  [[nodiscard]] std::optional<Action> poll_action();

  [[nodiscard]] bool finished() const { return finished_; }
  // Of a step that has ended.
  [[nodiscard]] std::optional<EndState> end_state(StepId id) const;
  // The exit code that `when: {exit}` compares: of the try that decided the step, where it exited. An `each` step has
  // that of the item that failed it, or 0 when it succeeded.
  [[nodiscard]] std::optional<std::int32_t> exit_code(StepId id) const { return steps_[index(id)].exit_code; }
  [[nodiscard]] std::uint32_t item_count(StepId id) const { return steps_[index(id)].item_count; }
  [[nodiscard]] std::uint32_t running() const { return running_; }

 private:
  struct Item {
    ItemState state = ItemState::idle;
    bool timeout_asked = false;
    std::uint32_t try_number = 0;
  };
  struct Step {
    StepState state = StepState::waiting;
    std::uint32_t open_needs = 0;
    std::uint32_t open_readers = 0;  // dependents that have not ended
    std::uint32_t item_count = 0;
    std::uint32_t next_item = 0;  // the first that was not admitted yet
    std::uint32_t admitted = 0;   // ready, running, backing off or stopping
    std::uint32_t accepted = 0;
    std::optional<std::int32_t> exit_code;
    Item single;              // the item of a step that is not `each`
    std::vector<Item> items;  // of one that is
  };
  struct Ready {  // what may start; the greatest first
    std::uint32_t rank;
    Attempt attempt;
  };
  static bool starts_later(const Ready& a, const Ready& b);

  void on(const Begin&);
  void on(const ItemsCounted& event);
  void on(const SplitFailed& event);
  void on(const AttemptStarted& event);
  void on(const AttemptEnded& event);
  void on(const TimerFired&);
  void on(const CancelAsked&);

  void move(Step& step, StepEvent event);
  void move(Item& item, ItemEvent event);
  [[nodiscard]] Step& step(StepId id) { return steps_[index(id)]; }
  [[nodiscard]] Item& item(Attempt attempt);

  void decide(StepId id);
  [[nodiscard]] bool wanted(StepId id) const;
  void activate(StepId id, std::uint32_t item_count);
  void admit(StepId id);
  void queue(StepId id, ItemIndex item);
  void start_ready();
  void item_accepted(StepId id, std::int32_t exit_code);
  void item_refused(Attempt attempt, const Outcome& outcome);
  void drop_items(StepId id, CancelAttempt::Reason reason);
  void item_left(StepId id);
  void end_step(StepId id);
  void settle();
  void pass_on_end(StepId id);
  void release_if_unread(StepId id);
  [[nodiscard]] bool answered_or_may_be(StepId failed) const;
  void check_stop(StepId failed);
  void stop(RunState state);
  void update_timer();
  [[nodiscard]] bool applies(const Timer& timer) const;
  void finish();
  [[nodiscard]] RunState verdict() const;
  void act(Action action) { actions_.push_back(action); }

  std::shared_ptr<const Plan> plan_;
  RunOptions options_;
  Instant now_;
  std::vector<Step> steps_;
  std::vector<Ready> ready_;  // heap
  Timers timers_;
  std::optional<Instant> timer_set_;
  std::vector<StepId> ended_;  // whose dependents have not been told
  std::vector<Action> actions_;
  std::size_t next_action_ = 0;
  std::uint32_t running_ = 0;
  std::uint32_t open_steps_ = 0;
  std::optional<RunState> stopping_;
  bool begun_ = false;
  bool finished_ = false;
};

}  // namespace weft::run
