// A host for tests of core/wasi: guest memory and contents in vectors, streams that can be made to wait, a manual clock.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/wasi/functions.h"
#include "core/wasi/process.h"
#include "core/wasi/types.h"

namespace weft::wasi {

class FakeHost final : public Host {
 public:
  std::vector<std::byte> memory = std::vector<std::byte>(1 << 20);
  std::string in;           // what is left of stdin
  bool in_ended = true;     // false: more may come, so an empty `in` is pending
  std::string out, err;
  bool out_blocked = false;
  std::uint64_t out_bound = UINT64_MAX;
  bool reader_gone = false;
  std::uint64_t now = 1'000'000'000'000;
  std::map<std::uint32_t, std::string> contents;
  std::uint32_t next_content = 0;
  std::uint64_t content_room = UINT64_MAX;

  std::uint64_t memory_size() override { return memory.size(); }
  void load(std::uint32_t address, std::span<std::byte> to) override { std::memcpy(to.data(), memory.data() + address, to.size()); }
  void store(std::uint32_t address, std::span<const std::byte> from) override { std::memcpy(memory.data() + address, from.data(), from.size()); }
  Transfer read_stdin(std::uint32_t address, std::uint32_t size) override {
    if (in.empty()) return {in_ended ? Transfer::State::ended : Transfer::State::pending, 0};
    const std::size_t take = std::min<std::size_t>(size, in.size());
    std::memcpy(memory.data() + address, in.data(), take);
    in.erase(0, take);
    return {Transfer::State::moved, static_cast<std::uint32_t>(take)};
  }
  Transfer write_stream(OutStream stream, std::uint32_t address, std::uint32_t size) override {
    if (reader_gone) return {Transfer::State::ended, 0};
    if (out_blocked) return {Transfer::State::pending, 0};
    std::string& to = stream == OutStream::out ? out : err;
    if (stream == OutStream::out && to.size() + size > out_bound) return {Transfer::State::refused, 0};
    to.append(reinterpret_cast<const char*>(memory.data() + address), size);
    return {Transfer::State::moved, size};
  }
  Readiness stdin_readiness() override { return {!in.empty() || in_ended, in.empty() && in_ended, in.size()}; }
  Readiness stream_readiness(OutStream) override { return {!out_blocked, false, 65536}; }
  bool create_content(ContentId& id) override {
    id = ContentId{next_content++};
    contents[static_cast<std::uint32_t>(id)];
    return true;
  }
  bool resize_content(ContentId id, std::uint64_t size) override {
    if (size > content_room) return false;
    content(id).resize(size);
    return true;
  }
  void read_content(ContentId id, std::uint64_t offset, std::uint32_t address, std::uint32_t size) override {
    std::memcpy(memory.data() + address, content(id).data() + offset, size);
  }
  bool write_content(ContentId id, std::uint64_t offset, std::uint32_t address, std::uint32_t size) override {
    if (offset + size > content_room) return false;
    std::string& c = content(id);
    if (c.size() < offset + size) c.resize(offset + size);
    std::memcpy(c.data() + offset, memory.data() + address, size);
    return true;
  }
  void release_content(ContentId id) override { contents.erase(static_cast<std::uint32_t>(id)); }
  std::uint64_t now_ns(HostClock) override { return now; }
  std::uint64_t resolution_ns(HostClock clock) override { return clock == HostClock::thread_cpu ? 0 : 1; }
  void entropy(std::span<std::byte> to) override { std::fill(to.begin(), to.end(), std::byte{0xAB}); }

  std::string& content(ContentId id) { return contents.at(static_cast<std::uint32_t>(id)); }
  ContentId add_content(std::string bytes) {
    ContentId id{};
    static_cast<void>(create_content(id));
    content(id) = std::move(bytes);
    return id;
  }
};

// A process with a host, and words for what guests do. Text arguments are placed in guest memory one after the other.
class Bench {
 public:
  explicit Bench(ProcessSetup setup = {}) : process(std::make_unique<Process>(std::move(setup), host)) {}

  FakeHost host;
  std::unique_ptr<Process> process;

  static constexpr std::uint32_t kResult = 512 * 1024;   // where calls leave their results
  static constexpr std::uint32_t kBuffer = 600 * 1024;   // bytes to read into

  Answer answer(Function f, std::vector<std::uint64_t> args) { return process->call(f, args); }
  Errno call(Function f, std::vector<std::uint64_t> args) {
    const Answer a = answer(f, std::move(args));
    return a.kind == Answer::Kind::done ? a.error : Errno::stale;  // stale: no call answers it
  }
  // Places text; its address. Its size goes beside it in calls.
  std::uint64_t text(std::string_view s) {
    const std::uint32_t at = next_;
    host.store(at, std::as_bytes(std::span(s)));
    next_ = (next_ + static_cast<std::uint32_t>(s.size()) + 15) / 16 * 16;
    if (next_ > kResult - 8192) next_ = 1024;
    return at;
  }
  template <class T>
  T result(std::uint32_t offset = 0) {
    T value;
    host.load(kResult + offset, std::as_writable_bytes(std::span(&value, 1)));
    return value;
  }
  std::string bytes(std::uint32_t address, std::uint32_t size) {
    return {reinterpret_cast<const char*>(host.memory.data() + address), size};
  }
  // One iovec.
  std::uint64_t vector(std::uint64_t address, std::uint64_t size) {
    const std::uint32_t pair[2] = {static_cast<std::uint32_t>(address), static_cast<std::uint32_t>(size)};
    return text({reinterpret_cast<const char*>(pair), 8});
  }

  static constexpr Rights kAll = kAllRights;
  Errno open(std::string_view path, std::uint32_t& fd, std::uint16_t how = 0, Rights rights = kFileRights, std::uint16_t flags = 0,
             std::uint32_t dir = 3, std::uint32_t lookup = 0) {
    const Errno error = call(Function::path_open, {dir, lookup, text(path), path.size(), how, rights, rights, flags, kResult});
    fd = result<std::uint32_t>();
    return error;
  }
  std::uint32_t must_open(std::string_view path, std::uint16_t how = 0, Rights rights = kFileRights, std::uint16_t flags = 0) {
    std::uint32_t fd = 0;
    last = open(path, fd, how, rights, flags);
    return last == Errno::success ? fd : UINT32_MAX;
  }
  std::uint32_t make_file(std::string_view path, std::string_view content = {}) {
    const std::uint32_t fd = must_open(path, kOpenCreate);
    if (!content.empty()) last = write(fd, content);
    return fd;
  }
  Errno write(std::uint32_t fd, std::string_view data) {
    return call(Function::fd_write, {fd, vector(text(data), data.size()), 1, kResult});
  }
  // What a read of at most `size` gives; "!" and the error's number on one.
  std::string read(std::uint32_t fd, std::uint32_t size) {
    const Errno error = call(Function::fd_read, {fd, vector(kBuffer, size), 1, kResult});
    if (error != Errno::success) return "!" + std::to_string(static_cast<int>(error));
    return bytes(kBuffer, result<std::uint32_t>());
  }
  Errno path(Function f, std::string_view p, std::uint32_t dir = 3) { return call(f, {dir, text(p), p.size()}); }
  Errno mkdir(std::string_view p) { return path(Function::path_create_directory, p); }
  Errno rmdir(std::string_view p) { return path(Function::path_remove_directory, p); }
  Errno unlink(std::string_view p) { return path(Function::path_unlink_file, p); }
  Errno symlink(std::string_view target, std::string_view p) {
    return call(Function::path_symlink, {text(target), target.size(), 3, text(p), p.size()});
  }
  Errno rename(std::string_view from, std::string_view to) {
    return call(Function::path_rename, {3, text(from), from.size(), 3, text(to), to.size()});
  }
  Errno link(std::string_view from, std::string_view to, std::uint32_t lookup = 0) {
    return call(Function::path_link, {3, lookup, text(from), from.size(), 3, text(to), to.size()});
  }
  struct Stat {
    std::uint64_t device, inode, type, names, size, accessed, modified, changed;
  };
  Errno stat(std::string_view p, Stat& out, std::uint32_t lookup = 0) {
    const Errno error = call(Function::path_filestat_get, {3, lookup, text(p), p.size(), kResult});
    out = result<Stat>();
    return error;
  }
  // The names of a folder from `cookie` on, joined by blanks, read with a buffer of `size` bytes.
  std::string list(std::uint32_t fd, std::uint64_t cookie = 0, std::uint32_t size = 4096, std::uint64_t* last_cookie = nullptr) {
    if (const Errno error = call(Function::fd_readdir, {fd, kBuffer, size, cookie, kResult}); error != Errno::success)
      return "!" + std::to_string(static_cast<int>(error));
    std::string names;
    const std::uint32_t used = result<std::uint32_t>();
    for (std::uint32_t at = 0; at + kDirentBytes <= used;) {
      std::uint64_t next = 0;
      std::uint32_t name_size = 0;
      host.load(kBuffer + at, std::as_writable_bytes(std::span(&next, 1)));
      host.load(kBuffer + at + 16, std::as_writable_bytes(std::span(&name_size, 1)));
      if (at + kDirentBytes + name_size > used) break;
      names += (names.empty() ? "" : " ") + bytes(kBuffer + at + kDirentBytes, name_size);
      if (last_cookie != nullptr) *last_cookie = next;
      at += kDirentBytes + name_size;
    }
    return names;
  }

  Errno last = Errno::success;

 private:
  std::uint32_t next_ = 1024;
};

}  // namespace weft::wasi
