// Lets a stream of inputs through as runs, at most `window` unanswered, and answers in the order the inputs came.
// Owner and thread: the stream's driver. Calling order as for Run: after every handle_*(), poll until nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "core/run/limits.h"

namespace weft::run {

struct StartRun { std::uint64_t sequence; };  // inputs are numbered from 0; answer handle_run_ended()
struct Answer { std::uint64_t sequence; };    // in order, once each; answer handle_answered() when it has been taken
struct ReadOn { enum class Source : std::uint8_t { open, closed } source; };  // whether another input may come in
struct FinishStream {};                       // the source has ended and all is answered
using StreamAction = std::variant<StartRun, Answer, ReadOn, FinishStream>;

class Window {
 public:
  // `size` inputs at most are between handle_input() and handle_answered(); from 1 to kMaxWindow.
  explicit Window(std::uint32_t size);

  // Asserts while the source is closed by ReadOn, or after handle_end().
  void handle_input();
  void handle_run_ended(std::uint64_t sequence);
  void handle_answered(std::uint64_t sequence);
  void handle_end();

  [[nodiscard]] std::optional<StreamAction> poll_action();
  [[nodiscard]] std::uint32_t unanswered() const { return static_cast<std::uint32_t>(ended_.size()); }

 private:
  std::uint32_t size_;
  std::uint64_t first_ = 0;     // sequence of ended_.front()
  std::uint64_t next_ = 0;      // of the next input
  std::uint64_t offered_ = 0;   // answers before this one have been polled
  std::deque<bool> ended_;      // of every unanswered run: has it ended
  bool source_ended_ = false;
  bool finished_ = false;
  std::deque<StreamAction> actions_;

  void offer();
  [[nodiscard]] std::size_t slot(std::uint64_t sequence) const { return static_cast<std::size_t>(sequence - first_); }
};

}  // namespace weft::run
