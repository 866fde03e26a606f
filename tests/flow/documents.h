// What the document tests share: the golden files and the way from text to workflow.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/flow/canonical.h"
#include "core/flow/parse.h"
#include "host/document/read_document.h"

namespace weft::tests {

inline const std::filesystem::path kGolden = std::filesystem::path(WEFT_SOURCE_DIR) / "tests/golden/flow";

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// The documents in `folder`, in the order of their names.
inline std::vector<std::filesystem::path> documents_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto extension = entry.path().extension();
    const bool document = extension == ".yaml" || entry.path().string().ends_with(".in.json");
    if (entry.is_regular_file() && document) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

inline flow::Parsed parse_text(std::string_view text) {
  document::ReadDocument document = document::read_document(text);
  if (!document.root) return {std::nullopt, std::move(document.diagnostics)};
  return flow::parse(*document.root);
}

// Digests made of the paths: enough to see that each path has been replaced by the right one.
struct PathDigests {
  std::vector<Digest> modules;
  std::vector<std::vector<Digest>> files;
  explicit PathDigests(const flow::Workflow& workflow) {
    for (const flow::Step& step : workflow.steps) {
      modules.push_back(named(step.run));
      std::vector<Digest>& of_step = files.emplace_back();
      for (const flow::MountedFile& file : step.files) of_step.push_back(named(file.host_path));
    }
  }
  [[nodiscard]] flow::ContentDigests get() const { return {modules, files}; }

 private:
  static Digest named(const std::string& path) { return Digest::parse(path).value_or(sha256(path)); }
};

inline std::string canonical(const flow::Workflow& workflow) {
  return flow::canonical_text(workflow, PathDigests(workflow).get());
}

// Compares with a golden file, or writes it where WEFT_UPDATE_GOLDEN is set.
inline std::string expected_or_update(const std::filesystem::path& path, const std::string& actual) {
  if (std::getenv("WEFT_UPDATE_GOLDEN") == nullptr) return read_file(path);
  std::ofstream(path, std::ios::binary) << actual;
  return actual;
}

}  // namespace weft::tests
