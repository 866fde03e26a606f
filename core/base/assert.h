// Checks for our own bugs, on in every build. Input that is wrong is never asserted on: it gets an Error.
// The core neither prints nor aborts by itself: a host may replace assertion_failed() with a definition that reports.
#pragma once

namespace weft {

// Ends the program. The core's own definition is weak and only traps; the native host's prints where it was.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace weft

#define WEFT_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::weft::assertion_failed(#condition, __FILE__, __LINE__))
