// A StepRunner without an engine: a test says what each step's program does. Attempts end on a turn of the loop, or when
// they are cancelled, or not at all until then.
// Thread: its loop's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "host/ports/loop.h"
#include "host/ports/step_runner.h"

namespace weft::host {

class FakeRunner final : public StepRunner {
 public:
  // What a program answers; nothing: it runs until it is cancelled.
  using Program = std::function<std::optional<AttemptResult>(const AttemptSpec&)>;
  enum class Ends : std::uint8_t { at_once, on_a_turn };  // before start() returns, or after

  FakeRunner(Loop& loop, Ends ends, Program program) : loop_(loop), ends_(ends), program_(std::move(program)) {}

  std::unique_ptr<RunningAttempt> start(AttemptSpec spec, Started started, Done done) override {
    auto attempt = std::make_shared<Attempt>();
    attempt->done = std::move(done);
    if (started) started();
    auto result = program_(spec);
    if (result && ends_ == Ends::at_once) {
      attempt->finish(std::move(*result));
      return nullptr;
    }
    if (result)
      loop_.post([weak = std::weak_ptr(attempt), result = std::move(*result)]() mutable {
        if (const auto held = weak.lock()) held->finish(std::move(result));
      });
    return std::make_unique<Handle>(std::move(attempt));
  }

 private:
  struct Attempt {
    Done done;
    bool over = false;
    void finish(AttemptResult result) {
      if (!std::exchange(over, true)) done(std::move(result));
    }
  };
  class Handle final : public RunningAttempt {
   public:
    explicit Handle(std::shared_ptr<Attempt> attempt) : attempt_(std::move(attempt)) {}
    void cancel(run::CancelAttempt::Reason reason) override {
      AttemptResult result;
      result.outcome.kind = reason == run::CancelAttempt::Reason::timeout ? run::Outcome::Kind::timed_out : run::Outcome::Kind::cancelled;
      attempt_->finish(std::move(result));
    }

   private:
    std::shared_ptr<Attempt> attempt_;
  };

  Loop& loop_;
  Ends ends_;
  Program program_;
};

}  // namespace weft::host
