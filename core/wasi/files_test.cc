#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/wasi/fake_host.h"
#include "core/wasi/limits.h"

namespace weft::wasi {
namespace {

using F = Function;
using E = Errno;

TEST(Preopen, IsTheRootAlone) {
  Bench b;
  EXPECT_EQ(b.call(F::fd_prestat_get, {3, Bench::kResult}), E::success);
  EXPECT_EQ(b.result<std::uint64_t>(), 1ULL << 32);  // a directory with a name of one byte
  EXPECT_EQ(b.call(F::fd_prestat_dir_name, {3, Bench::kBuffer, 1}), E::success);
  EXPECT_EQ(b.bytes(Bench::kBuffer, 1), "/");
  EXPECT_EQ(b.call(F::fd_prestat_dir_name, {3, Bench::kBuffer, 0}), E::nametoolong);
  EXPECT_EQ(b.call(F::fd_prestat_dir_name, {3, Bench::kBuffer, 9}), E::success);
  EXPECT_EQ(b.call(F::fd_prestat_get, {0, Bench::kResult}), E::badf);
  EXPECT_EQ(b.call(F::fd_prestat_get, {4, Bench::kResult}), E::badf);
}

TEST(Open, CreatesTruncatesAndRefusesAsAsked) {
  Bench b;
  std::uint32_t fd = 0;
  EXPECT_EQ(b.open("f", fd), E::noent);
  EXPECT_EQ(b.open("f", fd, kOpenCreate), E::success);
  EXPECT_EQ(fd, 4U);
  EXPECT_EQ(b.write(fd, "hello"), E::success);
  EXPECT_EQ(b.open("f", fd, kOpenCreate | kOpenExclusive), E::exist);
  EXPECT_EQ(b.open("f", fd, kOpenDirectory), E::notdir);
  EXPECT_EQ(b.open("f/", fd), E::notdir);
  EXPECT_EQ(b.open("new/", fd, kOpenCreate), E::isdir);
  EXPECT_EQ(b.open("new", fd, kOpenCreate | kOpenDirectory), E::inval);
  EXPECT_EQ(b.open("f", fd, kOpenTruncate), E::success);
  EXPECT_EQ(b.read(fd, 10), "");
  EXPECT_EQ(b.open("f", fd, 16), E::inval);
  EXPECT_EQ(b.open("f", fd, 0, kFileRights, 32), E::inval);
  EXPECT_EQ(b.open("f", fd, 0, kFileRights, 0, 4), E::notdir);
  EXPECT_EQ(b.open("f", fd, 0, kFileRights, 0, 77), E::badf);
}

TEST(Open, OfAFolderToWriteIsRefused) {
  Bench b;
  std::uint32_t fd = 0;
  EXPECT_EQ(b.mkdir("d"), E::success);
  EXPECT_EQ(b.open("d", fd, 0, kRightFdRead | kRightFdWrite), E::isdir);
  EXPECT_EQ(b.open("d", fd, kOpenDirectory, kRightFdRead | kRightFdWrite), E::isdir);
  EXPECT_EQ(b.open("d", fd, kOpenCreate, 0), E::isdir);
  EXPECT_EQ(b.open("d/", fd, kOpenDirectory, 0), E::success);
  EXPECT_EQ(b.open(".", fd, 0, 0), E::success);
}

TEST(Open, StaysBelowItsDescriptor) {
  Bench b;
  std::uint32_t fd = 0;
  EXPECT_EQ(b.mkdir("d"), E::success);
  b.make_file("d/f", "x");
  EXPECT_EQ(b.open("/d/f", fd), E::notcapable);
  EXPECT_EQ(b.open("..", fd), E::notcapable);
  EXPECT_EQ(b.open("d/../../d/f", fd), E::notcapable);
  EXPECT_EQ(b.open("d/.//../d/./f", fd), E::success);
  EXPECT_EQ(b.open("", fd), E::noent);
  EXPECT_EQ(b.open(std::string_view("d/f\0", 4), fd), E::ilseq);
  EXPECT_EQ(b.open("\xFF", fd), E::ilseq);
  EXPECT_EQ(b.open(std::string(256, 'x'), fd, kOpenCreate), E::nametoolong);
  EXPECT_EQ(b.open(std::string(4097, '/'), fd), E::nametoolong);
  EXPECT_EQ(b.open("d/f/x", fd), E::notdir);
}

TEST(Open, FollowsLinksOnlyWhenAsked) {
  Bench b;
  std::uint32_t fd = 0;
  b.make_file("target", "t");
  EXPECT_EQ(b.symlink("target", "link"), E::success);
  EXPECT_EQ(b.open("link", fd), E::loop);
  EXPECT_EQ(b.open("link", fd, kOpenDirectory), E::loop);
  EXPECT_EQ(b.open("link", fd, 0, kFileRights, 0, 3, kFollowLinks), E::success);
  EXPECT_EQ(b.read(fd, 4), "t");
  EXPECT_EQ(b.open("link", fd, kOpenDirectory, 0, 0, 3, kFollowLinks), E::notdir);
  EXPECT_EQ(b.symlink("round", "round"), E::success);
  EXPECT_EQ(b.open("round", fd, 0, kFileRights, 0, 3, kFollowLinks), E::loop);
  EXPECT_EQ(b.symlink("../x", "out"), E::success);
  EXPECT_EQ(b.open("out", fd, 0, kFileRights, 0, 3, kFollowLinks), E::notcapable);
}

TEST(Descriptors, AreGivenFromTheLowestFreeUpToTheirBound) {
  ProcessSetup setup;
  setup.bounds.descriptors = 6;
  Bench b(setup);
  EXPECT_EQ(b.make_file("a"), 4U);
  EXPECT_EQ(b.make_file("b"), 5U);
  std::uint32_t fd = 0;
  EXPECT_EQ(b.open("a", fd), E::mfile);
  EXPECT_EQ(b.call(F::fd_close, {4}), E::success);
  EXPECT_EQ(b.call(F::fd_close, {4}), E::badf);
  EXPECT_EQ(b.open("b", fd), E::success);
  EXPECT_EQ(fd, 4U);
}

TEST(Renumber, MovesOntoAnOpenDescriptor) {
  Bench b;
  const std::uint32_t a = b.make_file("a", "A"), c = b.make_file("c", "C");
  EXPECT_EQ(b.call(F::fd_renumber, {a, 99}), E::badf);
  EXPECT_EQ(b.call(F::fd_renumber, {99, a}), E::badf);
  EXPECT_EQ(b.call(F::fd_renumber, {a, a}), E::success);
  EXPECT_EQ(b.call(F::fd_renumber, {a, c}), E::success);
  EXPECT_EQ(b.call(F::fd_seek, {c, 0, kSeekSet, Bench::kResult}), E::success);
  EXPECT_EQ(b.read(c, 4), "A");
  EXPECT_EQ(b.call(F::fd_tell, {a, Bench::kResult}), E::badf);
}

TEST(Rights, AreCheckedAndOnlyShrink) {
  Bench b;
  b.make_file("f", "x");
  const std::uint32_t reader = b.must_open("f", 0, kRightFdRead);
  EXPECT_EQ(b.write(reader, "y"), E::notcapable);
  EXPECT_EQ(b.call(F::fd_seek, {reader, 0, kSeekSet, Bench::kResult}), E::notcapable);
  EXPECT_EQ(b.call(F::fd_fdstat_set_rights, {reader, kRightFdRead | kRightFdWrite, 0}), E::notcapable);
  EXPECT_EQ(b.call(F::fd_fdstat_set_rights, {reader, 0, 0}), E::success);
  EXPECT_EQ(b.read(reader, 1), "!" + std::to_string(static_cast<int>(E::notcapable)));
  std::uint32_t folder = 0;
  EXPECT_EQ(b.open(".", folder, kOpenDirectory, kRightPathOpen), E::success);
  std::uint32_t fd = 0;
  EXPECT_EQ(b.open("f", fd, 0, kRightFdRead, 0, folder), E::notcapable);
  EXPECT_EQ(b.open("f", fd, 0, 0, 0, folder), E::success);
  EXPECT_EQ(b.open("n", fd, kOpenCreate, 0, 0, folder), E::notcapable);
  EXPECT_EQ(b.open("f", fd, kOpenTruncate, 0, 0, folder), E::notcapable);
}

TEST(Files, ReadWriteSeekAndTell) {
  Bench b;
  const std::uint32_t fd = b.make_file("f", "0123456789");
  const auto seek = [&](std::int64_t delta, std::uint8_t whence) {
    return b.call(F::fd_seek, {fd, static_cast<std::uint64_t>(delta), whence, Bench::kResult});
  };
  EXPECT_EQ(seek(-4, kSeekEnd), E::success);
  EXPECT_EQ(b.read(fd, 2), "67");
  EXPECT_EQ(b.call(F::fd_tell, {fd, Bench::kResult}), E::success);
  EXPECT_EQ(b.result<std::uint64_t>(), 8U);
  EXPECT_EQ(seek(-9, kSeekCurrent), E::inval);
  EXPECT_EQ(seek(INT64_MAX, kSeekCurrent), E::inval);
  EXPECT_EQ(seek(0, 3), E::inval);
  EXPECT_EQ(seek(12, kSeekSet), E::success);
  EXPECT_EQ(b.read(fd, 5), "");
  EXPECT_EQ(b.write(fd, "x"), E::success);
  EXPECT_EQ(seek(0, kSeekSet), E::success);
  EXPECT_EQ(b.read(fd, 20), std::string("0123456789\0\0x", 13));
  EXPECT_EQ(b.call(F::fd_seek, {0, 0, kSeekSet, Bench::kResult}), E::spipe);
  EXPECT_EQ(b.call(F::fd_seek, {3, 0, kSeekSet, Bench::kResult}), E::isdir);
}

TEST(Files, PositionedReadsAndWritesLeaveTheOffset) {
  Bench b;
  const std::uint32_t fd = b.make_file("f", "abcdef");
  EXPECT_EQ(b.call(F::fd_pread, {fd, b.vector(Bench::kBuffer, 3), 1, 2, Bench::kResult}), E::success);
  EXPECT_EQ(b.bytes(Bench::kBuffer, 3), "cde");
  EXPECT_EQ(b.call(F::fd_pwrite, {fd, b.vector(b.text("XY"), 2), 1, 1, Bench::kResult}), E::success);
  EXPECT_EQ(b.call(F::fd_tell, {fd, Bench::kResult}), E::success);
  EXPECT_EQ(b.result<std::uint64_t>(), 6U);
  EXPECT_EQ(b.call(F::fd_pread, {0, b.vector(Bench::kBuffer, 3), 1, 0, Bench::kResult}), E::spipe);
  EXPECT_EQ(b.call(F::fd_pread, {fd, b.vector(Bench::kBuffer, 3), 1, 1ULL << 63, Bench::kResult}), E::inval);
  EXPECT_EQ(b.call(F::fd_seek, {fd, 0, kSeekSet, Bench::kResult}), E::success);
  EXPECT_EQ(b.read(fd, 9), "aXYdef");
}

TEST(Files, AppendWritesAtTheEndWhereverTheOffsetIs) {
  Bench b;
  const std::uint32_t fd = b.must_open("f", kOpenCreate, kFileRights, kFlagAppend);
  EXPECT_EQ(b.write(fd, "one"), E::success);
  EXPECT_EQ(b.call(F::fd_seek, {fd, 0, kSeekSet, Bench::kResult}), E::success);
  EXPECT_EQ(b.write(fd, "two"), E::success);
  EXPECT_EQ(b.call(F::fd_fdstat_set_flags, {fd, 0}), E::success);
  EXPECT_EQ(b.call(F::fd_fdstat_set_flags, {fd, 64}), E::inval);
  EXPECT_EQ(b.call(F::fd_seek, {fd, 0, kSeekSet, Bench::kResult}), E::success);
  EXPECT_EQ(b.write(fd, "T"), E::success);
  EXPECT_EQ(b.call(F::fd_seek, {fd, 0, kSeekSet, Bench::kResult}), E::success);
  EXPECT_EQ(b.read(fd, 9), "Tnetwo");
}

TEST(Files, LongTransfersGiveOthersATurn) {
  Bench b;
  b.host.memory.resize(8 << 20);
  const std::uint32_t fd = b.make_file("f");
  Answer a = b.answer(F::fd_write, {fd, b.vector(1 << 20, 5 << 20), 1, Bench::kResult});
  int turns = 0;
  while (a.kind == Answer::Kind::more) a = b.process->resume(), ++turns;
  EXPECT_EQ(a.error, E::success);
  EXPECT_EQ(turns, 4);
  EXPECT_EQ(b.result<std::uint32_t>(), 5U << 20);
}

TEST(Files, GrowShrinkAndReserve) {
  Bench b;
  const std::uint32_t fd = b.make_file("f", "abc");
  Bench::Stat s{};
  EXPECT_EQ(b.call(F::fd_filestat_set_size, {fd, 5}), E::success);
  EXPECT_EQ(b.call(F::fd_allocate, {fd, 2, 2}), E::success);
  EXPECT_EQ(b.stat("f", s), E::success);
  EXPECT_EQ(s.size, 5U);
  EXPECT_EQ(b.call(F::fd_allocate, {fd, 4, 6}), E::success);
  EXPECT_EQ(b.call(F::fd_filestat_get, {fd, Bench::kResult}), E::success);
  EXPECT_EQ(b.result<Bench::Stat>().size, 10U);
  EXPECT_EQ(b.call(F::fd_allocate, {fd, 0, 0}), E::inval);
  EXPECT_EQ(b.call(F::fd_filestat_set_size, {fd, 1ULL << 63}), E::inval);
  EXPECT_EQ(b.call(F::fd_filestat_set_size, {fd, 2}), E::success);
  EXPECT_EQ(b.call(F::fd_seek, {fd, 0, kSeekSet, Bench::kResult}), E::success);
  EXPECT_EQ(b.read(fd, 9), "ab");
  EXPECT_EQ(b.call(F::fd_filestat_set_size, {3, 2}), E::isdir);
  EXPECT_EQ(b.call(F::fd_filestat_set_size, {1, 2}), E::inval);
}

TEST(Files, AdviceAndSyncAreTakenAndDoNothing) {
  Bench b;
  const std::uint32_t fd = b.make_file("f", "abc");
  EXPECT_EQ(b.call(F::fd_advise, {fd, 0, 3, 1}), E::success);
  EXPECT_EQ(b.call(F::fd_advise, {fd, 0, 3, 9}), E::inval);
  EXPECT_EQ(b.call(F::fd_advise, {0, 0, 3, 1}), E::spipe);
  EXPECT_EQ(b.call(F::fd_advise, {3, 0, 3, 1}), E::badf);
  EXPECT_EQ(b.call(F::fd_sync, {fd}), E::success);
  EXPECT_EQ(b.call(F::fd_datasync, {fd}), E::success);
  EXPECT_EQ(b.call(F::fd_sync, {44}), E::badf);
}

TEST(Files, TimesCanBeSetAndContradictionsAreRefused) {
  Bench b;
  const std::uint32_t fd = b.make_file("f");
  Bench::Stat s{};
  EXPECT_EQ(b.call(F::fd_filestat_set_times, {fd, 11, 22, kSetAtim | kSetMtim}), E::success);
  EXPECT_EQ(b.stat("f", s), E::success);
  EXPECT_EQ(s.accessed, 11U);
  EXPECT_EQ(s.modified, 22U);
  EXPECT_EQ(b.call(F::path_filestat_set_times, {3, 0, b.text("f"), 1, 0, 0, kSetMtimNow}), E::success);
  EXPECT_EQ(b.stat("f", s), E::success);
  EXPECT_EQ(s.modified, b.host.now);
  for (const int bad : {kSetAtim | kSetAtimNow, kSetMtim | kSetMtimNow, 16})
    EXPECT_EQ(b.call(F::fd_filestat_set_times, {fd, 0, 0, static_cast<std::uint64_t>(bad)}), E::inval);
  EXPECT_EQ(b.call(F::path_filestat_set_times, {3, 0, b.text("x"), 1, 0, 0, kSetMtimNow}), E::noent);
  EXPECT_EQ(b.call(F::fd_filestat_set_times, {1, 0, 0, kSetMtimNow}), E::inval);
}

TEST(Folders, AreMadeAndRemoved) {
  Bench b;
  EXPECT_EQ(b.mkdir("d"), E::success);
  EXPECT_EQ(b.mkdir("d"), E::exist);
  EXPECT_EQ(b.mkdir("x/y"), E::noent);
  EXPECT_EQ(b.mkdir("d/e/"), E::success);
  EXPECT_EQ(b.rmdir("d"), E::notempty);
  EXPECT_EQ(b.rmdir("d/e/"), E::success);
  b.make_file("f");
  EXPECT_EQ(b.rmdir("f"), E::notdir);
  EXPECT_EQ(b.rmdir("f/"), E::notdir);
  EXPECT_EQ(b.rmdir("none"), E::noent);
  EXPECT_EQ(b.rmdir("."), E::inval);
  EXPECT_EQ(b.rmdir("d"), E::success);
}

TEST(Folders, ThatWereRemovedWhileOpenTakeNothingNew) {
  Bench b;
  EXPECT_EQ(b.mkdir("d"), E::success);
  std::uint32_t d = 0, fd = 0;
  EXPECT_EQ(b.open("d", d, kOpenDirectory, kFolderRights), E::success);
  EXPECT_EQ(b.rmdir("d"), E::success);
  EXPECT_EQ(b.open("f", fd, kOpenCreate, 0, 0, d), E::noent);
  EXPECT_EQ(b.list(d), ". ..");
}

TEST(Unlink, KeepsAnOpenFileReadable) {
  Bench b;
  const std::uint32_t fd = b.make_file("f", "still here");
  EXPECT_EQ(b.unlink("f"), E::success);
  EXPECT_EQ(b.unlink("f"), E::noent);
  EXPECT_EQ(b.call(F::fd_seek, {fd, 0, kSeekSet, Bench::kResult}), E::success);
  EXPECT_EQ(b.read(fd, 20), "still here");
  EXPECT_EQ(b.call(F::fd_close, {fd}), E::success);
  EXPECT_TRUE(b.host.contents.empty());
  EXPECT_EQ(b.mkdir("d"), E::success);
  EXPECT_EQ(b.unlink("d"), E::isdir);
  EXPECT_EQ(b.unlink("d/"), E::isdir);
  b.make_file("g");
  EXPECT_EQ(b.unlink("g/"), E::notdir);
}

TEST(Links, ShareOneFile) {
  Bench b;
  b.make_file("f", "abc");
  EXPECT_EQ(b.link("f", "g"), E::success);
  Bench::Stat f{}, g{};
  EXPECT_EQ(b.stat("f", f), E::success);
  EXPECT_EQ(b.stat("g", g), E::success);
  EXPECT_EQ(f.inode, g.inode);
  EXPECT_EQ(g.names, 2U);
  EXPECT_EQ(b.link("f", "g"), E::exist);
  EXPECT_EQ(b.link("f", "h/"), E::noent);
  EXPECT_EQ(b.mkdir("d"), E::success);
  EXPECT_EQ(b.link("d", "e"), E::perm);
  EXPECT_EQ(b.symlink("nowhere", "s"), E::success);
  EXPECT_EQ(b.link("s", "s2"), E::success);
  EXPECT_EQ(b.link("s", "s3", kFollowLinks), E::noent);
}

TEST(Symlinks, AreReadBackCutToTheBuffer) {
  Bench b;
  EXPECT_EQ(b.symlink("target/file", "s"), E::success);
  const auto readlink = [&](std::string_view p, std::uint32_t size) {
    return b.call(F::path_readlink, {3, b.text(p), p.size(), Bench::kBuffer, size, Bench::kResult});
  };
  EXPECT_EQ(readlink("s", 100), E::success);
  EXPECT_EQ(b.bytes(Bench::kBuffer, b.result<std::uint32_t>()), "target/file");
  EXPECT_EQ(readlink("s", 4), E::success);
  EXPECT_EQ(b.result<std::uint32_t>(), 4U);
  b.make_file("f");
  EXPECT_EQ(readlink("f", 9), E::inval);
  EXPECT_EQ(readlink("n", 9), E::noent);
  EXPECT_EQ(b.symlink("/abs", "t"), E::notcapable);
  EXPECT_EQ(b.symlink("x", "f"), E::exist);
  EXPECT_EQ(b.symlink("x", "new/"), E::noent);
  EXPECT_EQ(b.symlink("", "e"), E::noent);
  Bench::Stat s{};
  EXPECT_EQ(b.stat("s", s), E::success);
  EXPECT_EQ(s.type, static_cast<std::uint64_t>(FileType::symbolic_link));
  EXPECT_EQ(s.size, 11U);
  EXPECT_EQ(b.stat("s", s, kFollowLinks), E::noent);
}

TEST(Rename, FollowsThePosixRules) {
  Bench b;
  b.make_file("f", "F");
  b.make_file("g", "G");
  EXPECT_EQ(b.rename("f", "g"), E::success);
  EXPECT_EQ(b.read(b.must_open("g"), 3), "F");
  EXPECT_EQ(b.rename("f", "x"), E::noent);
  EXPECT_EQ(b.mkdir("d"), E::success);
  EXPECT_EQ(b.mkdir("e"), E::success);
  EXPECT_EQ(b.rename("g", "d"), E::isdir);
  EXPECT_EQ(b.rename("d", "g"), E::notdir);
  EXPECT_EQ(b.rename("d", "e"), E::success);
  EXPECT_EQ(b.mkdir("d"), E::success);
  b.make_file("e/inside");
  EXPECT_EQ(b.rename("d", "e"), E::notempty);
  EXPECT_EQ(b.rename("e", "e/sub"), E::inval);
  EXPECT_EQ(b.rename("e", "e"), E::success);
  EXPECT_EQ(b.rename("e/", "h/"), E::success);
  EXPECT_EQ(b.rename("g", "k/"), E::notdir);
  EXPECT_EQ(b.rename("h/inside", "inside"), E::success);
  EXPECT_EQ(b.rename(".", "z"), E::busy);
  EXPECT_EQ(b.link("g", "g2"), E::success);
  EXPECT_EQ(b.rename("g", "g2"), E::success);  // one file under two names: nothing happens
  Bench::Stat s{};
  EXPECT_EQ(b.stat("g", s), E::success);
}

TEST(Readdir, ListsByNameAndGoesOnFromACookie) {
  Bench b;
  for (const char* name : {"b", "a", "c"}) b.make_file(name);
  std::uint32_t d = 0;
  EXPECT_EQ(b.open(".", d, kOpenDirectory, kFolderRights), E::success);
  EXPECT_EQ(b.list(d), ". .. a b c");
  std::uint64_t cookie = 0;
  EXPECT_EQ(b.list(d, 0, 80, &cookie), ". .. a");
  EXPECT_EQ(b.result<std::uint32_t>(), 80U);  // full: there is more
  EXPECT_EQ(b.unlink("b"), E::success);
  b.make_file("aa");
  EXPECT_EQ(b.list(d, cookie), "c");
  EXPECT_EQ(b.list(d), ". .. a aa c");
  EXPECT_EQ(b.list(d, 999), "");
  EXPECT_EQ(b.list(4), "!" + std::to_string(static_cast<int>(E::notdir)));
}

TEST(Readdir, OfAThousandThroughASmallBufferMissesNone) {
  Bench b;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(b.call(F::fd_close, {b.make_file("file." + std::to_string(i))}), E::success);
  std::size_t total = 0;
  std::uint64_t cookie = 0;
  do {
    const std::string names = b.list(3, cookie, 256, &cookie);
    total += static_cast<std::size_t>(std::count(names.begin(), names.end(), ' ')) + 1;
  } while (b.result<std::uint32_t>() == 256);
  EXPECT_EQ(total, 1002U);
}

TEST(Bounds, OfTheTreeAnswerNospcAndAreNoticed) {
  ProcessSetup setup;
  setup.bounds.tree_bytes = 10;
  setup.bounds.files = 4;
  Bench b(setup);
  const std::uint32_t fd = b.make_file("f", "12345678");
  EXPECT_FALSE(b.process->tree_limit_hit());
  EXPECT_EQ(b.write(fd, "9abc"), E::nospc);
  EXPECT_TRUE(b.process->tree_limit_hit());
  EXPECT_EQ(b.call(F::fd_filestat_set_size, {fd, 11}), E::nospc);
  EXPECT_EQ(b.call(F::fd_allocate, {fd, 0, 11}), E::nospc);
  EXPECT_EQ(b.call(F::fd_filestat_set_size, {fd, 0}), E::success);
  EXPECT_EQ(b.write(fd, "x"), E::success);
  EXPECT_EQ(b.mkdir("d"), E::success);
  EXPECT_EQ(b.mkdir("e"), E::success);
  EXPECT_EQ(b.mkdir("g"), E::nospc);
  EXPECT_EQ(b.rmdir("e"), E::success);
  EXPECT_EQ(b.mkdir("g"), E::success);
}

TEST(Bounds, OfTheHostAnswerNospcAndLeaveTheFileAsItWas) {
  Bench b;
  const std::uint32_t fd = b.make_file("f", "abc");
  b.host.content_room = 4;
  EXPECT_EQ(b.write(fd, "defgh"), E::nospc);
  EXPECT_EQ(b.call(F::fd_filestat_set_size, {fd, 9}), E::nospc);
  Bench::Stat s{};
  EXPECT_EQ(b.stat("f", s), E::success);
  EXPECT_EQ(s.size, 3U);
}

TEST(Mounts, AreThereAndReadOnly) {
  Bench b;
  FileTree& tree = b.process->tree();
  ASSERT_TRUE(tree.mount_read_only("/in/photo", b.host.add_content("jpeg"), 4));
  ASSERT_TRUE(tree.mount_writable("/data/w", b.host.add_content("text"), 4));
  EXPECT_EQ(tree.mount_read_only("/in/photo", ContentId{9}, 1).error().code, "wasi.path_taken");
  for (const char* bad : {"in", "/", "/a//b", "/a/../b", "/a/", ""}) EXPECT_EQ(tree.mount_read_only(bad, ContentId{9}, 1).error().code, "wasi.bad_path");
  std::uint32_t fd = 0;
  EXPECT_EQ(b.open("in/photo", fd, 0, kRightFdRead), E::success);
  EXPECT_EQ(b.read(fd, 9), "jpeg");
  EXPECT_EQ(b.open("in/photo", fd), E::rofs);
  EXPECT_EQ(b.open("in/photo", fd, kOpenTruncate, 0), E::rofs);
  EXPECT_EQ(b.open("in/new", fd, kOpenCreate), E::rofs);
  EXPECT_EQ(b.unlink("in/photo"), E::rofs);
  EXPECT_EQ(b.rename("in/photo", "x"), E::rofs);
  EXPECT_EQ(b.rmdir("in"), E::notempty);
  EXPECT_EQ(b.mkdir("in/d"), E::rofs);
  EXPECT_EQ(b.open("data/w", fd, 0, kFileRights, kFlagAppend), E::success);
  EXPECT_EQ(b.write(fd, "!"), E::success);
  EXPECT_EQ(b.host.content(*tree.find_file("/data/w")->content), "text!");
}

TEST(Tree, ListsWhatTheGuestLeft) {
  Bench b;
  ASSERT_TRUE(b.process->tree().make_folder("/out"));
  b.make_file("out/b", "B");
  EXPECT_EQ(b.mkdir("out/a"), E::success);
  b.make_file("out/a/x", "X");
  EXPECT_EQ(b.symlink("b", "out/c"), E::success);
  std::string all;
  for (const auto& listed : b.process->tree().list("/out")) all += listed.path + " ";
  EXPECT_EQ(all, "a a/x b c ");
  EXPECT_TRUE(b.process->tree().find_file("/out/c").has_value());  // through the link
  EXPECT_FALSE(b.process->tree().find_file("/out/a").has_value());
  EXPECT_FALSE(b.process->tree().find_file("/out/none").has_value());
}

// Random calls on a small tree against a model of names and contents.
TEST(Files, BehaveAsAMapOfNamesToContents) {
  Bench b;
  std::map<std::string, std::string> model;
  std::uint64_t random = 3;
  const auto next = [&] { return random = random * 6364136223846793005ULL + 1442695040888963407ULL, random >> 33; };
  for (int round = 0; round < 5000; ++round) {
    const std::string a(1, static_cast<char>('a' + next() % 5)), c(1, static_cast<char>('a' + next() % 5));
    switch (next() % 4) {
      case 0: {
        const std::string data(next() % 50, static_cast<char>('0' + round % 10));
        const std::uint32_t fd = b.must_open(a, kOpenCreate | kOpenTruncate);
        ASSERT_EQ(b.last, E::success);
        ASSERT_EQ(b.write(fd, data), E::success);
        ASSERT_EQ(b.call(F::fd_close, {fd}), E::success);
        model[a] = data;
        break;
      }
      case 1: ASSERT_EQ(b.unlink(a), model.erase(a) > 0 ? E::success : E::noent); break;
      case 2: {
        const bool there = model.contains(a);
        ASSERT_EQ(b.rename(a, c), there ? E::success : E::noent);
        if (there && a != c) model[c] = model[a], model.erase(a);
        break;
      }
      default: {
        const std::uint32_t fd = b.must_open(a);
        ASSERT_EQ(b.last, model.contains(a) ? E::success : E::noent);
        if (b.last != E::success) break;
        ASSERT_EQ(b.read(fd, 100), model[a]);
        ASSERT_EQ(b.call(F::fd_close, {fd}), E::success);
      }
    }
    ASSERT_LE(b.host.contents.size(), model.size()) << "contents outlive their names";
  }
}

}  // namespace
}  // namespace weft::wasi
