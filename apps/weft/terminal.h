// What a person sees: colour and progress on a terminal only, errors in one form.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"

namespace weft::app {

enum class Stream { out, err };
[[nodiscard]] bool is_terminal(Stream stream);
// Colour is wanted: a terminal, and NO_COLOR is not set.
[[nodiscard]] bool wants_color(Stream stream);
[[nodiscard]] unsigned width(Stream stream);
// Writes all of it; what cannot be written is lost (the reader is gone).
void print(Stream stream, std::string_view text);
// "error[code]: message" to stderr.
void print_error(const Error& error);

}  // namespace weft::app
