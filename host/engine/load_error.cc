#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "host/engine/limits.h"
#include "host/engine/module_cache.h"

namespace weft::host {
namespace {

constexpr std::size_t kPreambleBytes = 8;
constexpr std::string_view kMagic{"\0asm", 4};
constexpr std::string_view kModuleVersion{"\1\0\0\0", 4};
constexpr std::string_view kComponentVersion{"\x0d\0\1\0", 4};

// What Wasmtime's validator says of a feature that is off, and the feature's name for people.
struct Feature {
  std::string_view text;
  std::string_view name;
};
constexpr std::array kFeatures = {
    Feature{"relaxed SIMD", "relaxed SIMD"},      Feature{"tail calls", "tail calls"},
    Feature{"threads", "threads"},                Feature{"shared memor", "threads"},
    Feature{"multi-memory", "multi-memory"},      Feature{"multiple memories", "multi-memory"},
    Feature{"memory64", "memory64"},              Feature{"64-bit", "memory64"},
    Feature{"exceptions", "exceptions"},          Feature{"exception handling", "exceptions"},
    Feature{"gc", "garbage collection"},          Feature{"function references", "function references"},
    Feature{"custom page size", "custom page sizes"}, Feature{"wide arithmetic", "wide arithmetic"},
    Feature{"stack switching", "stack switching"},  Feature{"extended const", "extended constants"},
};

bool mentions_feature(std::string_view message) {
  for (const std::string_view word : {"not enabled", "must be enabled", "requires", "not supported", "disabled"})
    if (message.find(word) != std::string_view::npos) return true;
  return false;
}

// The innermost cause without Wasmtime's own framing.
std::string cause(std::string_view message) {
  const std::size_t at = message.find("Caused by:");
  std::string_view text = at == std::string_view::npos ? message : message.substr(at + 10);
  std::string line;
  for (const char c : text) {
    if (c == '\n' && !line.empty()) break;
    if (c != '\n') line.push_back(c);
  }
  const std::size_t begin = line.find_first_not_of(" 0123456789:");
  return begin == std::string::npos ? line : line.substr(begin);
}

}  // namespace

Result<void> check_preamble(const ModuleSource& source) {
  if (source.bytes.size_bytes() > kMaxModuleBytes)
    return fail("module.too_large", "`" + source.path + "` is larger than " + std::to_string(kMaxModuleBytes >> 20) + " MiB");
  const std::string head = source.bytes.slice(0, std::min<std::uint64_t>(kPreambleBytes, source.bytes.size_bytes())).to_string();
  if (!head.starts_with(kMagic))
    return fail("module.not_wasm", "`" + source.path + "` is not a WebAssembly binary; build the step for wasm32-wasi");
  if (head.size() < kPreambleBytes) return fail("module.truncated", "`" + source.path + "` ends in the middle; build or copy it again");
  const std::string_view version = std::string_view(head).substr(4);
  if (version == kComponentVersion)
    return fail("module.component", "`" + source.path +
                                        "` is a component; weft runs core modules of WASI preview 1: build it for wasm32-wasip1");
  if (version != kModuleVersion)
    return fail("module.version", "`" + source.path + "` has a WebAssembly version that weft does not know");
  return {};
}

Error load_error(const ModuleSource& source, std::string_view message) {
  const std::string why = cause(message);
  if (message.find("unexpected end") != std::string_view::npos)
    return {"module.truncated", "`" + source.path + "` ends in the middle; build or copy it again"};
  // Some messages name what is not allowed without saying that a setting would allow it.
  const bool by_name = message.find("multiple memories") != std::string_view::npos;
  if (mentions_feature(message) || by_name) {
    for (const Feature& feature : kFeatures)
      if (message.find(feature.text) != std::string_view::npos)
        return {"module.feature", "`" + source.path + "` uses " + std::string(feature.name) +
                                      ", which not every tier has; build it without (" + why + ")"};
  }
  return {"module.invalid", "`" + source.path + "` is not a valid module: " + why};
}

}  // namespace weft::host
