// The report for a person: a row per step, a Gantt, outputs, and what a failed step last said.
#pragma once

#include <cstdint>
#include <string>

#include "core/report/record.h"

namespace weft::report {

struct TextOptions {
  std::uint32_t width = 100;  // columns
  enum class Color : std::uint8_t { off, on } color = Color::off;
};

[[nodiscard]] std::string to_text(const RunRecord& record, TextOptions options);

}  // namespace weft::report
