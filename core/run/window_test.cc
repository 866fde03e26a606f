#include "core/run/window.h"

#include <gtest/gtest.h>

#include <string>

namespace weft::run {
namespace {

// The actions that are waiting, as one line: "start 0, closed".
std::string drain(Window& window) {
  std::string out;
  while (const auto action = window.poll_action()) {
    if (!out.empty()) out += ", ";
    if (const auto* a = std::get_if<StartRun>(&*action)) out += "start " + std::to_string(a->sequence);
    if (const auto* a = std::get_if<Answer>(&*action)) out += "answer " + std::to_string(a->sequence);
    if (const auto* a = std::get_if<ReadOn>(&*action)) out += a->source == ReadOn::Source::open ? "open" : "closed";
    if (std::holds_alternative<FinishStream>(*action)) out += "finish";
  }
  return out;
}

TEST(Window, AnswersInOrderAndStopsReadingWhenFull) {
  Window window(2);
  window.handle_input();
  EXPECT_EQ(drain(window), "start 0");
  window.handle_input();
  EXPECT_EQ(drain(window), "start 1, closed");
  window.handle_run_ended(1);
  EXPECT_EQ(drain(window), "");
  window.handle_run_ended(0);
  EXPECT_EQ(drain(window), "answer 0, answer 1");
  window.handle_answered(0);
  EXPECT_EQ(drain(window), "open");
  window.handle_input();
  EXPECT_EQ(drain(window), "start 2, closed");
  window.handle_end();
  window.handle_answered(1);
  EXPECT_EQ(drain(window), "");
  window.handle_run_ended(2);
  EXPECT_EQ(drain(window), "answer 2");
  window.handle_answered(2);
  EXPECT_EQ(drain(window), "finish");
}

TEST(Window, OfNothingFinishesAtOnce) {
  Window window(4);
  window.handle_end();
  EXPECT_EQ(drain(window), "finish");
}

}  // namespace
}  // namespace weft::run
