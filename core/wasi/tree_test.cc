#include "core/wasi/fake_guest.h"

namespace weft::wasi::test {
namespace {

using enum Errno;

std::vector<std::string> paths(const std::vector<FileTree::Listed>& listed) {
  std::vector<std::string> all;
  for (const FileTree::Listed& entry : listed) all.push_back(entry.path);
  return all;
}

TEST(FileTree, TakesMountsAtAbsoluteNormalisedPathsOnly) {
  Guest guest;
  FileTree& tree = guest.process.tree();
  const std::string long_name = "/" + std::string(256, 'n');
  for (const std::string& path :
       {std::string("relative"), std::string(""), std::string("/a//b"), std::string("/a/"), std::string("/./a"),
        std::string("/a/.."), std::string("/a\0b", 4), std::string("/\xff"), long_name}) {
    const auto mounted = tree.mount_read_only(path, ContentId{1}, 1);
    ASSERT_FALSE(mounted) << path;
    EXPECT_EQ(mounted.error().code, "wasi.bad_path");
    EXPECT_EQ(tree.mount_writable(path, ContentId{1}, 1).error().code, "wasi.bad_path");
    EXPECT_EQ(tree.make_folder(path).error().code, "wasi.bad_path");
  }
  EXPECT_EQ(tree.mount_read_only("/", ContentId{1}, 1).error().code, "wasi.path_taken");
  EXPECT_TRUE(tree.make_folder("/"));
}

TEST(FileTree, RefusesWhatIsTaken) {
  Guest guest;
  FileTree& tree = guest.process.tree();
  ASSERT_TRUE(tree.mount_read_only("/a/file", guest.host.add("x"), 1));
  EXPECT_EQ(tree.mount_read_only("/a/file", ContentId{9}, 1).error().code, "wasi.path_taken");
  EXPECT_EQ(tree.mount_writable("/a", ContentId{9}, 1).error().code, "wasi.path_taken");
  EXPECT_EQ(tree.mount_writable("/a/file/below", ContentId{9}, 1).error().code, "wasi.path_taken");
  EXPECT_EQ(tree.make_folder("/a/file").error().code, "wasi.path_taken");
  EXPECT_TRUE(tree.make_folder("/a"));
}

TEST(FileTree, LetsTheGuestChangeWhatIsMountedWritable) {
  wasi::Setup setup;
  setup.bounds.tree_bytes = 8;
  Guest guest(std::move(setup));
  ASSERT_TRUE(guest.process.tree().mount_writable("/scratch/file", guest.host.add("12345"), 5));
  ASSERT_TRUE(guest.process.tree().mount_read_only("/in/free", guest.host.add("not counted"), 11));
  const std::uint32_t fd = guest.opened("scratch/file", 0, kReadWrite, fdflags::kAppend);
  EXPECT_EQ(guest.write(fd, "6789"), 3U) << "what was mounted counts";
  EXPECT_EQ(guest.contents("scratch/file"), "12345678");
  EXPECT_EQ(guest.unlink("scratch/file"), success);
  EXPECT_EQ(guest.rmdir("scratch"), success);
  EXPECT_EQ(guest.close(fd), success);
  EXPECT_EQ(guest.host.contents.size(), 1U) << "a writable content is the process's to release";
}

TEST(FileTree, IsEmptyUntilItIsTouched) {
  Guest guest;
  EXPECT_FALSE(guest.process.tree().find_file("/out").has_value());
  EXPECT_TRUE(guest.process.tree().list("/").empty());
  EXPECT_FALSE(guest.process.tree().find_file("relative").has_value());
}

TEST(FileTree, GivesBackWhatTheGuestLeft) {
  Guest guest;
  ASSERT_EQ(guest.mkdir("out"), success);
  guest.make("out/b", "bytes");
  guest.make("out/empty");
  ASSERT_EQ(guest.mkdir("out/a"), success);
  guest.make("out/a/deep", "d");
  ASSERT_EQ(guest.symlink("../out/b", "out/link"), success);
  const FileTree& tree = guest.process.tree();
  const auto all = tree.list("/out");
  EXPECT_EQ(paths(all), (std::vector<std::string>{"a", "a/deep", "b", "empty", "link"}));
  EXPECT_EQ(all[0].kind, FileTree::Listed::Kind::folder);
  EXPECT_EQ(all[2].file.size_bytes, 5U);
  EXPECT_EQ(all[3].file.size_bytes, 0U);
  EXPECT_EQ(all[4].kind, FileTree::Listed::Kind::link);
  EXPECT_EQ(all[4].target, "../out/b");
  EXPECT_EQ(tree.find_file("/out/link")->size_bytes, 5U) << "links are followed inside the tree";
  EXPECT_FALSE(tree.find_file("/out").has_value());
  EXPECT_FALSE(tree.find_file("/out/none").has_value());
  EXPECT_TRUE(tree.list("/out/b").empty());
  EXPECT_EQ(guest.contents("out/b"), "bytes");
}

TEST(FileTree, IsAsDeepAsTheGuestMakesItAndStillListsAndEnds) {
  wasi::Setup setup;
  setup.bounds.files = 30'000;
  Guest guest(std::move(setup));
  std::uint32_t folder = guest.opened_folder(".");
  for (int i = 0; i < 29'000; ++i) {
    ASSERT_EQ(guest.mkdir("d", folder), success);
    const std::uint32_t next = guest.opened_folder("d", folder);
    ASSERT_EQ(guest.close(folder), success);
    folder = next;
  }
  EXPECT_EQ(guest.rename("d", "e"), success);
  const auto listed = guest.process.tree().list("/");
  EXPECT_EQ(listed.size(), kMaxPathBytes / 2);
  EXPECT_LE(listed.back().path.size(), kMaxPathBytes);
  EXPECT_EQ(guest.rename("e", "f", 3, folder), inval) << "into itself, however deep";
}

}  // namespace
}  // namespace weft::wasi::test
