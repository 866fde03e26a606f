#include "host/engine/guest.h"

#include <sys/random.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "core/base/assert.h"
#include "core/module/grow_watch.h"
#include "host/engine/limits.h"

namespace weft::host {
namespace {

// By wasmtime_trap_code_enum: what can end a guest of the portable set.
constexpr std::array<std::string_view, 10> kTrapCodes = {
    "trap.stack_overflow",  "trap.memory_out_of_bounds", "trap.misaligned",       "trap.table_out_of_bounds",
    "trap.null_function",   "trap.bad_signature",        "trap.integer_overflow", "trap.division_by_zero",
    "trap.bad_conversion",  "trap.unreachable"};
constexpr std::array<std::string_view, 10> kTrapTexts = {
    "call stack exhausted",       "out of bounds memory access", "misaligned atomic access", "out of bounds table access",
    "call of a null function",    "indirect call type mismatch", "integer overflow",         "integer divide by zero",
    "invalid conversion to integer", "unreachable instruction executed"};

constexpr std::int64_t kKeepDefault = -1;  // wasmtime_store_limiter

std::uint64_t clock_ns(clockid_t id) {
  timespec t{};
  ::clock_gettime(id, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec);
}

clockid_t clock_id(wasi::HostClock clock) {
  switch (clock) {
    case wasi::HostClock::realtime: return CLOCK_REALTIME;
    case wasi::HostClock::monotonic: return CLOCK_MONOTONIC;
    case wasi::HostClock::process_cpu: return CLOCK_PROCESS_CPUTIME_ID;
    case wasi::HostClock::thread_cpu: return CLOCK_THREAD_CPUTIME_ID;
  }
  return CLOCK_MONOTONIC;
}

std::string first_line(std::string text) {
  text.resize(std::min(text.size(), kMaxTrapMessageBytes));
  return text.substr(0, text.find('\n'));
}

}  // namespace

Guest::Guest(std::shared_ptr<const Module> module, wasi::Setup setup, Ends ends, std::shared_ptr<ChunkPool> pool,
             std::uint64_t memory_bound)
    : module_(std::move(module)),
      pool_(std::move(pool)),
      ends_(std::move(ends)),
      process_(std::move(setup), *this),
      store_(wasmtime_store_new(module_->engine->engine.get(), this, nullptr)) {
  wasmtime_store_limiter(store_.get(), static_cast<std::int64_t>(memory_bound), kMaxTableElements, kKeepDefault,
                         kKeepDefault, kKeepDefault);
  wasmtime_context_t* context = wasmtime_store_context(store_.get());
  wasmtime_context_set_epoch_deadline(context, 1);
  wasmtime_context_epoch_deadline_async_yield_and_update(context, 1);
}

Guest::~Guest() {
  future_.reset();
  if (trap_ != nullptr) wasm_trap_delete(trap_);
  if (error_ != nullptr) wasmtime_error_delete(error_);
}

Result<void> Guest::mount_read_only(std::string_view path, const Blob& blob) {
  return process_.tree().mount_read_only(path, add_content(blob), blob.size_bytes());
}

Result<void> Guest::mount_writable(std::string_view path, const Blob& blob) {
  tree_bytes_ += blob.size_bytes();
  peak_tree_bytes_ = std::max(peak_tree_bytes_, tree_bytes_);
  return process_.tree().mount_writable(path, add_content(Buffer(pool_, blob)), blob.size_bytes());
}

Guest::Poll Guest::poll() {
  if (stage_ == Stage::fresh) begin_instantiation();
  if (stage_ == Stage::ready) {
    stage_ = Stage::running;
    future_.reset(wasmtime_func_call_async(wasmtime_store_context(store_.get()), &start_, nullptr, 0, nullptr, 0, &trap_,
                                           &error_));
  }
  WEFT_ASSERT(future_ != nullptr);
  if (!wasmtime_call_future_poll(future_.get()))
    return call_state_ == CallState::pending ? Poll::waiting : Poll::yielded;
  future_.reset();
  if (stage_ == Stage::instantiating) return end_instantiation();
  end_from_wasm();
  return Poll::ended;
}

void Guest::begin_instantiation() {
  stage_ = Stage::instantiating;
  future_.reset(wasmtime_instance_pre_instantiate_async(module_->pre.get(), wasmtime_store_context(store_.get()),
                                                        &instance_, &trap_, &error_));
}

Guest::Poll Guest::end_instantiation() {
  if (trap_ == nullptr && error_ == nullptr) {
    instantiated_ = true;
    if (find_exports()) {
      stage_ = Stage::ready;
      return Poll::instantiated;
    }
    return Poll::ended;
  }
  if (exited_ || refused_ || trap_ != nullptr) {  // its start function ran, and ended it
    end_from_wasm();
    return Poll::ended;
  }
  end({Ending::Kind::not_loaded, 0, "module.instantiate", first_line(message_of(*error_))});
  return Poll::ended;
}

bool Guest::find_exports() {
  wasmtime_context_t* context = wasmtime_store_context(store_.get());
  wasmtime_extern_t item;
  constexpr std::string_view kStart = "_start", kMemory = "memory";
  if (!wasmtime_instance_export_get(context, &instance_, kStart.data(), kStart.size(), &item) ||
      item.kind != WASMTIME_EXTERN_FUNC) {
    end({Ending::Kind::not_loaded, 0, "module.no_start", "it exports no function `_start`, so it is no WASI command"});
    return false;
  }
  start_ = item.of.func;
  if (wasmtime_instance_export_get(context, &instance_, kMemory.data(), kMemory.size(), &item) &&
      item.kind == WASMTIME_EXTERN_MEMORY) {
    linear_ = item.of.memory;
    has_memory_ = true;
    see_memory(context);
  }
  return true;
}

void Guest::see_memory(wasmtime_context_t* context) {
  if (!has_memory_) return;
  memory_ = {reinterpret_cast<std::byte*>(wasmtime_memory_data(context, &linear_)),
             wasmtime_memory_data_size(context, &linear_)};
}

bool Guest::ended_by(const wasi::Answer& answer) {
  if (answer.kind == wasi::Answer::Kind::exited) exited_ = true;
  if (answer.kind == wasi::Answer::Kind::killed) refused_ = true;
  return exited_ || refused_;
}

// A call that may wait has answered: hand the answer to Wasmtime, or keep the fiber suspended.
void Guest::settle_call(const wasi::Answer& answer) {
  if (ended_by(answer)) {
    *call_.trap = call_.make_stop();
    call_state_ = CallState::done;
    return;
  }
  switch (answer.kind) {
    case wasi::Answer::Kind::pending: call_state_ = CallState::pending; return;
    case wasi::Answer::Kind::more: call_state_ = CallState::more; return;
    default: break;
  }
  call_.results[0].kind = WASMTIME_I32;
  call_.results[0].of.i32 = static_cast<std::int32_t>(answer.error);
  call_state_ = CallState::done;
}

// Asked by Wasmtime on every poll: may the guest go on. The first time comes right after the call itself.
bool Guest::continue_call() {
  if (call_state_ == CallState::pending && woken_) {
    woken_ = false;
    settle_call(process_.resume());
  } else if (call_state_ == CallState::more) {
    if (!std::exchange(woken_, true)) return false;  // give the others their turn first
    woken_ = false;
    settle_call(process_.resume());
  }
  if (call_state_ != CallState::done) return false;
  call_state_ = CallState::none;
  woken_ = false;
  return true;
}

void Guest::end(Ending ending) {
  wasmtime_context_t* context = wasmtime_store_context(store_.get());
  if (has_memory_) see_memory(context);
  wasmtime_extern_t item;
  if (stage_ != Stage::fresh && instantiated_ &&
      wasmtime_instance_export_get(context, &instance_, module::kGrowRefused.data(), module::kGrowRefused.size(), &item) &&
      item.kind == WASMTIME_EXTERN_GLOBAL) {
    wasmtime_val_t value;
    wasmtime_global_get(context, &item.of.global, &value);
    grow_refused_ = value.of.i32 != 0;
  }
  stage_ = Stage::over;
  ending_ = std::move(ending);
}

void Guest::end_from_wasm() {
  const OwnedTrap trap(std::exchange(trap_, nullptr));
  const OwnedError error(std::exchange(error_, nullptr));
  if (exited_) return end({Ending::Kind::exited, static_cast<std::int32_t>(process_.exit_code()), {}, {}});
  if (refused_) return end({Ending::Kind::output_refused, 0, "output.too_large", "its output went over the bound"});
  if (!trap && !error) return end({Ending::Kind::exited, 0, {}, {}});
  wasmtime_trap_code_t code = 0;
  if (trap && wasmtime_trap_code(trap.get(), &code) && code < kTrapCodes.size())
    return end({Ending::Kind::trapped, 0, std::string(kTrapCodes[code]), std::string(kTrapTexts[code])});
  std::string text = "trap";
  if (error) {
    text = first_line(message_of(*error));
  } else if (trap) {
    wasm_message_t message;
    wasm_trap_message(trap.get(), &message);
    text = first_line(std::string(message.data, message.size > 0 ? message.size - 1 : 0));
    wasm_byte_vec_delete(&message);
  }
  end({Ending::Kind::trapped, 0, "trap.other", std::move(text)});
}

std::uint64_t Guest::peak_bytes() const { return memory_.size() + peak_tree_bytes_; }

bool Guest::memory_limit_hit() const { return grow_refused_ || process_.tree_limit_hit(); }

std::optional<Blob> Guest::take_file(std::string_view path) {
  const auto file = process_.tree().find_file(path);
  if (!file) return std::nullopt;
  if (file->size_bytes == 0) return Blob();
  Content& content = contents_[static_cast<std::size_t>(file->content)];
  if (const Blob* blob = std::get_if<Blob>(&content)) return *blob;
  Blob frozen = std::get<Buffer>(content).freeze();
  content = frozen;
  return frozen;
}

void Guest::load(std::uint32_t address, std::span<std::byte> to) {
  std::memcpy(to.data(), memory_.data() + address, to.size());
}

void Guest::store(std::uint32_t address, std::span<const std::byte> from) {
  std::memcpy(memory_.data() + address, from.data(), from.size());
}

wasi::Transfer Guest::read_stdin(std::uint32_t address, std::uint32_t size) {
  return ends_.in->read(memory_.subspan(address, size));
}

wasi::Transfer Guest::write_stream(wasi::OutStream stream, std::uint32_t address, std::uint32_t size) {
  return sink(stream).write(memory_.subspan(address, size));
}

wasi::ContentId Guest::add_content(Content content) {
  if (!free_contents_.empty()) {
    const wasi::ContentId id = free_contents_.back();
    free_contents_.pop_back();
    contents_[static_cast<std::size_t>(id)] = std::move(content);
    return id;
  }
  contents_.push_back(std::move(content));
  return wasi::ContentId{static_cast<std::uint32_t>(contents_.size() - 1)};
}

bool Guest::create_content(wasi::ContentId& id) {
  id = add_content(Buffer(pool_));
  return true;
}

bool Guest::resize_content(wasi::ContentId id, std::uint64_t size) {
  Buffer& b = buffer(id);
  const std::uint64_t before = b.size_bytes();
  if (!b.resize(size)) return false;
  tree_bytes_ += size - before;
  peak_tree_bytes_ = std::max(peak_tree_bytes_, tree_bytes_);
  return true;
}

void Guest::read_content(wasi::ContentId id, std::uint64_t offset, std::uint32_t address, std::uint32_t size) {
  std::span<std::byte> to = memory_.subspan(address, size);
  const Content& content = contents_[static_cast<std::size_t>(id)];
  if (const Buffer* b = std::get_if<Buffer>(&content)) return b->read(offset, to);
  const Blob& blob = std::get<Blob>(content);
  while (!to.empty()) {
    const std::span<const std::byte> run = blob.at(offset);
    const std::size_t take = std::min(run.size(), to.size());
    std::memcpy(to.data(), run.data(), take);
    to = to.subspan(take);
    offset += take;
  }
}

bool Guest::write_content(wasi::ContentId id, std::uint64_t offset, std::uint32_t address, std::uint32_t size) {
  Buffer& b = buffer(id);
  const std::uint64_t before = b.size_bytes();
  if (!b.write(offset, memory_.subspan(address, size))) return false;
  tree_bytes_ += b.size_bytes() - before;
  peak_tree_bytes_ = std::max(peak_tree_bytes_, tree_bytes_);
  return true;
}

void Guest::release_content(wasi::ContentId id) {
  Content& content = contents_[static_cast<std::size_t>(id)];
  if (const Buffer* b = std::get_if<Buffer>(&content)) tree_bytes_ -= b->size_bytes();
  content = std::monostate{};
  free_contents_.push_back(id);
}

std::uint64_t Guest::now_ns(wasi::HostClock clock) { return clock_ns(clock_id(clock)); }

std::uint64_t Guest::resolution_ns(wasi::HostClock clock) {
  timespec t{};
  ::clock_getres(clock_id(clock), &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec);
}

void Guest::entropy(std::span<std::byte> to) {
  while (!to.empty()) {
    const ssize_t got = ::getrandom(to.data(), to.size(), 0);
    if (got > 0) to = to.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace weft::host
