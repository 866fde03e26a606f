#include "core/run/window.h"

#include "core/base/assert.h"

namespace weft::run {

Window::Window(std::uint32_t size) : size_(size) { WEFT_ASSERT(size >= 1 && size <= kMaxWindow); }

void Window::handle_input() {
  WEFT_ASSERT(!source_ended_ && ended_.size() < size_);
  ended_.push_back(false);
  actions_.push_back(StartRun{next_++});
  if (ended_.size() == size_) actions_.push_back(ReadOn{ReadOn::Source::closed});
}

void Window::handle_run_ended(std::uint64_t sequence) {
  WEFT_ASSERT(sequence >= offered_ && sequence < next_ && !ended_[slot(sequence)]);
  ended_[slot(sequence)] = true;
  offer();
}

void Window::handle_answered(std::uint64_t sequence) {
  WEFT_ASSERT(sequence == first_ && sequence < offered_);
  const bool was_full = ended_.size() == size_;
  ended_.pop_front();
  ++first_;
  if (was_full && !source_ended_) actions_.push_back(ReadOn{ReadOn::Source::open});
  offer();
}

void Window::handle_end() {
  WEFT_ASSERT(!source_ended_);
  source_ended_ = true;
  offer();
}

void Window::offer() {
  while (offered_ < next_ && ended_[slot(offered_)]) actions_.push_back(Answer{offered_++});
  if (source_ended_ && ended_.empty() && !finished_) {
    finished_ = true;
    actions_.push_back(FinishStream{});
  }
}

std::optional<StreamAction> Window::poll_action() {
  if (actions_.empty()) return std::nullopt;
  const StreamAction action = actions_.front();
  actions_.pop_front();
  return action;
}

}  // namespace weft::run
