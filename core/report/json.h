// The report as JSON, as api/report.schema.json has it. Microseconds with three decimals.
#pragma once

#include <string>

#include "core/base/json_writer.h"
#include "core/report/record.h"

namespace weft::report {

constexpr std::string_view kSchema = "weft.report.1";

void write(JsonWriter& json, const RunRecord& record);
[[nodiscard]] std::string to_json(const RunRecord& record, JsonWriter::Style style = JsonWriter::Style::compact);

// As the report names it: exit, trap, timeout, output, load, cancelled.
[[nodiscard]] std::string_view outcome_name(run::Outcome::Kind kind);

}  // namespace weft::report
