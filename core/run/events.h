// The words in which a Run and its driver talk: what happened (events), what is to be done (actions). Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <variant>

namespace weft::run {

enum class StepId : std::uint32_t {};
enum class ItemIndex : std::uint32_t {};

[[nodiscard]] constexpr std::uint32_t index(StepId id) { return static_cast<std::uint32_t>(id); }
[[nodiscard]] constexpr std::uint32_t index(ItemIndex id) { return static_cast<std::uint32_t>(id); }

struct Instant {
  std::int64_t micros = 0;  // since the run was made; the caller's clock, monotonic
  friend auto operator<=>(const Instant&, const Instant&) = default;
};

// One try at a step, or at one item of an `each` step (item 0 otherwise). Tries count from 1.
struct Attempt {
  StepId step{};
  ItemIndex item{};
  std::uint32_t try_number = 1;
  friend auto operator<=>(const Attempt&, const Attempt&) = default;
};

// How a try ended. bad_output: over its bound, a promised file is missing, or not one answer to one frame.
struct Outcome {
  enum class Kind : std::uint8_t { exited, trapped, timed_out, not_loaded, bad_output, cancelled };
  Kind kind = Kind::exited;
  std::int32_t exit_code = 0;  // of exited
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

enum class EndState : std::uint8_t { succeeded, failed, skipped, cancelled };
enum class RunState : std::uint8_t { succeeded, failed, cancelled, timed_out };

// Events.
struct Begin {};                                           // the run's input is complete
struct ItemsCounted { StepId step; std::uint32_t count; };  // answers SplitInput; over kMaxItems fails the step
struct SplitFailed { StepId step; };                       // answers SplitInput: stdin is no sequence of frames
struct AttemptStarted { Attempt attempt; };                // its first instruction: the timeout counts from here
struct AttemptEnded { Attempt attempt; Outcome outcome; };
struct TimerFired {};
struct CancelAsked {};
using Event = std::variant<Begin, ItemsCounted, SplitFailed, AttemptStarted, AttemptEnded, TimerFired, CancelAsked>;

// Actions.
struct SplitInput { StepId step; };       // count the items of its stdin; answer ItemsCounted or SplitFailed
struct StartAttempt { Attempt attempt; };  // answer AttemptStarted (may be left out), then AttemptEnded
struct CancelAttempt {                     // it still answers AttemptEnded, once
  Attempt attempt;
  enum class Reason : std::uint8_t { timeout, cancelled } reason;
};
struct EndStep {                           // its output is final: join its items, keep what is needed
  StepId step;
  EndState state;
};
struct ReleaseOutput { StepId step; };     // nobody will read this step's output any more
struct SetTimer { std::optional<Instant> deadline; };  // replaces the one before; nothing: none is needed
struct FinishRun { RunState state; };      // always the last action
using Action =
    std::variant<SplitInput, StartAttempt, CancelAttempt, EndStep, ReleaseOutput, SetTimer, FinishRun>;

}  // namespace weft::run
