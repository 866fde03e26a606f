// Payload past a bound of memory goes to disk: into files without names that are gone with their last reader, whatever
// happens to the process. Thread: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "host/ports/blobs.h"
#include "host/store/limits.h"

namespace weft::host {

class Spill final : public Blobs {
 public:
  struct Options {
    std::string folder;
    std::uint64_t above_bytes = kSpillAboveBytes;  // kept in memory at once
    std::uint64_t at_least_bytes = kSpillAtLeastBytes;
  };
  explicit Spill(Options options);

  // What was kept counts until its last reference goes.
  Result<Blob> keep(const Blob& blob) override;
  [[nodiscard]] std::uint64_t in_memory_bytes() const { return *in_memory_; }
  [[nodiscard]] std::uint64_t spilled_bytes() const { return spilled_; }

 private:
  [[nodiscard]] Result<Blob> to_disk(const Blob& blob);

  const Options options_;
  std::shared_ptr<std::atomic<std::uint64_t>> in_memory_;
  std::atomic<std::uint64_t> spilled_{0};
};

}  // namespace weft::host
