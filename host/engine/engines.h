// The Wasmtime engines of this process: one for each compiler and allocator, made on first use. All of them take exactly
// the portable set of features, so that a module that runs here runs in a browser too.
// Thread: any. Lifetime: longer than every module and guest.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "host/engine/ticker.h"
#include "host/engine/wasmtime_api.h"
#include "host/ports/step_runner.h"

namespace weft::host {

enum class Compiler : std::uint8_t { cranelift, winch };
enum class Allocator : std::uint8_t { on_demand, pooled };

[[nodiscard]] constexpr Compiler compiler_of(Mode mode) {
  return mode == Mode::winch ? Compiler::winch : Compiler::cranelift;
}

// An engine with the imports every guest gets.
struct Engine {
  Compiler compiler;
  Allocator allocator;
  OwnedEngine engine;
  OwnedLinker linker;
};

class Engines {
 public:
  // Pooled: many short guests (a node, streams, repeats). On demand: one-shot runs, where making the pool would cost more.
  explicit Engines(Allocator preferred);
  ~Engines();

  // The engine for a compiler, pooled where preferred and possible. A machine that cannot reserve the pool's address
  // space gets an on-demand engine instead; pool_refused() says why.
  [[nodiscard]] Engine& get(Compiler compiler);
  [[nodiscard]] Engine& get(Compiler compiler, Allocator allocator);
  [[nodiscard]] std::optional<std::string> pool_refused() const;
  [[nodiscard]] Ticker& ticker() { return ticker_; }

  // What an artifact depends on: engine version, our settings, CPU. For ArtifactKey::engine.
  [[nodiscard]] static std::string artifact_engine();
  [[nodiscard]] static std::string version();

 private:
  [[nodiscard]] Engine* make(Compiler compiler, Allocator allocator);
  void tick();

  const Allocator preferred_;
  mutable std::mutex mutex_;
  std::unique_ptr<Engine> engines_[2][2];
  std::atomic<wasm_engine_t*> ticked_[2][2] = {};
  std::optional<std::string> pool_refused_;
  Ticker ticker_;
};

}  // namespace weft::host
