// One line on the terminal that says which steps run and how many are done; gone when the run is.
// Thread: step_*() on the run's shard, finish() after the run; they never overlap.
#pragma once

#include <string>
#include <vector>

#include "core/flow/model.h"
#include "host/driver/run_driver.h"

namespace weft::app {

class Progress final : public host::RunObserver {
 public:
  struct Options {
    const flow::Workflow& workflow;
    bool shown;
  };
  explicit Progress(Options options) : options_(options), running_(options.workflow.steps.size()) {}

  void step_started(std::uint32_t step) override;
  void step_ended(std::uint32_t step, run::EndState state) override;
  void finish();

 private:
  void draw();

  Options options_;
  std::vector<bool> running_;
  std::size_t ended_ = 0;
  bool drawn_ = false;
};

}  // namespace weft::app
