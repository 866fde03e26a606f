// Where compiled modules are kept between processes. Artifacts are native code: only what this installation wrote and
// nobody changed since is ever handed out. Thread: any.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/digest.h"
#include "core/base/error.h"

namespace weft::host {

struct ArtifactKey {
  Digest module;
  std::string engine;  // version, settings and CPU: what an artifact is valid for; letters, digits, '-', '.'
};

// An artifact held open: its descriptor is what was checked, whatever happens to the name meanwhile.
class OpenArtifact {
 public:
  virtual ~OpenArtifact() = default;
  [[nodiscard]] virtual std::string path() const = 0;  // of the descriptor itself, to be mapped
};

class Artifacts {
 public:
  virtual ~Artifacts() = default;
  // Nothing when there is none. An Error says why one that is there was refused (artifact.tampered, artifact.unreadable,
  // artifact.owner); the caller compiles again and says so once.
  [[nodiscard]] virtual Result<std::unique_ptr<OpenArtifact>> open(const ArtifactKey& key) = 0;
  // Written whole or not at all.
  [[nodiscard]] virtual Result<void> put(const ArtifactKey& key, std::span<const std::byte> content) = 0;
};

}  // namespace weft::host
