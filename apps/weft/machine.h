// The parts of this process that run guests, wired together: engines, module cache, artifacts, shards, spilling.
// Lifetime: made once by a verb, destroyed before it answers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "host/driver/shards.h"
#include "host/engine/engines.h"
#include "host/engine/module_cache.h"
#include "host/store/artifact_files.h"
#include "host/store/spill.h"

namespace weft::app {

class Machine {
 public:
  // `shards` 0: one a core.
  Machine(std::uint32_t shards, host::Allocator allocator);

  [[nodiscard]] host::Engines& engines() { return engines_; }
  [[nodiscard]] host::ModuleCache& modules() { return modules_; }
  [[nodiscard]] host::ArtifactFiles* artifacts() { return artifacts_.get(); }
  [[nodiscard]] host::Shards& shards() { return shards_; }
  [[nodiscard]] host::Spill& blobs() { return spill_; }

 private:
  host::Engines engines_;
  std::unique_ptr<host::ArtifactFiles> artifacts_;  // none where there is no place for them
  host::ModuleCache modules_;
  host::Spill spill_;
  host::Shards shards_;
};

// Where artifacts are kept; nothing where no folder can be named.
[[nodiscard]] std::unique_ptr<host::ArtifactFiles> open_artifacts();
[[nodiscard]] std::uint32_t core_count();

// Waits for signals and for a result from another thread. Made before any other thread, because it blocks the signals it
// waits for.
class Waiter {
 public:
  Waiter();
  ~Waiter();
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  void notify();  // any thread
  enum class Woken { notified, interrupted };
  [[nodiscard]] Woken wait();

 private:
  int event_ = -1;
  int signals_ = -1;
};

}  // namespace weft::app
