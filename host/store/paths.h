// Where weft keeps things, after the XDG base directory specification. Pure but for reading the environment.
#pragma once

#include <string>

#include "core/base/error.h"

namespace weft::host {

// $WEFT_CACHE_DIR, or $XDG_CACHE_HOME/weft, or $HOME/.cache/weft. Errors: store.no_home.
[[nodiscard]] Result<std::string> cache_folder();
// $TMPDIR or /tmp: where spilled payload goes, in files without names.
[[nodiscard]] std::string spill_folder();

}  // namespace weft::host
