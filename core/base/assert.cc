#include "core/base/assert.h"

namespace weft {

[[gnu::weak]] void assertion_failed(const char*, const char*, int) noexcept { __builtin_trap(); }

}  // namespace weft
