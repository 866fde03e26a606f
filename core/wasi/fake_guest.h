// For tests: a host whose guest memory is a vector, whose streams follow a script and whose clocks stand where the test
// puts them; and a Guest that makes calls the way compiled programs do.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/wasi/abi.h"
#include "core/wasi/functions.h"
#include "core/wasi/limits.h"
#include "core/wasi/process.h"

namespace weft::wasi::test {

struct FakeHost final : Host {
  std::vector<std::byte> memory = std::vector<std::byte>(1 << 20);
  std::map<std::uint32_t, std::string> contents;
  std::uint32_t next_content = 1;
  std::uint64_t content_room = UINT64_MAX;  // past it the host has no room
  bool writes_fail = false;

  std::deque<std::string> input;  // an empty one: pending once
  Transfer::State input_end = Transfer::State::ended;
  std::string out, err;
  std::uint64_t out_bound = UINT64_MAX;
  std::deque<Transfer::State> out_script, err_script;  // answers given before anything is written
  std::uint32_t most_at_once = kMaxTransferBytes;
  std::uint32_t largest_transfer = 0;
  Readiness input_ready{true, false, 1}, out_ready{true, false, 1}, err_ready{true, false, 1};

  std::uint64_t realtime_ns = 1'700'000'000'000'000'000, monotonic_ns = 5'000, cpu_ns = 77;
  std::uint64_t resolution = 1;
  std::uint8_t next_entropy = 0;
  std::size_t largest_entropy = 0;
  std::uint64_t memory_calls = 0;

  void check(std::uint32_t address, std::uint64_t size) {
    ASSERT_LE(address + std::uint64_t{size}, memory.size()) << "an unchecked address reached the host";
  }
  std::uint64_t memory_size() override { return memory.size(); }
  void load(std::uint32_t address, std::span<std::byte> to) override {
    check(address, to.size());
    std::copy_n(memory.begin() + address, to.size(), to.begin());
  }
  void store(std::uint32_t address, std::span<const std::byte> from) override {
    check(address, from.size());
    std::copy(from.begin(), from.end(), memory.begin() + address);
  }
  void count(std::uint32_t address, std::uint32_t size) {
    check(address, size);
    EXPECT_GE(size, 1U);
    EXPECT_LE(size, kMaxTransferBytes);
    largest_transfer = std::max(largest_transfer, size);
  }
  Transfer read_stdin(std::uint32_t address, std::uint32_t size) override {
    count(address, size);
    if (input.empty()) return {input_end, 0};
    if (input.front().empty()) {
      input.pop_front();
      return {Transfer::State::pending, 0};
    }
    const auto part = static_cast<std::uint32_t>(std::min<std::size_t>({size, input.front().size(), most_at_once}));
    std::memcpy(&memory[address], input.front().data(), part);
    input.front().erase(0, part);
    if (input.front().empty()) input.pop_front();
    return {Transfer::State::moved, part};
  }
  Transfer write_stream(OutStream stream, std::uint32_t address, std::uint32_t size) override {
    count(address, size);
    auto& script = stream == OutStream::out ? out_script : err_script;
    if (!script.empty()) {
      const Transfer::State state = script.front();
      script.pop_front();
      if (state != Transfer::State::moved) return {state, 0};
    }
    std::string& to = stream == OutStream::out ? out : err;
    if (stream == OutStream::out && to.size() + size > out_bound) return {Transfer::State::refused, 0};
    const std::uint32_t part = std::min(size, most_at_once);
    to.append(reinterpret_cast<const char*>(&memory[address]), part);
    return {Transfer::State::moved, part};
  }
  Readiness stdin_readiness() override { return input_ready; }
  Readiness stream_readiness(OutStream stream) override { return stream == OutStream::out ? out_ready : err_ready; }

  bool create_content(ContentId& id) override {
    if (content_room == 0) return false;
    id = ContentId{next_content++};
    contents[static_cast<std::uint32_t>(id)] = {};
    return true;
  }
  bool resize_content(ContentId id, std::uint64_t size) override {
    if (size > content_room) return false;
    contents.at(static_cast<std::uint32_t>(id)).resize(size);
    return true;
  }
  void read_content(ContentId id, std::uint64_t offset, std::uint32_t address, std::uint32_t size) override {
    count(address, size);
    const std::string& from = contents.at(static_cast<std::uint32_t>(id));
    ASSERT_LE(offset + size, from.size());
    std::memcpy(&memory[address], from.data() + offset, size);
  }
  bool write_content(ContentId id, std::uint64_t offset, std::uint32_t address, std::uint32_t size) override {
    count(address, size);
    std::string& to = contents.at(static_cast<std::uint32_t>(id));
    EXPECT_LE(offset + size, to.size());
    if (writes_fail) return false;
    std::memcpy(to.data() + offset, &memory[address], size);
    return true;
  }
  void release_content(ContentId id) override { EXPECT_EQ(contents.erase(static_cast<std::uint32_t>(id)), 1U); }

  std::uint64_t now_ns(HostClock clock) override {
    return clock == HostClock::realtime ? realtime_ns : clock == HostClock::monotonic ? monotonic_ns : cpu_ns;
  }
  std::uint64_t resolution_ns(HostClock clock) override { return clock == HostClock::thread_cpu ? 0 : resolution; }
  void entropy(std::span<std::byte> to) override {
    largest_entropy = std::max(largest_entropy, to.size());
    for (std::byte& byte : to) byte = static_cast<std::byte>(next_entropy++);
  }
  ContentId add(std::string text) {
    contents[next_content] = std::move(text);
    return ContentId{next_content++};
  }
};

struct Stat {
  std::uint64_t device, inode, links, size, accessed, modified, changed;
  FileType type;
};
struct Fdstat {
  FileType type;
  std::uint16_t flags;
  Rights base, inheriting;
};
struct Dirent {
  std::uint64_t next, inode;
  std::string name;
  FileType type;
  friend bool operator==(const Dirent&, const Dirent&) = default;
};

// What most tests ask path_open for.
inline constexpr Rights kReadWrite = rights::kFdRead | rights::kFdWrite;

class Guest {
 public:
  explicit Guest(Setup setup = {}) : process(std::move(setup), host) {}

  FakeHost host;
  Process process;

  // Guest memory: fixed places, so that tests can be read.
  static constexpr std::uint32_t kOut = 64;        // results
  static constexpr std::uint32_t kPath = 1024;     // first path
  static constexpr std::uint32_t kPath2 = 8192;    // second path
  static constexpr std::uint32_t kIovecs = 16384;  // iovecs, subscriptions
  static constexpr std::uint32_t kData = 65536;    // payload

  Answer raw(Function function, std::initializer_list<std::uint64_t> args) {
    return process.call(function, std::span(args.begin(), args.size()));
  }
  // Runs a call to its end, carrying on over pending and more.
  Errno call(Function function, std::initializer_list<std::uint64_t> args) {
    Answer answer = raw(function, args);
    while (answer.kind == Answer::Kind::pending || answer.kind == Answer::Kind::more) answer = process.resume();
    EXPECT_EQ(answer.kind, Answer::Kind::done);
    return answer.error;
  }

  void put(std::uint32_t address, std::string_view text) { host.store(address, std::as_bytes(std::span(text))); }
  void put_u32(std::uint32_t address, std::uint32_t value) {
    Packed<4> packed;
    packed.put(0, value);
    host.store(address, packed.bytes);
  }
  void put_u64(std::uint32_t address, std::uint64_t value) {
    Packed<8> packed;
    packed.put(0, value);
    host.store(address, packed.bytes);
  }
  std::string text(std::uint32_t address, std::uint32_t size) {
    return {reinterpret_cast<const char*>(&host.memory.at(address)), size};
  }
  std::uint32_t u32_at(std::uint32_t address) { return unpack<std::uint32_t>(&host.memory.at(address)); }
  std::uint64_t u64_at(std::uint32_t address) { return unpack<std::uint64_t>(&host.memory.at(address)); }
  std::uint32_t path(std::string_view name, std::uint32_t at = kPath) {
    put(at, name);
    return static_cast<std::uint32_t>(name.size());
  }

  std::expected<std::uint32_t, Errno> open(std::string_view name, std::uint32_t oflags = 0, Rights base = kReadWrite,
                                           std::uint32_t fdflags = 0, std::uint32_t folder = 3,
                                           std::uint32_t lookup = kLookupFollow) {
    const Errno error = call(Function::path_open, {folder, lookup, kPath, path(name), oflags, base, 0, fdflags, kOut});
    if (error != Errno::success) return std::unexpected(error);
    return u32_at(kOut);
  }
  std::uint32_t opened(std::string_view name, std::uint32_t oflags = 0, Rights base = kReadWrite,
                       std::uint32_t fdflags = 0, std::uint32_t folder = 3) {
    const auto fd = open(name, oflags, base, fdflags, folder);
    EXPECT_TRUE(fd.has_value()) << name << ": " << static_cast<int>(fd ? Errno::success : fd.error());
    return fd.value_or(UINT32_MAX);
  }
  std::uint32_t opened_folder(std::string_view name, std::uint32_t folder = 3) {
    return opened(name, oflags::kDirectory, 0, 0, folder);
  }
  Errno close(std::uint32_t fd) { return call(Function::fd_close, {fd}); }
  // A file with these bytes.
  void make(std::string_view name, std::string_view bytes = {}, std::uint32_t folder = 3) {
    const std::uint32_t fd = opened(name, oflags::kCreate | oflags::kTruncate, kReadWrite, 0, folder);
    if (!bytes.empty()) EXPECT_EQ(write(fd, bytes), bytes.size());
    EXPECT_EQ(close(fd), Errno::success);
  }
  std::string contents(std::string_view name) {
    const auto file = process.tree().find_file("/" + std::string(name));
    if (!file) return "(none)";
    return file->size_bytes == 0 ? "" : host.contents.at(static_cast<std::uint32_t>(file->content));
  }

  // One iovec.
  Errno try_write(std::uint32_t fd, std::string_view bytes) {
    put(kData, bytes);
    iovecs({{kData, static_cast<std::uint32_t>(bytes.size())}});
    return call(Function::fd_write, {fd, kIovecs, 1, kOut});
  }
  std::uint32_t write(std::uint32_t fd, std::string_view bytes) {
    EXPECT_EQ(try_write(fd, bytes), Errno::success);
    return u32_at(kOut);
  }
  Errno try_read(std::uint32_t fd, std::uint32_t size) {
    iovecs({{kData, size}});
    return call(Function::fd_read, {fd, kIovecs, 1, kOut});
  }
  std::string read(std::uint32_t fd, std::uint32_t size = 65536) {
    EXPECT_EQ(try_read(fd, size), Errno::success);
    return text(kData, u32_at(kOut));
  }
  std::expected<std::uint64_t, Errno> seek(std::uint32_t fd, std::int64_t delta, std::uint32_t whence) {
    const Errno error = call(Function::fd_seek, {fd, static_cast<std::uint64_t>(delta), whence, kOut});
    if (error != Errno::success) return std::unexpected(error);
    return u64_at(kOut);
  }
  void iovecs(std::initializer_list<std::pair<std::uint32_t, std::uint32_t>> list) {
    std::uint32_t at = kIovecs;
    for (const auto& [address, size] : list) {
      put_u32(at, address);
      put_u32(at + 4, size);
      at += 8;
    }
  }

  Errno mkdir(std::string_view name, std::uint32_t folder = 3) {
    return call(Function::path_create_directory, {folder, kPath, path(name)});
  }
  Errno rmdir(std::string_view name, std::uint32_t folder = 3) {
    return call(Function::path_remove_directory, {folder, kPath, path(name)});
  }
  Errno unlink(std::string_view name, std::uint32_t folder = 3) {
    return call(Function::path_unlink_file, {folder, kPath, path(name)});
  }
  Errno symlink(std::string_view target, std::string_view name, std::uint32_t folder = 3) {
    return call(Function::path_symlink, {kPath, path(target), folder, kPath2, path(name, kPath2)});
  }
  Errno link(std::string_view from, std::string_view to, std::uint32_t lookup = 0) {
    return call(Function::path_link, {3, lookup, kPath, path(from), 3, kPath2, path(to, kPath2)});
  }
  Errno rename(std::string_view from, std::string_view to, std::uint32_t from_folder = 3, std::uint32_t to_folder = 3) {
    return call(Function::path_rename, {from_folder, kPath, path(from), to_folder, kPath2, path(to, kPath2)});
  }
  std::expected<std::string, Errno> readlink(std::string_view name, std::uint32_t size = 100) {
    const Errno error = call(Function::path_readlink, {3, kPath, path(name), kData, size, kOut});
    if (error != Errno::success) return std::unexpected(error);
    return text(kData, u32_at(kOut));
  }
  Stat stat_at(std::uint32_t at) {
    return {u64_at(at),      u64_at(at + 8),  u64_at(at + 24), u64_at(at + 32),
            u64_at(at + 40), u64_at(at + 48), u64_at(at + 56), static_cast<FileType>(host.memory[at + 16])};
  }
  std::expected<Stat, Errno> stat(std::string_view name, std::uint32_t lookup = 0, std::uint32_t folder = 3) {
    const Errno error = call(Function::path_filestat_get, {folder, lookup, kPath, path(name), kOut});
    if (error != Errno::success) return std::unexpected(error);
    return stat_at(kOut);
  }
  std::expected<Stat, Errno> fstat(std::uint32_t fd) {
    const Errno error = call(Function::fd_filestat_get, {fd, kOut});
    if (error != Errno::success) return std::unexpected(error);
    return stat_at(kOut);
  }
  std::expected<Fdstat, Errno> fdstat(std::uint32_t fd) {
    const Errno error = call(Function::fd_fdstat_get, {fd, kOut});
    if (error != Errno::success) return std::unexpected(error);
    return Fdstat{static_cast<FileType>(host.memory[kOut]), unpack<std::uint16_t>(&host.memory[kOut + 2]),
                  u64_at(kOut + 8), u64_at(kOut + 16)};
  }
  Errno set_rights(std::uint32_t fd, Rights base, Rights inheriting) {
    return call(Function::fd_fdstat_set_rights, {fd, base, inheriting});
  }
  // One call's whole entries; `is_full` says that the buffer was used up.
  std::expected<std::vector<Dirent>, Errno> readdir(std::uint32_t fd, std::uint64_t cookie, std::uint32_t size,
                                                    bool* is_full = nullptr) {
    const Errno error = call(Function::fd_readdir, {fd, kData, size, cookie, kOut});
    if (error != Errno::success) return std::unexpected(error);
    const std::uint32_t used = u32_at(kOut);
    EXPECT_LE(used, size);
    if (is_full) *is_full = used == size;
    std::vector<Dirent> entries;
    std::uint32_t at = 0;
    while (at + kDirentBytes <= used) {
      const std::uint32_t length = u32_at(kData + at + 16);
      if (at + kDirentBytes + length > used) break;
      entries.push_back({u64_at(kData + at), u64_at(kData + at + 8), text(kData + at + kDirentBytes, length),
                         static_cast<FileType>(host.memory[kData + at + 20])});
      at += kDirentBytes + length;
    }
    return entries;
  }
  std::vector<std::string> names(std::uint32_t fd) {
    std::vector<std::string> all;
    const auto entries = readdir(fd, 0, 60000);
    if (!entries) return all;
    for (const Dirent& entry : *entries) all.push_back(entry.name);
    return all;
  }
};

inline Setup seeded(std::uint8_t first = 1) {
  Setup setup;
  setup.seed_key.emplace();
  setup.seed_key->front() = first;
  return setup;
}

inline std::ostream& operator<<(std::ostream& out, Errno error) { return out << static_cast<int>(error); }

}  // namespace weft::wasi::test

namespace weft::wasi {
inline void PrintTo(Errno error, std::ostream* out) { *out << "errno " << static_cast<int>(error); }
}  // namespace weft::wasi
