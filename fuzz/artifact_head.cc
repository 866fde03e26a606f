// Any bytes as the head of an artifact: none of them makes it trusted.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "host/store/artifact_files.h"

namespace {

// One folder for all inputs of this process.
struct Folder {
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weft-fuzz-XXXXXX").string();
    path = std::string(::mkdtemp(pattern.data())) + "/artifacts";
    weft::host::ArtifactFiles files(path);
    const std::string content = "native code";
    if (!files.put({weft::sha256("m"), "e"}, std::as_bytes(std::span(content)))) std::abort();
  }
  std::string path;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  const weft::host::ArtifactKey key{weft::sha256("m"), "e"};
  std::ofstream(folder.path + "/" + key.module.hex() + "-e.cwasm.head", std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  weft::host::ArtifactFiles files(folder.path);
  const auto opened = files.open(key);
  if (opened && *opened) std::abort();
  return 0;
}
