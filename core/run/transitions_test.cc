#include "core/run/transitions.h"

#include <gtest/gtest.h>

#include <set>

namespace weft::run {
namespace {

template <class Table, class State>
void check_table(const Table& table, State first, State last) {
  std::set<State> reached = {first};
  for (std::size_t round = 0; round < table.size(); ++round)
    for (const auto& row : table)
      if (reached.contains(row.from)) reached.insert(row.to);
  for (int s = static_cast<int>(first); s <= static_cast<int>(last); ++s) {
    const State state = static_cast<State>(s);
    EXPECT_TRUE(reached.contains(state)) << "unreachable: " << s;
    bool leaves = false;
    for (const auto& row : table) leaves = leaves || row.from == state;
    EXPECT_EQ(leaves, !is_final(state)) << "final states end, all others go on: " << s;
  }
  for (const auto& a : table)
    for (const auto& b : table)
      if (&a != &b) EXPECT_FALSE(a.from == b.from && a.on == b.on) << "two rows for one pair";
}

TEST(Transitions, OfStepsReachEveryStateAndEnd) {
  check_table(kStepTransitions, StepState::waiting, StepState::cancelled);
}

TEST(Transitions, OfItemsReachEveryStateAndEnd) {
  check_table(kItemTransitions, ItemState::idle, ItemState::dropped);
}

}  // namespace
}  // namespace weft::run
