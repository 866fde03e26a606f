#include "apps/weft/progress.h"

#include "apps/weft/terminal.h"

namespace weft::app {

void Progress::step_started(std::uint32_t step) {
  running_[step] = true;
  draw();
}

void Progress::step_ended(std::uint32_t step, run::EndState) {
  running_[step] = false;
  ++ended_;
  draw();
}

void Progress::draw() {
  if (!options_.shown) return;
  std::string line = std::to_string(ended_) + "/" + std::to_string(running_.size());
  for (std::size_t i = 0; i < running_.size(); ++i)
    if (running_[i]) line += " " + options_.workflow.steps[i].name;
  line.resize(std::min<std::size_t>(line.size(), width(Stream::err) - 1));
  print(Stream::err, "\r\x1b[K" + line);
  drawn_ = true;
}

void Progress::finish() {
  if (std::exchange(drawn_, false)) print(Stream::err, "\r\x1b[K");
  ended_ = 0;
}

}  // namespace weft::app
