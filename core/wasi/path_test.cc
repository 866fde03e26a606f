#include "core/wasi/fake_guest.h"

namespace weft::wasi::test {
namespace {

using enum Errno;
constexpr std::uint32_t kCreate = oflags::kCreate, kDirectory = oflags::kDirectory, kTruncate = oflags::kTruncate;

Errno error_of(const auto& result) { return result ? success : result.error(); }

TEST(Paths, MeanTheSameFileHoweverTheyWander) {
  Guest guest;
  ASSERT_EQ(guest.mkdir("dir"), success);
  ASSERT_EQ(guest.mkdir("dir/nested/"), success);
  guest.make("dir/nested/file", "x");
  EXPECT_EQ(error_of(guest.open("dir/.//nested/../../dir/nested/../nested///./file")), success);
  EXPECT_EQ(error_of(guest.open("dir/nested/", 0, 0)), success);
  EXPECT_EQ(error_of(guest.open("dir/nested///", 0, 0)), success);
  EXPECT_EQ(error_of(guest.open("dir/nested/file/")), notdir);
  EXPECT_EQ(error_of(guest.open("dir/nested/file///")), notdir);
  EXPECT_EQ(error_of(guest.open("dir/nested/file/deeper")), notdir);
  EXPECT_EQ(error_of(guest.open("dir/missing/file")), noent);
}

TEST(Paths, NeverLeaveTheFolderOfTheirDescriptor) {
  Guest guest;
  ASSERT_EQ(guest.mkdir("dir"), success);
  guest.make("outside");
  const std::uint32_t dir = guest.opened_folder("dir");
  EXPECT_EQ(error_of(guest.open("/dir")), perm);
  EXPECT_EQ(error_of(guest.open("../outside", 0, kReadWrite, 0, dir)), perm);
  EXPECT_EQ(error_of(guest.open("..", 0, 0, 0, dir)), perm);
  EXPECT_EQ(error_of(guest.open("dir/../../dir")), perm);
  EXPECT_EQ(guest.symlink("../outside", "way-out", dir), success);
  EXPECT_EQ(error_of(guest.open("way-out", 0, kReadWrite, 0, dir)), perm);
  EXPECT_EQ(error_of(guest.open("dir/way-out")), success) << "from above, the link stays inside";
}

TEST(Paths, AreRefusedByTheirTextBeforeAnythingIsLookedUp) {
  Guest guest;
  EXPECT_EQ(error_of(guest.open("")), noent);
  EXPECT_EQ(error_of(guest.open(std::string_view("a\0b", 3))), inval);
  EXPECT_EQ(error_of(guest.open("\xff")), ilseq);
  EXPECT_EQ(error_of(guest.open(std::string(255, 'n'), kCreate)), success);
  EXPECT_EQ(error_of(guest.open(std::string(256, 'n'), kCreate)), nametoolong);
  EXPECT_EQ(error_of(guest.open(std::string(4097, '/'))), nametoolong);
  std::string deep;
  while (deep.size() < 4094) deep += "./";
  EXPECT_EQ(error_of(guest.open(deep, 0, 0)), success);
  EXPECT_EQ(guest.call(Function::path_open, {3, 0, 0xFFFFFFFF, 2, 0, 0, 0, 0, Guest::kOut}), fault);
  EXPECT_EQ(guest.call(Function::path_open, {3, 0, Guest::kPath, guest.path("."), 0, 0, 0, 0, 0xFFFFFFFE}), fault);
}

TEST(PathOpen, CreatesOnceAndExclusivelyNeverTwice) {
  Guest guest;
  EXPECT_EQ(error_of(guest.open("file")), noent);
  EXPECT_EQ(error_of(guest.open("file", kCreate | oflags::kExclusive)), success);
  EXPECT_EQ(error_of(guest.open("file", kCreate | oflags::kExclusive)), exist);
  EXPECT_EQ(error_of(guest.open("file", kCreate)), success);
  EXPECT_EQ(error_of(guest.open("new/", kCreate)), isdir);
  EXPECT_EQ(error_of(guest.open("new", kCreate | kDirectory)), inval);
  EXPECT_EQ(error_of(guest.open("file", 16)), inval);
  EXPECT_EQ(error_of(guest.open("file", 0, kReadWrite, 32)), inval);
  EXPECT_EQ(error_of(guest.open("file", kDirectory)), notdir);
}

TEST(PathOpen, TellsAFolderFromAFile) {
  Guest guest;
  ASSERT_EQ(guest.mkdir("dir"), success);
  EXPECT_EQ(error_of(guest.open("dir", kDirectory, rights::kFdRead)), success);
  EXPECT_EQ(error_of(guest.open("dir", kDirectory, kReadWrite)), isdir);
  EXPECT_EQ(error_of(guest.open("dir", 0, rights::kFdWrite)), isdir);
  EXPECT_EQ(error_of(guest.open("dir", kCreate, 0)), isdir);
  EXPECT_EQ(error_of(guest.open("dir", kTruncate, 0)), isdir);
  EXPECT_EQ(error_of(guest.open(".", 0, 0, fdflags::kNonblock)), success);
}

TEST(PathOpen, StartsOnlyAtAFolder) {
  Guest guest;
  const std::uint32_t file = guest.opened("file", kCreate);
  EXPECT_EQ(error_of(guest.open("foo", kCreate, 0, 0, file)), notdir);
  EXPECT_EQ(error_of(guest.open("foo", kCreate, 0, 0, 0)), notdir);
  EXPECT_EQ(error_of(guest.open("foo", kCreate, 0, 0, 99)), badf);
}

TEST(PathOpen, TruncatesEvenWithoutTheRightToWrite) {
  Guest guest;
  guest.make("file", "content");
  EXPECT_EQ(error_of(guest.open("file", kTruncate, 0)), success);
  EXPECT_EQ(guest.contents("file"), "");
}

TEST(PathOpen, GivesTheLowestNumberUntilThereAreNoMore) {
  wasi::Setup setup;
  setup.bounds.descriptors = 6;
  Guest guest(std::move(setup));
  EXPECT_EQ(guest.opened("a", kCreate), 4U);
  EXPECT_EQ(guest.opened("b", kCreate), 5U);
  EXPECT_EQ(error_of(guest.open("c", kCreate)), mfile);
  EXPECT_EQ(error_of(guest.stat("c")), noent) << "nothing is made where no number is left";
  EXPECT_EQ(guest.close(0), success);
  EXPECT_EQ(guest.close(4), success);
  EXPECT_EQ(guest.opened("a"), 0U);
  EXPECT_EQ(guest.opened("a"), 4U);
}

TEST(Links, AreFollowedInTheMiddleAlwaysAndAtTheEndWhenAsked) {
  Guest guest;
  ASSERT_EQ(guest.mkdir("dir"), success);
  guest.make("dir/file", "inside");
  ASSERT_EQ(guest.symlink("dir", "to-dir"), success);
  ASSERT_EQ(guest.symlink("dir/file", "to-file"), success);
  EXPECT_EQ(guest.read(guest.opened("to-dir/file")), "inside");
  EXPECT_EQ(guest.read(guest.opened("to-file")), "inside");
  EXPECT_EQ(error_of(guest.open("to-file", 0, 0, 0, 3, 0)), loop);
  EXPECT_EQ(error_of(guest.open("to-dir", kDirectory, 0, 0, 3, 0)), loop);
  EXPECT_EQ(error_of(guest.open("to-dir/", kDirectory, 0, 0, 3, 0)), success) << "a slash after a link follows it";
  EXPECT_EQ(error_of(guest.open("to-file", kDirectory, 0)), notdir);
  EXPECT_EQ(error_of(guest.open("to-file/", 0, 0)), notdir);
  EXPECT_EQ(guest.stat("to-dir")->type, FileType::link);
  EXPECT_EQ(guest.stat("to-dir")->size, 3U);
  EXPECT_EQ(guest.stat("to-dir", kLookupFollow)->type, FileType::folder);
  EXPECT_EQ(guest.stat("to-file", kLookupFollow)->type, FileType::file);
}

TEST(Links, ThatGoInCirclesEndInLoop) {
  Guest guest;
  ASSERT_EQ(guest.symlink("self", "self"), success);
  EXPECT_EQ(error_of(guest.open("self")), loop);
  EXPECT_EQ(error_of(guest.open("self", 0, 0, 0, 3, 0)), loop);
  ASSERT_EQ(guest.symlink("b/x/x/x/x/x", "a"), success);
  ASSERT_EQ(guest.symlink("a/y/y/y/y/y", "b"), success);
  EXPECT_EQ(error_of(guest.open("a")), loop);
  ASSERT_EQ(guest.mkdir("end"), success);
  ASSERT_EQ(guest.symlink("end", "l40"), success);
  for (int i = 39; i >= 0; --i) {
    ASSERT_EQ(guest.symlink("l" + std::to_string(i + 1), "l" + std::to_string(i)), success);
  }
  EXPECT_EQ(error_of(guest.stat("l1", kLookupFollow)), success) << "40 links";
  EXPECT_EQ(error_of(guest.stat("l0", kLookupFollow)), loop) << "41 links";
}

TEST(Links, ThatDangleCanBeCreatedThrough) {
  Guest guest;
  ASSERT_EQ(guest.symlink("target", "link"), success);
  EXPECT_EQ(error_of(guest.open("link")), noent);
  EXPECT_EQ(error_of(guest.open("link", kDirectory, 0, 0, 3, 0)), loop);
  EXPECT_EQ(error_of(guest.open("link", kCreate | oflags::kExclusive, 0, 0, 3, 0)), exist);
  EXPECT_EQ(error_of(guest.open("link", kCreate)), success);
  EXPECT_EQ(guest.stat("target")->type, FileType::file);
}

TEST(PathSymlink, TakesNoNameThatIsTakenAndNoWayOut) {
  Guest guest;
  EXPECT_EQ(guest.symlink("source", "target/"), noent);
  ASSERT_EQ(guest.mkdir("target"), success);
  EXPECT_EQ(guest.symlink("source", "target/"), exist);
  EXPECT_EQ(guest.symlink("source", "target"), exist);
  guest.make("file");
  EXPECT_EQ(guest.symlink("source", "file/"), notdir);
  EXPECT_EQ(guest.symlink("source", "file"), exist);
  EXPECT_EQ(guest.symlink("/", "abs"), perm);
  EXPECT_EQ(guest.symlink("", "empty"), noent);
  EXPECT_EQ(guest.symlink(std::string(4097, 't'), "long"), nametoolong);
  EXPECT_EQ(guest.symlink("\xc0", "bytes"), ilseq);
}

TEST(PathReadlink, CutsWhatDoesNotFit) {
  Guest guest;
  ASSERT_EQ(guest.symlink("target", "link"), success);
  guest.make("file");
  EXPECT_EQ(guest.readlink("link"), "target");
  EXPECT_EQ(guest.readlink("link", 4), "targ");
  EXPECT_EQ(guest.readlink("link", 0), "");
  EXPECT_EQ(error_of(guest.readlink("file")), inval);
  EXPECT_EQ(error_of(guest.readlink("none")), noent);
}

TEST(PathLink, GivesOneFileTwoNames) {
  Guest guest;
  guest.make("file", "shared");
  ASSERT_EQ(guest.link("file", "again"), success);
  EXPECT_EQ(guest.stat("file")->inode, guest.stat("again")->inode);
  EXPECT_EQ(guest.stat("file")->links, 2U);
  EXPECT_EQ(guest.unlink("file"), success);
  EXPECT_EQ(guest.contents("again"), "shared");
  EXPECT_EQ(guest.stat("again")->links, 1U);
}

TEST(PathLink, RefusesWhatPosixRefuses) {
  Guest guest;
  guest.make("file");
  guest.make("other");
  ASSERT_EQ(guest.mkdir("dir"), success);
  EXPECT_EQ(guest.link("file", "other"), exist);
  EXPECT_EQ(guest.link("file", "file"), exist);
  EXPECT_EQ(guest.link("file", "dir"), exist);
  EXPECT_EQ(guest.link("dir", "dir2"), perm);
  EXPECT_EQ(guest.link("file", "new/"), noent);
  EXPECT_EQ(guest.link("file/", "new"), notdir);
  EXPECT_EQ(guest.link("none", "new"), noent);
  ASSERT_EQ(guest.symlink("nowhere", "link"), success);
  EXPECT_EQ(guest.link("link", "link2"), success);
  EXPECT_EQ(guest.stat("link2")->type, FileType::link);
  EXPECT_EQ(guest.link("file", "link"), exist);
  EXPECT_EQ(guest.link("link", "new", kLookupFollow), inval) << "as Wasmtime answers";
  EXPECT_EQ(guest.link("file", "new", kLookupFollow), success);
}

TEST(PathCreateDirectory, TakesASlashAtTheEnd) {
  Guest guest;
  EXPECT_EQ(guest.mkdir("a"), success);
  EXPECT_EQ(guest.mkdir("a"), exist);
  EXPECT_EQ(guest.mkdir("b/"), success);
  EXPECT_EQ(guest.mkdir("."), exist);
  EXPECT_EQ(guest.mkdir("missing/c"), noent);
  guest.make("file");
  EXPECT_EQ(guest.mkdir("file"), exist);
  EXPECT_EQ(guest.mkdir("file/c"), notdir);
}

TEST(PathRemoveDirectory, RemovesOnlyEmptyFolders) {
  Guest guest;
  ASSERT_EQ(guest.mkdir("dir"), success);
  guest.make("dir/file");
  EXPECT_EQ(guest.rmdir("dir"), notempty);
  EXPECT_EQ(guest.rmdir("dir/file"), notdir);
  EXPECT_EQ(guest.rmdir("dir/file/"), notdir);
  ASSERT_EQ(guest.symlink("dir", "link"), success);
  EXPECT_EQ(guest.rmdir("link"), notdir);
  EXPECT_EQ(guest.rmdir("link/"), notdir);
  EXPECT_EQ(guest.rmdir("dir/."), inval);
  EXPECT_EQ(guest.rmdir("none"), noent);
  EXPECT_EQ(guest.unlink("dir/file"), success);
  EXPECT_EQ(guest.rmdir("dir/"), success);
}

TEST(PathUnlinkFile, RemovesFilesAndLinksOnly) {
  Guest guest;
  ASSERT_EQ(guest.mkdir("dir"), success);
  guest.make("file");
  ASSERT_EQ(guest.symlink("dir", "link"), success);
  EXPECT_EQ(guest.unlink("dir"), isdir);
  EXPECT_EQ(guest.unlink("dir/"), isdir);
  EXPECT_EQ(guest.unlink("."), isdir);
  EXPECT_EQ(guest.unlink("file/"), notdir);
  EXPECT_EQ(guest.unlink("link/"), notdir);
  EXPECT_EQ(guest.unlink("link"), success);
  EXPECT_EQ(guest.unlink("file"), success);
  EXPECT_EQ(guest.unlink("file"), noent);
}

TEST(PathUnlinkFile, LeavesOpenFilesReadableUntilTheyAreClosed) {
  Guest guest;
  guest.make("file", "still here");
  const std::uint32_t fd = guest.opened("file");
  ASSERT_EQ(guest.unlink("file"), success);
  EXPECT_EQ(guest.read(fd), "still here");
  EXPECT_EQ(guest.fstat(fd)->links, 0U);
  EXPECT_EQ(guest.host.contents.size(), 1U);
  EXPECT_EQ(guest.close(fd), success);
  EXPECT_TRUE(guest.host.contents.empty()) << "the host has its room back";
}

TEST(RemovedFolders, StayOpenButTakeNothing) {
  Guest guest;
  ASSERT_EQ(guest.mkdir("dir"), success);
  const std::uint32_t fd = guest.opened_folder("dir");
  ASSERT_EQ(guest.rmdir("dir"), success);
  EXPECT_EQ(guest.names(fd), (std::vector<std::string>{".", ".."}));
  EXPECT_EQ(error_of(guest.open("new", kCreate, 0, 0, fd)), noent);
  EXPECT_EQ(guest.mkdir("new", fd), noent);
  guest.make("file");
  EXPECT_EQ(guest.rename("file", "file", 3, fd), noent);
  EXPECT_EQ(guest.mkdir("dir"), success);
  EXPECT_EQ(guest.close(fd), success);
}

TEST(PathRename, MovesFilesOverFilesAndFoldersOverEmptyFolders) {
  Guest guest;
  guest.make("a", "from a");
  guest.make("b", "from b");
  EXPECT_EQ(guest.rename("a", "b"), success);
  EXPECT_EQ(guest.contents("b"), "from a");
  EXPECT_EQ(error_of(guest.stat("a")), noent);
  EXPECT_EQ(guest.host.contents.size(), 1U);

  ASSERT_EQ(guest.mkdir("source"), success);
  guest.make("source/file", "moved along");
  ASSERT_EQ(guest.mkdir("target"), success);
  EXPECT_EQ(guest.rename("source", "target"), success);
  EXPECT_EQ(guest.contents("target/file"), "moved along");
  ASSERT_EQ(guest.mkdir("source"), success);
  EXPECT_EQ(guest.rename("source", "target"), notempty);
  EXPECT_EQ(guest.rename("source", "b"), notdir);
  EXPECT_EQ(guest.rename("b", "source"), isdir);
  EXPECT_EQ(guest.rename("none", "b"), noent);
}

TEST(PathRename, MindsSlashesAtTheEnd) {
  Guest guest;
  ASSERT_EQ(guest.mkdir("source"), success);
  EXPECT_EQ(guest.rename("source/", "target"), success);
  EXPECT_EQ(guest.rename("target", "source/"), success);
  EXPECT_EQ(guest.rename("source/", "target/"), success);
  guest.make("file");
  EXPECT_EQ(guest.rename("file", "new/"), notdir);
  EXPECT_EQ(guest.rename("file/", "new"), notdir);
}

TEST(PathRename, NeverPutsAFolderIntoItself) {
  Guest guest;
  ASSERT_EQ(guest.mkdir("a"), success);
  ASSERT_EQ(guest.mkdir("a/b"), success);
  EXPECT_EQ(guest.rename("a", "a/b/c"), inval);
  EXPECT_EQ(guest.rename("a", "a/c"), inval);
  EXPECT_EQ(guest.rename("a", "a"), success);
  EXPECT_EQ(guest.rename("a/b", "a"), notempty);
  EXPECT_EQ(guest.rename("a/.", "x"), inval);
  EXPECT_EQ(guest.rename("a", "."), inval);
  EXPECT_EQ(guest.rename("a/b", "b"), success);
  EXPECT_EQ(guest.rename("a", "b/a"), success);
  const std::uint32_t moved = guest.opened_folder("b/a");
  EXPECT_EQ(guest.readdir(moved, 1, 100)->front().inode, guest.stat("b")->inode) << "`..` is the new parent";
}

TEST(PathRename, OfTwoNamesOfOneFileDoesNothing) {
  Guest guest;
  guest.make("a", "x");
  ASSERT_EQ(guest.link("a", "b"), success);
  EXPECT_EQ(guest.rename("a", "b"), success);
  EXPECT_EQ(guest.stat("a")->links, 2U);
}

TEST(PathRename, MovesLinksThemselves) {
  Guest guest;
  ASSERT_EQ(guest.mkdir("dir"), success);
  ASSERT_EQ(guest.symlink("dir", "link"), success);
  EXPECT_EQ(guest.rename("link", "moved"), success);
  EXPECT_EQ(guest.readlink("moved"), "dir");
  EXPECT_EQ(guest.rename("moved/", "x"), notdir);
}

TEST(PathFilestat, SetsTimesOfTheLinkOrOfWhatItNames) {
  Guest guest;
  guest.make("file");
  ASSERT_EQ(guest.symlink("file", "link"), success);
  const auto set = [&](std::uint32_t lookup, std::uint64_t accessed, std::uint64_t modified, std::uint32_t flags) {
    return guest.call(Function::path_filestat_set_times,
                      {3, lookup, Guest::kPath, guest.path("link"), accessed, modified, flags});
  };
  EXPECT_EQ(set(0, 1, 2, fstflags::kModified), success);
  EXPECT_EQ(guest.stat("link")->modified, 2U);
  EXPECT_EQ(guest.stat("link")->accessed, guest.host.realtime_ns);
  EXPECT_EQ(guest.stat("file")->modified, guest.host.realtime_ns);
  EXPECT_EQ(set(kLookupFollow, 3, 4, fstflags::kModified | fstflags::kAccessed), success);
  EXPECT_EQ(guest.stat("file")->modified, 4U);
  EXPECT_EQ(guest.stat("file")->accessed, 3U);
  guest.host.realtime_ns += 5;
  EXPECT_EQ(set(kLookupFollow, 3, 4, fstflags::kModifiedNow | fstflags::kAccessedNow), success);
  EXPECT_EQ(guest.stat("file")->modified, guest.host.realtime_ns);
  EXPECT_EQ(guest.stat("file")->accessed, guest.host.realtime_ns);
  EXPECT_EQ(set(0, 1, 2, fstflags::kModified | fstflags::kModifiedNow), inval);
  EXPECT_EQ(set(0, 1, 2, fstflags::kAccessed | fstflags::kAccessedNow), inval);
  EXPECT_EQ(set(0, 1, 2, 16), inval);
  EXPECT_EQ(error_of(guest.stat("none")), noent);
  EXPECT_EQ(error_of(guest.stat("file/")), notdir);
}

TEST(ReadOnlyFiles, CannotBeChangedInAnyWay) {
  Guest guest;
  FileTree& tree = guest.process.tree();
  ASSERT_TRUE(tree.mount_read_only("/in/need", guest.host.add("given"), 5));
  ASSERT_TRUE(tree.mount_read_only("/data/model", guest.host.add("weights"), 7));
  EXPECT_EQ(guest.read(guest.opened("in/need", 0, rights::kFdRead)), "given");
  for (const char* name : {"in/need", "data/model"}) {
    EXPECT_EQ(error_of(guest.open(name, 0, kReadWrite)), rofs) << name;
    EXPECT_EQ(error_of(guest.open(name, kTruncate, 0)), rofs) << name;
    EXPECT_EQ(guest.unlink(name), rofs) << name;
    EXPECT_EQ(guest.rename(name, "elsewhere"), rofs) << name;
    EXPECT_EQ(guest.link(name, "elsewhere"), xdev) << name;
    const std::uint32_t fd = guest.opened(name, 0, rights::kFdRead | rights::kFdFilestatSetSize);
    EXPECT_EQ(guest.call(Function::fd_filestat_set_size, {fd, 0}), notcapable) << name;
    EXPECT_EQ(guest.call(Function::fd_filestat_set_times, {fd, 0, 0, fstflags::kModified}), rofs) << name;
    EXPECT_EQ(guest.try_write(fd, "x"), badf) << name;
    guest.make("mine");
    EXPECT_EQ(guest.rename("mine", name), rofs) << name;
  }
}

TEST(ReadOnlyFolders, AreInAndAllBelowButNoOther) {
  Guest guest;
  FileTree& tree = guest.process.tree();
  ASSERT_TRUE(tree.mount_read_only("/in/sub/need", guest.host.add("given"), 5));
  ASSERT_TRUE(tree.mount_read_only("/data/model", guest.host.add("weights"), 7));
  for (const char* name : {"in/new", "in/sub/new"}) {
    EXPECT_EQ(error_of(guest.open(name, kCreate)), rofs);
    EXPECT_EQ(guest.mkdir(name), rofs);
    EXPECT_EQ(guest.symlink("x", name), rofs);
    guest.make("mine");
    EXPECT_EQ(guest.link("mine", name), rofs);
    EXPECT_EQ(guest.rename("mine", name), rofs);
  }
  EXPECT_EQ(guest.rmdir("in/sub"), rofs);
  EXPECT_EQ(guest.rename("in", "out"), rofs);
  EXPECT_EQ(error_of(guest.open("data/new", kCreate)), success) << "the rest is scratch";
  EXPECT_EQ(guest.unlink("data/new"), success);
  EXPECT_EQ(guest.rename("data", "moved"), rofs) << "but a mounted file stays where it is";
  EXPECT_EQ(guest.rmdir("data"), rofs);
}

}  // namespace
}  // namespace weft::wasi::test
