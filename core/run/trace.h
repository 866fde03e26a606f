// Events and actions as lines of text: what is journalled, replayed, and compared byte for byte between native and wasm.
// One line each, fields separated by one space: "1500 ended 3.0.1 exited 0", "start 3.0.1".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/run/events.h"

namespace weft::run {

struct TimedEvent {
  Instant at;
  Event event;
};

[[nodiscard]] std::string to_line(const TimedEvent& event);
[[nodiscard]] std::string to_line(const Action& action);
// Takes what to_line() gives for an event; nothing for anything else.
[[nodiscard]] std::optional<TimedEvent> parse_event(std::string_view line);

[[nodiscard]] std::string_view name_of(Outcome::Kind kind);
[[nodiscard]] std::string_view name_of(EndState state);
[[nodiscard]] std::string_view name_of(RunState state);

}  // namespace weft::run
