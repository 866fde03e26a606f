// What every fallible call answers with: a value, or an Error that a program can switch on and a person can read.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weft {

// A place in a document: both 1-based, the column in code points.
struct Location {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend bool operator==(const Location&, const Location&) = default;
};

struct Error {
  std::string code;     // stable, `room.what`, e.g. "module.truncated"; part of the interface
  std::string message;  // one sentence, lower case, says what is wrong and what to do
  std::optional<Location> location = std::nullopt;
};

template <class T>
using Result = std::expected<T, Error>;

// Shortens `return std::unexpected(Error{...})`.
[[nodiscard]] inline std::unexpected<Error> fail(std::string_view code, std::string message) {
  return std::unexpected(Error{std::string(code), std::move(message)});
}

}  // namespace weft
