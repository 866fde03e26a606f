// One attempt under way on a shard: gets its module, makes or borrows an instance, polls it, tells how it ended.
// Owner: its handle (RunningAttempt); the runner and the loop hold it weakly, so that dropping the handle ends it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "host/engine/runner.h"

namespace weft::host {

// stderr of one try: kept up to a bound, the rest dropped and counted.
class LogSink final : public ByteSink {
 public:
  LogSink(std::shared_ptr<ChunkPool> pool, std::uint64_t bound) : buffer_(std::move(pool)), bound_(bound) {}
  wasi::Transfer write(std::span<const std::byte> from) override;
  [[nodiscard]] Blob take() { return buffer_.freeze(); }
  [[nodiscard]] std::uint64_t take_dropped() { return std::exchange(dropped_, 0); }

 private:
  Buffer buffer_;
  std::uint64_t bound_;
  std::uint64_t dropped_ = 0;
};

class EngineAttempt final : public std::enable_shared_from_this<EngineAttempt> {
 public:
  EngineAttempt(EngineRunner& runner, AttemptSpec spec, StepRunner::Started started, StepRunner::Done done);
  ~EngineAttempt();

  void begin();                // gets the module
  void begin_instance();       // has it, and perhaps a slot
  void cancel(run::CancelAttempt::Reason reason);
  [[nodiscard]] bool over() const { return over_; }

 private:
  [[nodiscard]] bool is_stream() const { return spec_.program->abi == flow::Abi::stream; }
  void loaded(Result<LoadedModule> loaded);
  [[nodiscard]] Result<void> make_guest();
  [[nodiscard]] wasi::Setup setup() const;
  [[nodiscard]] Guest::Ends ends();
  void offer_frame();
  void turn();
  [[nodiscard]] Guest::Poll poll();
  void wait();
  void woken();
  void wait_in_stream();
  void ended();
  void ended_well();
  [[nodiscard]] bool take_outputs();
  void fail_with(run::Outcome::Kind kind, std::string code, std::string detail);
  void finish();
  void give_back();

  EngineRunner& runner_;
  AttemptSpec spec_;
  StepRunner::Started started_;
  StepRunner::Done done_;
  std::shared_ptr<const Module> module_;
  HotInstance instance_;
  LogSink* log_ = nullptr;  // owned by the guest's ends
  AttemptResult result_;
  std::vector<std::unique_ptr<Pending>> waits_;
  std::uint64_t asked_ns_ = 0;
  std::uint64_t begun_ns_ = 0;  // of instantiation, then of the call
  bool has_slot_ = false;
  bool counted_ = false;  // among its step's instances
  bool over_ = false;
};

}  // namespace weft::host
