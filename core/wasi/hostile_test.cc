// What a guest may do to us: any function, any arguments, any order. Nothing may reach memory outside the guest
// (FakeHost checks every address), break an assertion, or hang.
#include <set>

#include "core/wasi/fake_guest.h"

namespace weft::wasi::test {
namespace {

using enum Errno;
using Kind = Answer::Kind;

// A small deterministic generator: the run of a test is always the same.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 1) {}
  std::uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

 private:
  std::uint64_t state_;
};

// Makes one call and carries on until it ends, giving up waiting by giving the host what it waits for.
Answer finish(Guest& guest, Function function, std::span<const std::uint64_t> args) {
  Answer answer = guest.process.call(function, args);
  for (int turn = 0; answer.kind == Kind::pending || answer.kind == Kind::more; ++turn) {
    EXPECT_LT(turn, 10'000) << info(function).name << " never ends";
    if (turn >= 10'000) break;
    EXPECT_TRUE(info(function).may_wait) << info(function).name;
    if (answer.kind == Kind::pending) {
      guest.host.monotonic_ns = guest.process.wait().until_monotonic_ns.value_or(guest.host.monotonic_ns);
      guest.host.input_ready = guest.host.out_ready = guest.host.err_ready = {true, true, 0};
    }
    answer = guest.process.resume();
  }
  if (answer.kind == Kind::done) EXPECT_LT(static_cast<std::uint16_t>(answer.error), kErrnoCount);
  return answer;
}

Guest furnished(wasi::Setup setup = {}) {
  setup.args = {"prog", "arg"};
  setup.env = {{"NAME", "value"}};
  return Guest(std::move(setup));
}

// Descriptors 4 to 7: a file, a folder, a read-only file, the root again.
void furnish(Guest& guest) {
  ASSERT_TRUE(guest.process.tree().mount_read_only("/in/need", guest.host.add("given"), 5));
  guest.make("file", "some content");
  ASSERT_EQ(guest.mkdir("dir"), success);
  guest.make("dir/inner", "inner");
  ASSERT_EQ(guest.symlink("dir/inner", "link"), success);
  EXPECT_EQ(guest.opened("file"), 4U);
  EXPECT_EQ(guest.opened_folder("dir"), 5U);
  EXPECT_EQ(guest.opened("in/need", 0, rights::kFdRead), 6U);
  EXPECT_EQ(guest.opened_folder("."), 7U);
}

TEST(HostileArguments, OfEveryFunctionAreAnsweredWithAnErrno) {
  constexpr std::uint64_t kEnd = 1 << 20;
  constexpr std::uint64_t kWild[] = {0,          1,          2,         3,          4,          5,
                                     6,          7,          8,         kEnd - 1,   kEnd,       kEnd + 1,
                                     kEnd - 4,   kEnd - 8,   kEnd - 64, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE,
                                     0xFFFFFFFF, 0xFFFFFF00, 255,       256};
  constexpr std::uint64_t kWide[] = {0,         1, 8, INT64_MAX, std::uint64_t{1} << 63, UINT64_MAX, UINT64_MAX - 7,
                                     1ULL << 32};
  for (std::size_t index = 0; index < kFunctionCount; ++index) {
    const FunctionInfo& function = kFunctions[index];
    Dice dice(index + 1);
    Guest guest = furnished();
    furnish(guest);
    for (int round = 0; round < 3000; ++round) {
      std::vector<std::uint64_t> args;
      for (const char type : function.params) {
        args.push_back(type == 'i' ? kWild[dice.below(std::size(kWild))] : kWide[dice.below(std::size(kWide))]);
      }
      const Answer answer = finish(guest, static_cast<Function>(index), args);
      EXPECT_EQ(answer.kind == Kind::exited, function.name == "proc_exit");
      if (testing::Test::HasFailure()) return;
    }
  }
}

// Every parameter that points somewhere, with everything else in order: just past the end is EFAULT and changes
// nothing.
TEST(HostilePointers, PastTheEndAreFaults) {
  struct Case {
    Function function;
    std::vector<std::uint64_t> good;
    std::vector<std::size_t> pointers;  // parameters that point to at least one byte
  };
  constexpr std::uint32_t kOut = Guest::kOut, kIo = Guest::kIovecs, kTo = Guest::kData, kP = Guest::kPath;
  const std::vector<Case> cases = {
      {Function::args_get, {kTo, kTo + 100}, {0, 1}},
      {Function::args_sizes_get, {kOut, kOut}, {0, 1}},
      {Function::environ_get, {kTo, kTo + 100}, {0, 1}},
      {Function::environ_sizes_get, {kOut, kOut}, {0, 1}},
      {Function::clock_res_get, {0, kOut}, {1}},
      {Function::clock_time_get, {0, 0, kOut}, {2}},
      {Function::fd_fdstat_get, {4, kOut}, {1}},
      {Function::fd_filestat_get, {4, kOut}, {1}},
      {Function::fd_pread, {4, kIo, 1, 0, kOut}, {1, 4}},
      {Function::fd_prestat_get, {3, kOut}, {1}},
      {Function::fd_prestat_dir_name, {3, kOut, 1}, {1}},
      {Function::fd_pwrite, {4, kIo, 1, 0, kOut}, {1, 4}},
      {Function::fd_read, {4, kIo, 1, kOut}, {1, 3}},
      {Function::fd_readdir, {3, kTo, 100, 0, kOut}, {1, 4}},
      {Function::fd_seek, {4, 0, 0, kOut}, {3}},
      {Function::fd_tell, {4, kOut}, {1}},
      {Function::fd_write, {4, kIo, 1, kOut}, {1, 3}},
      {Function::path_create_directory, {3, kP, 4}, {1}},
      {Function::path_filestat_get, {3, 0, kP, 4, kOut}, {2, 4}},
      {Function::path_filestat_set_times, {3, 0, kP, 4, 0, 0, 0}, {2}},
      {Function::path_link, {3, 0, kP, 4, 3, kP, 4}, {2, 5}},
      {Function::path_open, {3, 0, kP, 4, 0, 0, 0, 0, kOut}, {2, 8}},
      {Function::path_readlink, {3, kP, 4, kTo, 10, kOut}, {1, 3, 5}},
      {Function::path_remove_directory, {3, kP, 4}, {1}},
      {Function::path_rename, {3, kP, 4, 3, kP, 4}, {1, 4}},
      {Function::path_symlink, {kP, 4, 3, kP, 4}, {0, 3}},
      {Function::path_unlink_file, {3, kP, 4}, {1}},
      {Function::poll_oneoff, {kIo, kTo, 1, kOut}, {0, 1, 3}},
      {Function::random_get, {kTo, 10}, {0}},
  };
  for (const Case& test : cases) {
    for (const std::size_t pointer : test.pointers) {
      for (const std::uint64_t wild : {std::uint64_t{1 << 20}, std::uint64_t{0xFFFFFFFF}}) {
        Guest guest = furnished();
        furnish(guest);
        guest.put(kP, test.function == Function::path_readlink ? "link" : "file");
        guest.iovecs({{kTo, 4}});
        std::vector<std::uint64_t> args = test.good;
        args[pointer] = wild;
        const Answer answer = finish(guest, test.function, args);
        EXPECT_EQ(answer.error, fault) << info(test.function).name << ", parameter " << pointer;
        EXPECT_EQ(guest.contents("file"), "some content");
        EXPECT_EQ(guest.process.tree().list("/").size(), 6U);
      }
    }
  }
}

TEST(HostileMemory, OfNoSizeAtAllIsSurvived) {
  for (std::size_t index = 0; index < kFunctionCount; ++index) {
    Guest guest = furnished();
    furnish(guest);
    guest.host.memory.clear();
    for (std::uint64_t value = 0; value < 6; ++value) {
      const std::vector<std::uint64_t> args(kFunctions[index].params.size(), value);
      (void)finish(guest, static_cast<Function>(index), args);
    }
  }
}

// A long random life: paths and descriptors that mostly exist, so that calls get past their checks. What must hold all
// the time: the contents the host keeps are those the tree knows, their sizes agree, and the bounds are kept.
class Life {
 public:
  Life(std::uint64_t seed, bool is_seeded) : dice_(seed), guest_(setup(is_seeded)) {}

  void run(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
      step();
      if (i % 64 == 0) check();
    }
    for (std::uint32_t fd = 0; fd < 40; ++fd) (void)guest_.close(fd);
    check();
    std::set<std::uint32_t> named, held;
    for (const FileTree::Listed& entry : guest_.process.tree().list("/")) {
      if (entry.file.size_bytes > 0) named.insert(static_cast<std::uint32_t>(entry.file.content));
    }
    for (const auto& [id, bytes] : guest_.host.contents) {
      if (!bytes.empty()) held.insert(id);
    }
    EXPECT_EQ(named, held) << "with nothing open, the host holds what has a name and no more";
  }

 private:
  static wasi::Setup setup(bool is_seeded) {
    wasi::Setup made = is_seeded ? seeded() : wasi::Setup{};
    made.bounds = {4096, 512, 24, 60};
    return made;
  }

  std::string name() {
    static constexpr const char* kNames[] = {"a",         "b",        "c",  "dir",     "dir/a", "dir/b", "dir/sub",
                                             "dir/sub/x", ".",        "..", "dir/..",  "dir/",  "link",  "link/a",
                                             "a/",        "dir/../a", "",   "in/need", "in"};
    return kNames[dice_.below(std::size(kNames))];
  }
  std::uint32_t folder() { return dice_.below(4) == 0 ? fd() : 3; }
  std::uint32_t fd() { return static_cast<std::uint32_t>(dice_.below(26)); }

  void step() {
    switch (dice_.below(16)) {
      case 0:
      case 1:
        (void)guest_.open(name(), static_cast<std::uint32_t>(dice_.below(16)), dice_.next(),
                          static_cast<std::uint32_t>(dice_.below(32)), folder(),
                          static_cast<std::uint32_t>(dice_.below(2)));
        break;
      case 2:
        (void)guest_.mkdir(name(), folder());
        break;
      case 3:
        (void)guest_.rmdir(name(), folder());
        break;
      case 4:
        (void)guest_.unlink(name(), folder());
        break;
      case 5:
        (void)guest_.symlink(name(), name(), folder());
        break;
      case 6:
        (void)guest_.link(name(), name(), static_cast<std::uint32_t>(dice_.below(2)));
        break;
      case 7:
        (void)guest_.rename(name(), name(), folder(), folder());
        break;
      case 8:
        write();
        break;
      case 9:
        (void)guest_.try_read(fd(), static_cast<std::uint32_t>(dice_.below(300)));
        break;
      case 10:
        (void)guest_.seek(fd(), static_cast<std::int64_t>(dice_.below(600)) - 100,
                          static_cast<std::uint32_t>(dice_.below(3)));
        break;
      case 11:
        (void)guest_.call(Function::fd_filestat_set_size, {fd(), dice_.below(800)});
        break;
      case 12:
        (void)guest_.close(fd() > 3 ? fd() : 20);
        break;
      case 13:
        (void)guest_.readdir(folder(), dice_.below(8), static_cast<std::uint32_t>(dice_.below(200)));
        break;
      case 14:
        (void)guest_.call(Function::fd_renumber, {fd(), fd()});
        break;
      default:
        (void)guest_.call(Function::fd_allocate, {fd(), dice_.below(500), dice_.below(500)});
        break;
    }
  }

  void write() {
    const std::uint32_t to = fd();
    const auto size = static_cast<std::size_t>(dice_.below(300));
    guest_.host.out_script.clear();
    (void)guest_.try_write(to, std::string(size, static_cast<char>('a' + dice_.below(26))));
  }

  void check() {
    const auto listed = guest_.process.tree().list("/");
    EXPECT_LE(listed.size(), 60U);
    for (const FileTree::Listed& entry : listed) {
      if (entry.kind != FileTree::Listed::Kind::file || entry.file.size_bytes == 0) continue;
      const auto found = guest_.host.contents.find(static_cast<std::uint32_t>(entry.file.content));
      ASSERT_NE(found, guest_.host.contents.end()) << entry.path;
      EXPECT_EQ(found->second.size(), entry.file.size_bytes) << entry.path;
    }
    std::uint64_t held = 0;
    for (const auto& [id, bytes] : guest_.host.contents) held += bytes.size();
    EXPECT_LE(held, 4096U) << "named or only open, contents stay within the bound";
    EXPECT_LE(guest_.host.err.size(), 512U);
  }

  Dice dice_;
  Guest guest_;
};

TEST(RandomLives, KeepTheTreeAndTheHostInAgreement) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Life(seed, seed % 2 == 0).run(3000);
    ASSERT_FALSE(testing::Test::HasFailure()) << "life " << seed;
  }
}

TEST(RandomLives, ThatCloseAndRemoveEverythingLeaveTheHostNothing) {
  Guest guest;
  Dice dice(7);
  for (int i = 0; i < 200; ++i) {
    const std::string file = "f" + std::to_string(dice.below(30));
    guest.make(file, std::string(dice.below(50), 'x'));
    if (dice.below(2) == 0) (void)guest.link(file, "l" + std::to_string(dice.below(30)));
    if (dice.below(3) == 0) (void)guest.rename(file, "f" + std::to_string(dice.below(30)));
  }
  for (const std::string& name : guest.names(3)) (void)guest.unlink(name);
  EXPECT_TRUE(guest.process.tree().list("/").empty());
  EXPECT_TRUE(guest.host.contents.empty());
}

// Two seeded processes that do the same see the same, whatever the host's clocks and entropy are.
TEST(RandomLives, WithOneSeedLookAlike) {
  std::string seen[2];
  for (int which = 0; which < 2; ++which) {
    Guest guest(seeded(9));
    guest.host.realtime_ns = which == 0 ? 1 : 999'999;
    guest.host.next_entropy = static_cast<std::uint8_t>(which);
    Dice dice(3);
    for (int i = 0; i < 500; ++i) {
      const std::string name = "n" + std::to_string(dice.below(20));
      guest.make(name, std::string(dice.below(9), 'x'));
      if (dice.below(2) == 0) (void)guest.unlink(name);
      (void)guest.call(Function::random_get, {Guest::kPath2, 8});
      (void)guest.call(Function::clock_time_get, {0, 0, Guest::kPath2 + 8});
      (void)guest.readdir(3, 0, 500);
      seen[which] += guest.text(Guest::kPath2, 16) + guest.text(Guest::kData, 500);
      if (const auto stat = guest.stat(name)) seen[which] += guest.text(Guest::kOut, 64);
    }
  }
  EXPECT_EQ(seen[0], seen[1]);
}

}  // namespace
}  // namespace weft::wasi::test
