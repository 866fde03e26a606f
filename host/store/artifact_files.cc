#include "host/store/artifact_files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "core/base/hmac.h"
#include "host/store/descriptor.h"
#include "host/store/limits.h"

namespace weft::host {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kArtifactEnding = ".cwasm";
constexpr std::string_view kHeadEnding = ".head";
constexpr std::string_view kHeadMagic = "weft artifact 1\n";

// What a head says, fixed size so that it is read at once. Little-endian as in memory: it never leaves this machine.
struct Head {
  std::array<char, 16> magic;
  Digest module;
  Digest engine;  // of the engine's text
  std::uint64_t size;
  std::uint64_t inode;
  std::int64_t changed_s;
  std::int64_t changed_ns;
  Digest content_mac;
  Digest mac;  // of all before it
};
static_assert(sizeof(Head) == 16 + 4 * 32 + 4 * 8);

std::span<const std::byte> covered(const Head& head) {
  return std::as_bytes(std::span(&head, 1)).first(sizeof(Head) - sizeof(Digest));
}

class OpenFile final : public OpenArtifact {
 public:
  explicit OpenFile(Descriptor file) : file_(std::move(file)) {}
  std::string path() const override { return "/proc/self/fd/" + std::to_string(file_.get()); }

 private:
  Descriptor file_;
};

std::unexpected<Error> tampered(const std::string& path, std::string_view what) {
  return fail("artifact.tampered", "the artifact `" + path + "` " + std::string(what) + "; it is compiled again");
}

std::unexpected<Error> io_error(std::string_view code, const std::string& path, int error) {
  return fail(code, "`" + path + "`: " + std::strerror(error));
}

// Whole content under the key; nothing when it cannot be mapped.
std::optional<Digest> mac_of(int file, std::uint64_t size, std::span<const std::byte> key) {
  if (size == 0) return hmac(key, {});
  void* at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (at == MAP_FAILED) return std::nullopt;
  const Digest mac = hmac(key, {static_cast<const std::byte*>(at), static_cast<std::size_t>(size)});
  ::munmap(at, size);
  return mac;
}

bool write_whole(int file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return true;
}

// Writes beside and renames. The descriptor of what now has the name.
Result<Descriptor> replace(const std::string& path, std::span<const std::byte> bytes) {
  std::string temporary = path + ".XXXXXX";
  Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file) return io_error("artifact.unwritable", path, errno);
  if (write_whole(file.get(), bytes) && ::rename(temporary.c_str(), path.c_str()) == 0) return file;
  const int error = errno;
  ::unlink(temporary.c_str());
  return io_error("artifact.unwritable", path, error);
}

void seal(Head& head, const struct stat& info, std::span<const std::byte> key) {
  head.inode = info.st_ino;
  head.changed_s = info.st_ctim.tv_sec;
  head.changed_ns = info.st_ctim.tv_nsec;
  head.mac = hmac(key, covered(head));
}

bool same_file(const Head& head, const struct stat& info) {
  return head.inode == info.st_ino && head.changed_s == info.st_ctim.tv_sec && head.changed_ns == info.st_ctim.tv_nsec;
}

Result<Head> read_head(const std::string& path, std::span<const std::byte> key) {
  const Descriptor file(::open((path + std::string(kHeadEnding)).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  Head head;
  if (!file || ::read(file.get(), &head, sizeof head) != static_cast<ssize_t>(sizeof head)) return tampered(path, "has no head");
  if (std::string_view(head.magic.data(), head.magic.size()) != kHeadMagic || !equal_constant_time(hmac(key, covered(head)), head.mac))
    return tampered(path, "has a head that this installation did not write");
  return head;
}

}  // namespace

std::string ArtifactFiles::path_of(const ArtifactKey& key) const {
  return folder_ + "/" + key.module.hex() + "-" + key.engine + std::string(kArtifactEnding);
}

Result<ArtifactFiles::Key> ArtifactFiles::key() {
  const std::lock_guard lock(mutex_);
  if (key_) return *key_;
  std::error_code error;
  fs::create_directories(fs::path(folder_).parent_path(), error);
  if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) return io_error("artifact.unwritable", folder_, errno);
  struct stat info {};
  if (::lstat(folder_.c_str(), &info) != 0) return io_error("artifact.unwritable", folder_, errno);
  if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid() || (info.st_mode & 077) != 0)
    return fail("artifact.owner", "`" + folder_ + "` must be a folder of yours that nobody else can open (chmod 700)");
  const std::string path = folder_ + "/key";
  Key fresh;
  if (::getrandom(fresh.data(), fresh.size(), 0) != static_cast<ssize_t>(fresh.size())) return io_error("artifact.unwritable", path, EIO);
  // Whoever links first wins; both then read the same key.
  std::string temporary = path + ".XXXXXX";
  {
    const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!file || !write_whole(file.get(), fresh)) return io_error("artifact.unwritable", path, errno);
  }
  if (::access(path.c_str(), F_OK) != 0) static_cast<void>(::link(temporary.c_str(), path.c_str()));
  ::unlink(temporary.c_str());
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  Key kept;
  if (!file || ::read(file.get(), kept.data(), kept.size()) != static_cast<ssize_t>(kept.size()))
    return fail("artifact.owner", "`" + path + "` is no key of weft's; remove the folder to begin anew");
  key_ = kept;
  return kept;
}

Result<std::unique_ptr<OpenArtifact>> ArtifactFiles::open(const ArtifactKey& wanted) {
  const std::string path = path_of(wanted);
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file && errno == ENOENT) return nullptr;
  if (!file) return io_error("artifact.unreadable", path, errno);
  const auto secret = key();
  if (!secret) return std::unexpected(secret.error());
  auto head = read_head(path, *secret);
  if (!head) return std::unexpected(head.error());
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return io_error("artifact.unreadable", path, errno);
  if (head->module != wanted.module || head->engine != sha256(wanted.engine)) return tampered(path, "has the head of another");
  if (info.st_uid != ::geteuid()) return tampered(path, "belongs to somebody else");
  if (static_cast<std::uint64_t>(info.st_size) != head->size) return tampered(path, "has another size than when it was written");
  if (!same_file(*head, info)) {
    const auto mac = mac_of(file.get(), head->size, *secret);
    if (!mac || !equal_constant_time(*mac, head->content_mac)) return tampered(path, "was changed since it was written");
    seal(*head, info, *secret);
    static_cast<void>(replace(path + std::string(kHeadEnding), std::as_bytes(std::span(&*head, 1))));
  }
  return std::make_unique<OpenFile>(std::move(file));
}

Result<void> ArtifactFiles::put(const ArtifactKey& wanted, std::span<const std::byte> content) {
  if (content.size() > kMaxArtifactBytes) return fail("artifact.too_large", "the artifact is larger than " + std::to_string(kMaxArtifactBytes >> 20) + " MiB");
  const auto secret = key();
  if (!secret) return std::unexpected(secret.error());
  const std::string path = path_of(wanted);
  auto file = replace(path, content);
  if (!file) return std::unexpected(file.error());
  struct stat info {};
  if (::fstat(file->get(), &info) != 0) return io_error("artifact.unwritable", path, errno);
  Head head{};
  std::memcpy(head.magic.data(), kHeadMagic.data(), kHeadMagic.size());
  head.module = wanted.module;
  head.engine = sha256(wanted.engine);
  head.size = content.size();
  head.content_mac = hmac(*secret, content);
  seal(head, info, *secret);
  if (auto put = replace(path + std::string(kHeadEnding), std::as_bytes(std::span(&head, 1))); !put) return std::unexpected(put.error());
  return {};
}

std::vector<ArtifactFiles::Checked> ArtifactFiles::check() {
  std::vector<Checked> all;
  std::error_code error;
  for (auto it = fs::directory_iterator(folder_, error); !error && it != fs::directory_iterator(); it.increment(error)) {
    const std::string path = it->path().string();
    if (!path.ends_with(kArtifactEnding)) continue;
    Checked one{it->path().filename().string(), 0, std::nullopt};
    const auto problem = [&]() -> std::optional<Error> {
      const auto secret = key();
      if (!secret) return secret.error();
      const auto head = read_head(path, *secret);
      if (!head) return head.error();
      const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
      struct stat info {};
      if (!file || ::fstat(file.get(), &info) != 0) return io_error("artifact.unreadable", path, errno).error();
      one.bytes = static_cast<std::uint64_t>(info.st_size);
      const auto mac = one.bytes == head->size ? mac_of(file.get(), head->size, *secret) : std::nullopt;
      if (!mac || !equal_constant_time(*mac, head->content_mac)) return tampered(path, "was changed since it was written").error();
      return std::nullopt;
    };
    one.problem = problem();
    all.push_back(std::move(one));
  }
  std::sort(all.begin(), all.end(), [](const Checked& a, const Checked& b) { return a.name < b.name; });
  return all;
}

}  // namespace weft::host
