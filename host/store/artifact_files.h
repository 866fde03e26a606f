// Artifacts in a folder of this user alone (0700). Two files each: the artifact, and a head under HMAC that names module,
// engine, size, inode and change time, and holds a MAC of the content. The head is checked at every load; the content only
// when inode or change time are not those of the head (the folder was copied or restored), and by check().
// The key lies beside them: what it keeps out is accident and other users, not this user.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/ports/artifacts.h"

namespace weft::host {

class ArtifactFiles final : public Artifacts {
 public:
  explicit ArtifactFiles(std::string folder) : folder_(std::move(folder)) {}

  Result<std::unique_ptr<OpenArtifact>> open(const ArtifactKey& key) override;
  Result<void> put(const ArtifactKey& key, std::span<const std::byte> content) override;

  struct Checked {
    std::string name;
    std::uint64_t bytes = 0;
    std::optional<Error> problem;
  };
  // Every artifact, its whole content against its head. For `weft doctor`.
  [[nodiscard]] std::vector<Checked> check();
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  using Key = std::array<std::byte, 32>;
  // The key, made on first use. Errors: artifact.owner, artifact.unwritable.
  [[nodiscard]] Result<Key> key();
  [[nodiscard]] std::string path_of(const ArtifactKey& key) const;

  const std::string folder_;
  std::mutex mutex_;
  std::optional<Key> key_;
};

}  // namespace weft::host
