#include "core/wasi/fake_guest.h"

namespace weft::wasi::test {
namespace {

using enum Errno;
constexpr std::uint32_t kCreate = oflags::kCreate;

TEST(Prestat, NamesTheOnePreopenedFolder) {
  Guest guest;
  EXPECT_EQ(guest.call(Function::fd_prestat_get, {3, Guest::kOut}), success);
  EXPECT_EQ(guest.u32_at(Guest::kOut), 0U);
  EXPECT_EQ(guest.u32_at(Guest::kOut + 4), 1U);
  guest.put(Guest::kData, "????");
  EXPECT_EQ(guest.call(Function::fd_prestat_dir_name, {3, Guest::kData, 1}), success);
  EXPECT_EQ(guest.text(Guest::kData, 2), "/?");
  EXPECT_EQ(guest.call(Function::fd_prestat_dir_name, {3, Guest::kData, 4}), success) << "room to spare is no fault";
  EXPECT_EQ(guest.call(Function::fd_prestat_dir_name, {3, Guest::kData, 0}), nametoolong);
  const std::uint32_t other = guest.opened_folder(".");
  for (const std::uint64_t fd : {0ULL, 4ULL, 5ULL}) {
    EXPECT_EQ(guest.call(Function::fd_prestat_get, {fd, Guest::kOut}), badf) << "libc counts up until it hears this";
    EXPECT_EQ(guest.call(Function::fd_prestat_dir_name, {fd, Guest::kData, 1}), badf);
  }
  EXPECT_EQ(other, 4U);
}

TEST(Renumber, MovesADescriptorOverAnother) {
  Guest guest;
  guest.make("a", "from a");
  const std::uint32_t a = guest.opened("a", 0, rights::kFdRead, fdflags::kSync);
  const std::uint32_t b = guest.opened("b", kCreate);
  ASSERT_EQ(guest.unlink("b"), success);
  EXPECT_EQ(guest.call(Function::fd_renumber, {a, b}), success);
  EXPECT_EQ(guest.close(a), badf);
  EXPECT_EQ(guest.read(b), "from a");
  EXPECT_EQ(guest.fdstat(b)->flags, fdflags::kSync);
  EXPECT_EQ(guest.call(Function::fd_renumber, {b, a}), badf) << "a number that is not open is not made";
  EXPECT_EQ(guest.call(Function::fd_renumber, {a, b}), badf);
  EXPECT_EQ(guest.call(Function::fd_renumber, {b, b}), success);
  EXPECT_EQ(guest.fstat(b)->size, 6U);
}

TEST(Renumber, MovesStreamsAndThePreopenedFolderToo) {
  Guest guest;
  const std::uint32_t file = guest.opened("file", kCreate);
  EXPECT_EQ(guest.call(Function::fd_renumber, {1, file}), success);
  EXPECT_FALSE(guest.fdstat(1).has_value());
  EXPECT_EQ(guest.write(file, "out"), 3U);
  EXPECT_EQ(guest.host.out, "out");
  EXPECT_EQ(guest.opened("file"), 1U);

  const std::uint32_t folder = guest.opened_folder(".");
  EXPECT_EQ(guest.call(Function::fd_renumber, {folder, 3}), success);
  EXPECT_EQ(guest.call(Function::fd_prestat_get, {3, Guest::kOut}), badf);
  EXPECT_TRUE(guest.stat("file").has_value());
  EXPECT_EQ(guest.close(3), success);
  EXPECT_EQ(guest.stat("file").error(), badf);
}

TEST(Rights, OnlyEverShrink) {
  Guest guest;
  const std::uint32_t fd = guest.opened("file", kCreate);
  EXPECT_EQ(guest.write(fd, "x"), 1U);
  const Fdstat before = *guest.fdstat(fd);
  EXPECT_EQ(guest.set_rights(fd, before.base, before.inheriting), success);
  EXPECT_EQ(guest.set_rights(fd, before.base & ~kReadWrite, 0), success);
  EXPECT_EQ(guest.fdstat(fd)->base, before.base & ~kReadWrite);
  EXPECT_EQ(guest.try_write(fd, "y"), badf);
  EXPECT_EQ(guest.try_read(fd, 1), badf);
  EXPECT_EQ(guest.set_rights(fd, before.base, 0), notcapable);
  EXPECT_EQ(guest.set_rights(fd, 0, 1), notcapable);
  EXPECT_EQ(guest.set_rights(99, 0, 0), badf);
}

TEST(Rights, OfThePreopenedFolderAreWhatProgramsExpect) {
  Guest guest;
  const Fdstat root = *guest.fdstat(3);
  EXPECT_EQ(root.type, FileType::folder);
  EXPECT_EQ(root.base, rights::kFolder);
  EXPECT_EQ(root.inheriting, rights::kAll);
  EXPECT_EQ(root.base & (rights::kFdSeek | rights::kFdFilestatSetSize | rights::kFdRead), 0U);
  EXPECT_TRUE(guest.open(".", 0, root.base).has_value()) << "opened again with what it has";
  EXPECT_TRUE(guest.open(".", 0, 0).has_value());
  EXPECT_EQ(guest.fdstat(guest.opened("file", kCreate, rights::kAll))->base, rights::kFile);
}

TEST(Rights, ThatAFolderLostAreNotInheritedAndNotUsed) {
  Guest guest;
  guest.make("file", "x");
  ASSERT_EQ(guest.mkdir("dir"), success);
  ASSERT_EQ(guest.symlink("file", "link"), success);
  const std::uint32_t folder = guest.opened_folder(".");
  ASSERT_EQ(guest.set_rights(folder, rights::kFolder, rights::kAll & ~rights::kFdWrite), success);
  EXPECT_EQ(guest.open("file", 0, kReadWrite, 0, folder).error(), notcapable);
  EXPECT_TRUE(guest.open("file", 0, rights::kFdRead, 0, folder).has_value());
  ASSERT_EQ(guest.set_rights(folder, rights::kFolder & ~rights::kPathFilestatSetSize, 0), success);
  EXPECT_EQ(guest.open("file", oflags::kTruncate, 0, 0, folder).error(), notcapable);
  EXPECT_EQ(guest.open("new", kCreate, 0, 0, folder).has_value(), true);
  ASSERT_EQ(guest.set_rights(folder, rights::kPathOpen, 0), success);
  EXPECT_EQ(guest.open("new2", kCreate, 0, 0, folder).error(), notcapable);
  EXPECT_EQ(guest.mkdir("sub", folder), notcapable);
  EXPECT_EQ(guest.rmdir("dir", folder), notcapable);
  EXPECT_EQ(guest.unlink("file", folder), notcapable);
  EXPECT_EQ(guest.symlink("x", "y", folder), notcapable);
  EXPECT_EQ(guest.rename("file", "y", folder, 3), notcapable);
  EXPECT_EQ(guest.rename("file", "y", 3, folder), notcapable);
  EXPECT_EQ(guest.stat("file", 0, folder).error(), notcapable);
  EXPECT_EQ(guest.fstat(folder).error(), notcapable);
  EXPECT_EQ(guest.readdir(folder, 0, 100).error(), notcapable);
  EXPECT_EQ(guest.call(Function::path_readlink, {folder, Guest::kPath, guest.path("link"), 0, 0, Guest::kOut}),
            notcapable);
  EXPECT_EQ(guest.call(Function::path_link, {folder, 0, Guest::kPath, 4, 3, Guest::kPath2, 4}), notcapable);
  EXPECT_EQ(guest.call(Function::path_link, {3, 0, Guest::kPath, 4, folder, Guest::kPath2, 4}), notcapable);
  EXPECT_EQ(guest.call(Function::path_filestat_set_times, {folder, 0, Guest::kPath, 4, 0, 0, 0}), notcapable);
  EXPECT_EQ(guest.call(Function::fd_filestat_set_times, {folder, 0, 0, 0}), notcapable);
  const std::uint32_t bare = guest.opened("file", 0, 0, 0, folder);
  EXPECT_EQ(guest.fdstat(bare)->base, 0U);
  EXPECT_EQ(guest.seek(bare, 0, kWhenceCurrent).error(), notcapable);
  EXPECT_EQ(guest.call(Function::fd_tell, {bare, Guest::kOut}), notcapable);
  EXPECT_EQ(guest.call(Function::fd_advise, {bare, 0, 0, 0}), notcapable);
  EXPECT_EQ(guest.call(Function::fd_allocate, {bare, 0, 1}), notcapable);
  EXPECT_EQ(guest.call(Function::fd_datasync, {bare}), notcapable);
  EXPECT_EQ(guest.call(Function::fd_sync, {bare}), notcapable);
  EXPECT_EQ(guest.call(Function::fd_fdstat_set_flags, {bare, 0}), notcapable);
}

TEST(Rights, OfFoldersOpenedForNothingStillServe) {
  Guest guest;  // as programs expect that were only ever run where rights mean reading and writing
  ASSERT_EQ(guest.mkdir("dir"), success);
  const std::uint32_t dir = guest.opened_folder("dir");
  guest.make("file", "x", dir);
  EXPECT_EQ(guest.names(dir).size(), 3U);
  EXPECT_EQ(guest.unlink("file", dir), success);
  EXPECT_TRUE(guest.fstat(guest.opened("file", kCreate, 0)).has_value());
}

TEST(Flags, AreKeptAndToldExactly) {
  Guest guest;
  const std::uint32_t fd = guest.opened("file", kCreate, kReadWrite, fdflags::kAppend | fdflags::kSync);
  EXPECT_EQ(guest.fdstat(fd)->flags, fdflags::kAppend | fdflags::kSync);
  EXPECT_EQ(guest.call(Function::fd_fdstat_set_flags, {fd, fdflags::kAll}), success);
  EXPECT_EQ(guest.fdstat(fd)->flags, fdflags::kAll);
  EXPECT_EQ(guest.call(Function::fd_fdstat_set_flags, {fd, 32}), inval);
  EXPECT_EQ(guest.call(Function::fd_fdstat_set_flags, {fd, 0x10000}), inval);
}

TEST(Filestat, TellsWhatAFileIs) {
  Guest guest;
  guest.make("file", "12345");
  const Stat root = *guest.fstat(3), file = *guest.stat("file");
  EXPECT_EQ(root.inode, 1U);
  EXPECT_EQ(file.inode, 2U) << "inodes follow creation";
  EXPECT_EQ(root.device, file.device);
  EXPECT_EQ(file.size, 5U);
  EXPECT_EQ(file.links, 1U);
  EXPECT_EQ(file.type, FileType::file);
  EXPECT_EQ(root.type, FileType::folder);
  ASSERT_EQ(guest.mkdir("dir"), success);
  EXPECT_EQ(guest.stat("dir")->inode, 3U);
  EXPECT_EQ(guest.unlink("file"), success);
  guest.make("next");
  EXPECT_EQ(guest.stat("next")->inode, 4U) << "and are never given twice";
}

TEST(Filestat, SetsTimesThroughADescriptor) {
  Guest guest;
  const std::uint32_t fd = guest.opened("file", kCreate);
  EXPECT_EQ(guest.call(Function::fd_filestat_set_times, {fd, 100, 200, fstflags::kModified}), success);
  EXPECT_EQ(guest.fstat(fd)->modified, 200U);
  EXPECT_EQ(guest.fstat(fd)->accessed, guest.host.realtime_ns);
  EXPECT_EQ(guest.call(Function::fd_filestat_set_times, {fd, 100, 200, fstflags::kModified | fstflags::kModifiedNow}),
            inval);
  EXPECT_EQ(guest.call(Function::fd_filestat_set_times, {fd, 100, 200, fstflags::kAccessed | fstflags::kAccessedNow}),
            inval);
  EXPECT_EQ(guest.call(Function::fd_filestat_set_times, {99, 0, 0, 0}), badf);
}

TEST(Advice, IsTakenAndChangesNothing) {
  Guest guest;
  const std::uint32_t fd = guest.opened("file", kCreate);
  EXPECT_EQ(guest.write(fd, "12345"), 5U);
  for (std::uint64_t advice = 0; advice < kAdviceCount; ++advice) {
    EXPECT_EQ(guest.call(Function::fd_advise, {fd, 1, 50, advice}), success);
  }
  EXPECT_EQ(guest.fstat(fd)->size, 5U);
  EXPECT_EQ(guest.call(Function::fd_advise, {fd, 0, 0, kAdviceCount}), inval);
  EXPECT_EQ(guest.call(Function::fd_advise, {fd, UINT64_MAX, 0, 0}), inval);
  EXPECT_EQ(guest.call(Function::fd_sync, {fd}), success);
  EXPECT_EQ(guest.call(Function::fd_datasync, {fd}), success);
}

TEST(Readdir, ListsItselfItsParentAndThenNamesInOrder) {
  Guest guest;
  guest.make("b");
  guest.make("a");
  ASSERT_EQ(guest.mkdir("c"), success);
  ASSERT_EQ(guest.symlink("a", "B"), success);
  const auto all = *guest.readdir(3, 0, 1000);
  ASSERT_EQ(all.size(), 6U);
  EXPECT_EQ(guest.names(3), (std::vector<std::string>{".", "..", "B", "a", "b", "c"}));
  EXPECT_EQ(all[0].inode, 1U);
  EXPECT_EQ(all[1].inode, 1U) << "the root is its own parent";
  EXPECT_EQ(all[2].type, FileType::link);
  EXPECT_EQ(all[3].type, FileType::file);
  EXPECT_EQ(all[5].type, FileType::folder);
  EXPECT_EQ(all[3].inode, guest.stat("a")->inode);
}

TEST(Readdir, GoesOnAfterEveryCookie) {
  Guest guest;
  for (const char* name : {"one", "two", "three"}) guest.make(name);
  const auto all = *guest.readdir(3, 0, 1000);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto rest = *guest.readdir(3, all[i].next, 1000);
    EXPECT_EQ(rest, (std::vector<Dirent>(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end())));
  }
  EXPECT_EQ(guest.readdir(3, 1000, 1000).error(), inval) << "a cookie that was never given";
  EXPECT_EQ(guest.readdir(0, 0, 100).error(), notdir);
}

TEST(Readdir, CutsTheLastEntryWhereTheBufferEnds) {
  Guest guest;
  guest.make("file");
  const std::uint32_t whole = 3 * kDirentBytes + 1 + 2 + 4;
  for (std::uint32_t size = 0; size <= whole + 10; ++size) {
    EXPECT_EQ(guest.call(Function::fd_readdir, {3, Guest::kData, size, 0, Guest::kOut}), success);
    EXPECT_EQ(guest.u32_at(Guest::kOut), std::min(size, whole));
  }
}

// What a program does that removes a folder: list some, remove them, go on from the last cookie.
TEST(Readdir, MissesNothingWhileWhatItListedIsRemoved) {
  for (const std::uint32_t size : {60U, 100U, 256U, 4096U}) {
    Guest guest;
    for (int i = 0; i < 200; ++i) guest.make("file." + std::to_string(i));
    std::uint64_t cookie = 0;
    bool is_full = true;
    while (is_full) {
      const auto entries = *guest.readdir(3, cookie, size, &is_full);
      for (const Dirent& entry : entries) {
        cookie = entry.next;
        if (!entry.name.starts_with('.')) EXPECT_EQ(guest.unlink(entry.name), success);
      }
    }
    EXPECT_EQ(guest.names(3).size(), 2U) << size;
  }
}

// The same folder listed twice, once in one go and once in pieces while names come and go: what was there all along is
// listed exactly once, in order, and nothing else is listed twice.
TEST(Readdir, ListsWhatStaysExactlyOnceWhateverHappensMeanwhile) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    Guest guest;
    std::uint32_t random = seed;
    const auto next = [&](std::uint32_t bound) { return (random = random * 1664525 + 1013904223) / 65536 % bound; };
    std::vector<std::string> staying = {".", ".."};
    for (int i = 10; i < 60; ++i) {
      staying.push_back("stay" + std::to_string(i));
      guest.make(staying.back());
      guest.make("pass" + std::to_string(i));
    }
    std::vector<std::string> seen;
    std::uint64_t cookie = 0;
    bool is_full = true;
    while (is_full) {
      const auto entries = *guest.readdir(3, cookie, 64 + next(400), &is_full);
      for (const Dirent& entry : entries) {
        cookie = entry.next;
        seen.push_back(entry.name);
      }
      for (int change = 0; change < 5; ++change) {
        const std::string name = "pass" + std::to_string(10 + next(60));
        if (next(2) == 0) {
          (void)guest.unlink(name);
        } else {
          (void)guest.open(name, kCreate);
        }
      }
    }
    std::vector<std::string> stayed;
    std::ranges::copy_if(seen, std::back_inserter(stayed),
                         [](const std::string& name) { return !name.starts_with("pass"); });
    EXPECT_EQ(stayed, staying);
    EXPECT_TRUE(std::ranges::is_sorted(seen));
    EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
  }
}

TEST(Readdir, GoesOnAfterACookieOfItsOwnFolderOnly) {
  Guest guest;
  ASSERT_EQ(guest.mkdir("dir"), success);
  guest.make("dir/file");
  const std::uint32_t dir = guest.opened_folder("dir");
  const std::uint64_t cookie = guest.readdir(3, 2, 100)->front().next;
  EXPECT_TRUE(guest.readdir(3, cookie, 100)->empty());
  EXPECT_EQ(guest.readdir(dir, cookie, 100).error(), inval);
}

TEST(Readdir, ForgetsOldCookiesRatherThanGrow) {
  wasi::Setup setup;
  setup.bounds.files = 10;
  Guest guest(std::move(setup));
  guest.make("keep");
  const std::uint64_t early = guest.readdir(3, 2, 100)->front().next;
  std::uint64_t last = 0;
  for (int i = 0; i < 100; ++i) {
    guest.make("x");
    last = guest.readdir(3, 2, 200)->back().next;
    EXPECT_EQ(guest.unlink("x"), success);
  }
  EXPECT_EQ(guest.readdir(3, early, 100).error(), inval);
  EXPECT_TRUE(guest.readdir(3, last, 100)->empty());
  const auto again = *guest.readdir(3, 2, 100);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_GT(again.front().next, early) << "what is still there has a new one";
}

// The way of `rm -r`: a folder's listing waits while all below it is listed and removed.
TEST(Readdir, OutlivesTheRemovalOfAWholeTreeBelowIt) {
  wasi::Setup setup;
  setup.bounds.files = 400;
  Guest guest(std::move(setup));
  for (int i = 0; i < 20; ++i) {
    const std::string dir = "dir" + std::to_string(i);
    ASSERT_EQ(guest.mkdir(dir), success);
    for (int j = 0; j < 19; ++j) guest.make(dir + "/file" + std::to_string(j));
  }
  std::uint64_t cookie = 2;
  for (int i = 0; i < 20; ++i) {
    const Dirent entry = guest.readdir(3, cookie, 60)->front();
    cookie = entry.next;
    const std::uint32_t below = guest.opened_folder(entry.name);
    const auto inner = *guest.readdir(below, 2, 4096);
    for (const Dirent& file : inner) EXPECT_EQ(guest.unlink(file.name, below), success);
    EXPECT_TRUE(guest.readdir(below, inner.back().next, 4096)->empty());
    EXPECT_EQ(guest.close(below), success);
    EXPECT_EQ(guest.rmdir(entry.name), success);
  }
  EXPECT_TRUE(guest.readdir(3, cookie, 60)->empty());
  EXPECT_EQ(guest.names(3).size(), 2U);
}

}  // namespace
}  // namespace weft::wasi::test
