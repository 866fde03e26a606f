// Bare loops over Wasmtime, without weft's layers: the floors that bench/ holds the rest against. Not part of weft.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "host/engine/engines.h"

namespace weft::host {

class Floor {
 public:
  // `wasm` is a command whose imports are all of WASI preview 1.
  Floor(Engines& engines, std::span<const std::byte> wasm);
  ~Floor();

  // One fresh instance: store, instantiate, call `_start`, delete. Every import answers 0 at once.
  void fresh();

  // A guest that reads stdin and writes it to stdout, suspended in fd_read: one round is resume, read, write, suspend.
  void suspend();
  void frame(std::span<const std::byte> bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weft::host
