// One instance of a module: its store, its WASI process, the fiber it runs on. Answers the process's needs (wasi::Host)
// with memcpy between guest memory and payload, and is polled by whoever runs it (runner.cc).
// Owner and thread: one runner on one shard. The rules of Wasmtime's fibers that nothing enforces are kept here: while a
// future lives no store call is made but from inside a callback, and what a continuation copies with was saved there.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/wasi/host.h"
#include "core/wasi/process.h"
#include "host/engine/module.h"
#include "host/engine/streams.h"
#include "host/engine/wasmtime_api.h"
#include "host/payload/buffer.h"

namespace weft::host {

class Guest final : public wasi::Host {
 public:
  struct Ends {
    std::unique_ptr<ByteSource> in;
    std::unique_ptr<ByteSink> out;
    std::unique_ptr<ByteSink> err;
  };
  Guest(std::shared_ptr<const Module> module, wasi::Setup setup, Ends ends, std::shared_ptr<ChunkPool> pool,
        std::uint64_t memory_bound);
  ~Guest() override;

  // Mounts bytes in the guest's tree; before the first poll.
  Result<void> mount_read_only(std::string_view path, const Blob& blob);
  Result<void> mount_writable(std::string_view path, const Blob& blob);

  enum class Poll : std::uint8_t {
    instantiated,  // ready to be called: poll on, or start its clock first
    yielded,       // had its turn; poll again after the others
    waiting,       // for what process().wait() says; wake(), then poll
    ended,         // outcome() is there
  };
  [[nodiscard]] Poll poll();
  void wake() { woken_ = true; }

  struct Ending {
    enum class Kind : std::uint8_t { exited, trapped, output_refused, not_loaded } kind = Kind::exited;
    std::int32_t exit_code = 0;
    std::string code;    // "trap.unreachable"
    std::string detail;
  };
  // How it ended. A guest that is dropped before has none.
  [[nodiscard]] const std::optional<Ending>& ending() const { return ending_; }

  [[nodiscard]] wasi::Process& process() { return process_; }
  [[nodiscard]] Ends& ends() { return ends_; }
  // Linear memory and file tree at their largest so far.
  [[nodiscard]] std::uint64_t peak_bytes() const;
  [[nodiscard]] bool memory_limit_hit() const;
  // A file the guest left, taken out of it; nothing where there is none.
  [[nodiscard]] std::optional<Blob> take_file(std::string_view path);

  // For wasi_imports.cc, from inside callbacks.
  struct OpenCall {
    wasmtime_val_t* results = nullptr;
    wasm_trap_t** trap = nullptr;
    wasm_trap_t* (*make_stop)() = nullptr;
  };
  void see_memory(wasmtime_context_t* context);
  [[nodiscard]] bool ended_by(const wasi::Answer& answer);
  void begin_call(OpenCall call) { call_ = call; }
  void settle_call(const wasi::Answer& answer);
  [[nodiscard]] bool continue_call();

  // wasi::Host
  std::uint64_t memory_size() override { return memory_.size(); }
  void load(std::uint32_t address, std::span<std::byte> to) override;
  void store(std::uint32_t address, std::span<const std::byte> from) override;
  wasi::Transfer read_stdin(std::uint32_t address, std::uint32_t size) override;
  wasi::Transfer write_stream(wasi::OutStream stream, std::uint32_t address, std::uint32_t size) override;
  wasi::Readiness stdin_readiness() override { return ends_.in->readiness(); }
  wasi::Readiness stream_readiness(wasi::OutStream stream) override { return sink(stream).readiness(); }
  bool create_content(wasi::ContentId& id) override;
  bool resize_content(wasi::ContentId id, std::uint64_t size) override;
  void read_content(wasi::ContentId id, std::uint64_t offset, std::uint32_t address, std::uint32_t size) override;
  bool write_content(wasi::ContentId id, std::uint64_t offset, std::uint32_t address, std::uint32_t size) override;
  void release_content(wasi::ContentId id) override;
  std::uint64_t now_ns(wasi::HostClock clock) override;
  std::uint64_t resolution_ns(wasi::HostClock clock) override;
  void entropy(std::span<std::byte> to) override;

 private:
  using Content = std::variant<std::monostate, Blob, Buffer>;  // none: released, the id is free

  ByteSink& sink(wasi::OutStream stream) { return stream == wasi::OutStream::out ? *ends_.out : *ends_.err; }
  [[nodiscard]] wasi::ContentId add_content(Content content);
  Buffer& buffer(wasi::ContentId id) { return std::get<Buffer>(contents_[static_cast<std::size_t>(id)]); }
  void begin_instantiation();
  [[nodiscard]] Poll end_instantiation();
  [[nodiscard]] bool find_exports();
  void end(Ending ending);
  void end_from_wasm();

  enum class Stage : std::uint8_t { fresh, instantiating, ready, running, over };
  enum class CallState : std::uint8_t { none, done, pending, more };

  std::shared_ptr<const Module> module_;
  std::shared_ptr<ChunkPool> pool_;
  Ends ends_;
  std::vector<Content> contents_;
  std::vector<wasi::ContentId> free_contents_;
  std::uint64_t tree_bytes_ = 0;
  std::uint64_t peak_tree_bytes_ = 0;

  // Where Wasmtime writes while a future lives; before the store and future, which must go first.
  wasmtime_instance_t instance_{};
  wasmtime_func_t start_{};
  wasmtime_memory_t linear_{};
  bool has_memory_ = false;
  bool instantiated_ = false;
  bool grow_refused_ = false;  // at the end
  wasm_trap_t* trap_ = nullptr;
  wasmtime_error_t* error_ = nullptr;

  std::span<std::byte> memory_;  // of the last callback
  OpenCall call_;
  CallState call_state_ = CallState::none;
  bool woken_ = false;
  bool refused_ = false;  // an output went past its bound
  bool exited_ = false;   // proc_exit was called
  Stage stage_ = Stage::fresh;
  std::optional<Ending> ending_;

  wasi::Process process_;
  OwnedStore store_;
  OwnedFuture future_;
};

}  // namespace weft::host
