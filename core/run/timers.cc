#include "core/run/timers.h"

#include <algorithm>
#include <functional>

namespace weft::run {

void Timers::add(const Timer& timer) {
  heap_.push_back(timer);
  std::push_heap(heap_.begin(), heap_.end(), std::greater<>{});
}

void Timers::pop() {
  std::pop_heap(heap_.begin(), heap_.end(), std::greater<>{});
  heap_.pop_back();
}

}  // namespace weft::run
