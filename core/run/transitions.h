// What becomes of a step and of an item, all of it. A pair that is not listed is our own bug.
// A step that is not `each` has one item. No switch elsewhere decides a state.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace weft::run {

enum class StepState : std::uint8_t {
  waiting,     // for its needs to end
  splitting,   // the driver counts its items
  active,      // items are waiting, running or done
  failing,     // an item is lost; the others are being stopped
  cancelling,  // the run is stopping; so are its items
  succeeded,
  failed,
  skipped,
  cancelled,
};

enum class StepEvent : std::uint8_t {
  wanted,         // all needs have ended and `when` holds
  wanted_each,    // the same, and its stdin is to be split
  not_wanted,     // all needs have ended and `when` does not hold
  split,          // the items are counted
  split_refused,  // too many, or no sequence of frames
  all_accepted,   // every item's answer was accepted
  item_lost,      // an item failed for good
  drained,        // the last item that was being stopped has ended
  cancel,
};

enum class ItemState : std::uint8_t { idle, ready, running, backing_off, stopping, accepted, lost, dropped };

enum class ItemEvent : std::uint8_t {
  admit,               // `parallel` has room
  start,               // the run has room
  accept,              // exit code accepted
  refuse_retry_left,   // may heal, and tries are left
  refuse_for_good,
  backoff_over,
  drop,                // no longer wanted
  ended,               // a stopped try has reported
};

template <class State, class Event>
struct Transition {
  State from;
  Event on;
  State to;
};

constexpr std::array kStepTransitions = {
    Transition{StepState::waiting, StepEvent::wanted, StepState::active},
    Transition{StepState::waiting, StepEvent::wanted_each, StepState::splitting},
    Transition{StepState::waiting, StepEvent::not_wanted, StepState::skipped},
    Transition{StepState::waiting, StepEvent::cancel, StepState::cancelled},
    Transition{StepState::splitting, StepEvent::split, StepState::active},
    Transition{StepState::splitting, StepEvent::split_refused, StepState::failed},
    Transition{StepState::splitting, StepEvent::cancel, StepState::cancelled},
    Transition{StepState::active, StepEvent::all_accepted, StepState::succeeded},
    Transition{StepState::active, StepEvent::item_lost, StepState::failing},
    Transition{StepState::active, StepEvent::cancel, StepState::cancelling},
    Transition{StepState::failing, StepEvent::drained, StepState::failed},
    Transition{StepState::failing, StepEvent::cancel, StepState::failing},
    Transition{StepState::cancelling, StepEvent::drained, StepState::cancelled},
};

constexpr std::array kItemTransitions = {
    Transition{ItemState::idle, ItemEvent::admit, ItemState::ready},
    Transition{ItemState::ready, ItemEvent::start, ItemState::running},
    Transition{ItemState::ready, ItemEvent::drop, ItemState::dropped},
    Transition{ItemState::running, ItemEvent::accept, ItemState::accepted},
    Transition{ItemState::running, ItemEvent::refuse_retry_left, ItemState::backing_off},
    Transition{ItemState::running, ItemEvent::refuse_for_good, ItemState::lost},
    Transition{ItemState::running, ItemEvent::drop, ItemState::stopping},
    Transition{ItemState::backing_off, ItemEvent::backoff_over, ItemState::ready},
    Transition{ItemState::backing_off, ItemEvent::drop, ItemState::dropped},
    Transition{ItemState::stopping, ItemEvent::ended, ItemState::dropped},
};

template <class State, class Event, std::size_t N>
[[nodiscard]] constexpr std::optional<State> next(const std::array<Transition<State, Event>, N>& table, State from,
                                                  Event on) {
  for (const auto& row : table)
    if (row.from == from && row.on == on) return row.to;
  return std::nullopt;
}

[[nodiscard]] constexpr bool is_final(StepState s) {
  return s == StepState::succeeded || s == StepState::failed || s == StepState::skipped || s == StepState::cancelled;
}
[[nodiscard]] constexpr bool is_final(ItemState s) {
  return s == ItemState::accepted || s == ItemState::lost || s == ItemState::dropped;
}

}  // namespace weft::run
