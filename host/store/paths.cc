#include "host/store/paths.h"

#include <cstdlib>

namespace weft::host {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace

Result<std::string> cache_folder() {
  if (const std::string own = environment("WEFT_CACHE_DIR"); !own.empty()) return own;
  if (const std::string xdg = environment("XDG_CACHE_HOME"); xdg.starts_with('/')) return xdg + "/weft";
  if (const std::string home = environment("HOME"); !home.empty()) return home + "/.cache/weft";
  return fail("store.no_home", "neither WEFT_CACHE_DIR, XDG_CACHE_HOME nor HOME is set, so there is no place for compiled modules");
}

std::string spill_folder() {
  const std::string temporary = environment("TMPDIR");
  return temporary.empty() ? "/tmp" : temporary;
}

}  // namespace weft::host
