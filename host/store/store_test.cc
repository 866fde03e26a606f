#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "host/store/artifact_files.h"
#include "host/store/files.h"
#include "host/store/spill.h"

namespace weft::host {
namespace {

namespace fs = std::filesystem;

class Store : public testing::Test {
 protected:
  Store() {
    std::string pattern = (fs::temp_directory_path() / "weft-store-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Store() override { fs::remove_all(folder_); }
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  static std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }
  static std::string content(const OpenArtifact& artifact) {
    std::ifstream in(artifact.path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  fs::path folder_;
  std::shared_ptr<ChunkPool> pool_ = ChunkPool::make();
};

TEST_F(Store, FilesComeBackWhole) {
  const std::string text(300'000, 'q');
  ASSERT_TRUE(write_file(path("a/b/c.bin"), Blob::copy_of(text)));
  const auto blob = read_file(path("a/b/c.bin"), pool_, 1 << 20);
  ASSERT_TRUE(blob);
  EXPECT_TRUE(blob->to_string() == text);
  EXPECT_EQ(read_file(path("a/b/c.bin"), pool_, 1000).error().code, "file.too_large");
}

TEST_F(Store, FileErrorsNameThePathAndTheReason) {
  EXPECT_EQ(read_file(path("none"), pool_, 10).error().code, "file.missing");
  EXPECT_EQ(read_file(folder_.string(), pool_, 10).error().code, "file.is_folder");
  const auto error = write_file("/proc/nothing/here", Blob::copy_of("x")).error();
  EXPECT_EQ(error.code, "file.unwritable");
  EXPECT_NE(error.message.find("/proc/nothing/here"), std::string::npos);
}

TEST_F(Store, AFullDiskLeavesNothingBehind) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  EXPECT_EQ(write_descriptor(full, Blob::copy_of("x")).error().code, "file.full");
  ::close(full);
}

TEST_F(Store, ListsFilesByNameAndRefusesLinksOut) {
  ASSERT_TRUE(write_file(path("tree/b/2"), Blob::copy_of("2")));
  ASSERT_TRUE(write_file(path("tree/a"), Blob::copy_of("1")));
  const auto found = list_files(path("tree"), 10);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].relative, "a");
  EXPECT_EQ((*found)[1].relative, "b/2");
  EXPECT_EQ(list_files(path("tree"), 1).error().code, "file.too_many");
  fs::create_symlink("/etc/hostname", path("tree/out"));
  EXPECT_EQ(list_files(path("tree"), 10).error().code, "file.link");
}

TEST_F(Store, ArtifactsComeBackToWhoWroteThem) {
  ArtifactFiles artifacts(path("artifacts"));
  const ArtifactKey key{weft::sha256("module"), "engine-1"};
  EXPECT_EQ(artifacts.open(key)->get(), nullptr);
  ASSERT_TRUE(artifacts.put(key, bytes("native code")));
  const auto opened = artifacts.open(key);
  ASSERT_TRUE(opened && *opened);
  EXPECT_EQ(content(**opened), "native code");
  EXPECT_EQ(ArtifactFiles(path("artifacts")).open({weft::sha256("module"), "engine-2"})->get(), nullptr);
  struct stat info {};
  ASSERT_EQ(::stat(path("artifacts").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
}

TEST_F(Store, AChangedArtifactIsRefused) {
  ArtifactFiles artifacts(path("artifacts"));
  const ArtifactKey key{weft::sha256("module"), "engine"};
  ASSERT_TRUE(artifacts.put(key, bytes("native code")));
  const std::string file = path("artifacts/" + key.module.hex() + "-engine.cwasm");
  std::fstream(file, std::ios::in | std::ios::out).write("NATIVE", 6);
  EXPECT_EQ(artifacts.open(key).error().code, "artifact.tampered");
  EXPECT_EQ(artifacts.check().at(0).problem->code, "artifact.tampered");
}

TEST_F(Store, AnotherInstallationsArtifactIsRefused) {
  ArtifactFiles ours(path("ours")), theirs(path("theirs"));
  const ArtifactKey key{weft::sha256("module"), "engine"};
  ASSERT_TRUE(ours.put(key, bytes("ours")));
  ASSERT_TRUE(theirs.put(key, bytes("evil")));
  for (const char* ending : {".cwasm", ".cwasm.head"}) {
    const std::string name = "/" + key.module.hex() + "-engine" + ending;
    fs::copy_file(path("theirs") + name, path("ours") + name, fs::copy_options::overwrite_existing);
  }
  EXPECT_EQ(ours.open(key).error().code, "artifact.tampered");
}

TEST_F(Store, ACopiedFolderIsCheckedOnceAndThenTrusted) {
  const ArtifactKey key{weft::sha256("module"), "engine"};
  ASSERT_TRUE(ArtifactFiles(path("old")).put(key, bytes("native code")));
  fs::copy(path("old"), path("new"), fs::copy_options::recursive);
  ::chmod(path("new").c_str(), 0700);
  ArtifactFiles copied(path("new"));
  for (int i = 0; i < 2; ++i) {
    const auto opened = copied.open(key);
    ASSERT_TRUE(opened && *opened) << opened.error().message;
    EXPECT_EQ(content(**opened), "native code");
  }
  EXPECT_FALSE(copied.check().at(0).problem);
}

TEST_F(Store, AFolderOthersCanOpenIsNotUsed) {
  fs::create_directory(path("open"));
  ::chmod(path("open").c_str(), 0755);
  EXPECT_EQ(ArtifactFiles(path("open")).put({weft::sha256("m"), "e"}, bytes("x")).error().code, "artifact.owner");
}

TEST_F(Store, PayloadPastTheBoundGoesToDiskAndComesBack) {
  Spill spill({folder_.string(), 100'000, 1000});
  const std::string text(60'000, 'p');
  auto first = spill.keep(Blob::copy_of(text));
  auto second = spill.keep(Blob::copy_of(text));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(spill.in_memory_bytes(), 60'000U);
  EXPECT_EQ(spill.spilled_bytes(), 60'000U);
  EXPECT_TRUE(second->to_string() == text);
  *first = Blob();
  EXPECT_EQ(spill.in_memory_bytes(), 0U);
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(Store, SpillingToNowhereKeepsTheBlob) {
  Spill spill({"/nonexistent", 0, 1});
  const Blob blob = Blob::copy_of("bytes");
  EXPECT_EQ(spill.keep(blob).error().code, "store.write");
  EXPECT_EQ(blob.to_string(), "bytes");
}

}  // namespace
}  // namespace weft::host
