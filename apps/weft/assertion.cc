// Says where an assertion of ours failed, and ends the process. Takes the place of the core's silent definition.
#include <cstdio>
#include <cstdlib>

#include "core/base/assert.h"

namespace weft {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "weft: this is a bug in weft: `%s` does not hold (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace weft
