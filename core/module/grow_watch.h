// Makes a module tell when it was refused memory: every `memory.grow` goes through one added function that sets an added,
// exported global when the answer is -1. Hosts bound memory without being asked; this is how a report knows. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace weft::module {

// The exported global: i32, 0 until a growth was refused.
constexpr std::string_view kGrowRefused = "weft.grow_refused";

// Nothing where there is nothing to watch (no `memory.grow`), or where the module has something this does not know: then
// it is used as it is, and whoever compiles it says what is wrong with it.
[[nodiscard]] std::optional<std::vector<std::byte>> watch_growth(std::span<const std::byte> module);

}  // namespace weft::module
