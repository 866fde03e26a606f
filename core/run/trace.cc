#include "core/run/trace.h"

#include <array>
#include <charconv>
#include <cstddef>

namespace weft::run {
namespace {

constexpr std::array<std::string_view, 6> kOutcomes = {"exited",     "trapped",    "timed_out",
                                                       "not_loaded", "bad_output", "cancelled"};
constexpr std::array<std::string_view, 4> kEndStates = {"succeeded", "failed", "skipped", "cancelled"};
constexpr std::array<std::string_view, 4> kRunStates = {"succeeded", "failed", "cancelled", "timed_out"};

std::string text(StepId id) { return std::to_string(index(id)); }

std::string text(Attempt a) {
  return text(a.step) + "." + std::to_string(index(a.item)) + "." + std::to_string(a.try_number);
}

struct EventText {
  std::string operator()(const Begin&) const { return "begin"; }
  std::string operator()(const ItemsCounted& e) const {
    return "items " + text(e.step) + " " + std::to_string(e.count);
  }
  std::string operator()(const SplitFailed& e) const { return "split_failed " + text(e.step); }
  std::string operator()(const AttemptStarted& e) const { return "started " + text(e.attempt); }
  std::string operator()(const AttemptEnded& e) const {
    return "ended " + text(e.attempt) + " " + std::string(name_of(e.outcome.kind)) + " " +
           std::to_string(e.outcome.exit_code);
  }
  std::string operator()(const TimerFired&) const { return "timer"; }
  std::string operator()(const CancelAsked&) const { return "cancel"; }
};

struct ActionText {
  std::string operator()(const SplitInput& a) const { return "split " + text(a.step); }
  std::string operator()(const StartAttempt& a) const { return "start " + text(a.attempt); }
  std::string operator()(const CancelAttempt& a) const {
    return "stop " + text(a.attempt) + (a.reason == CancelAttempt::Reason::timeout ? " timeout" : " cancelled");
  }
  std::string operator()(const EndStep& a) const { return "end " + text(a.step) + " " + std::string(name_of(a.state)); }
  std::string operator()(const ReleaseOutput& a) const { return "release " + text(a.step); }
  std::string operator()(const SetTimer& a) const {
    return a.deadline ? "timer " + std::to_string(a.deadline->micros) : "timer none";
  }
  std::string operator()(const FinishRun& a) const { return "finish " + std::string(name_of(a.state)); }
};

// Takes the words of a line from the front; a wrong one makes all further ones wrong.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}

  std::string_view word(char separator = ' ') {
    const std::size_t end = rest_.find(separator);
    const std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return taken;
  }

  template <class Number>
  Number number(char separator = ' ') {
    const std::string_view digits = word(separator);
    Number value{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) good_ = false;
    return value;
  }

  Attempt attempt() {
    Attempt a;
    a.step = StepId{number<std::uint32_t>('.')};
    a.item = ItemIndex{number<std::uint32_t>('.')};
    a.try_number = number<std::uint32_t>();
    return a;
  }

  Outcome outcome() {
    const std::string_view name = word();
    for (std::size_t i = 0; i < kOutcomes.size(); ++i)
      if (kOutcomes[i] == name) return {static_cast<Outcome::Kind>(i), number<std::int32_t>()};
    good_ = false;
    return {};
  }

  [[nodiscard]] bool good() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::optional<Event> event_named(std::string_view name, Words& words) {
  if (name == "begin") return Begin{};
  if (name == "timer") return TimerFired{};
  if (name == "cancel") return CancelAsked{};
  if (name == "split_failed") return SplitFailed{StepId{words.number<std::uint32_t>()}};
  if (name == "started") return AttemptStarted{words.attempt()};
  if (name == "items") {
    const StepId step{words.number<std::uint32_t>()};
    return ItemsCounted{step, words.number<std::uint32_t>()};
  }
  if (name == "ended") {
    const Attempt attempt = words.attempt();
    return AttemptEnded{attempt, words.outcome()};
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Outcome::Kind kind) { return kOutcomes[static_cast<std::size_t>(kind)]; }
std::string_view name_of(EndState state) { return kEndStates[static_cast<std::size_t>(state)]; }
std::string_view name_of(RunState state) { return kRunStates[static_cast<std::size_t>(state)]; }

std::string to_line(const TimedEvent& event) {
  return std::to_string(event.at.micros) + " " + std::visit(EventText{}, event.event);
}

std::string to_line(const Action& action) { return std::visit(ActionText{}, action); }

std::optional<TimedEvent> parse_event(std::string_view line) {
  Words words(line);
  const Instant at{words.number<std::int64_t>()};
  const std::optional<Event> event = event_named(words.word(), words);
  if (!event || !words.good()) return std::nullopt;
  return TimedEvent{at, *event};
}

}  // namespace weft::run
