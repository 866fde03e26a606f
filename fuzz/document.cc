// Any text through the YAML reader, the parser and the renderer of diagnostics.
#include <cstdlib>
#include <string_view>

#include "core/flow/diagnostic.h"
#include "core/flow/parse.h"
#include "core/flow/units.h"
#include "host/document/read_document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = weft::document::read_document(text);
  if (read.root.has_value() != read.diagnostics.empty()) std::abort();
  static_cast<void>(weft::flow::render(read.diagnostics, "f", text));
  static_cast<void>(weft::flow::parse_duration(text));
  static_cast<void>(weft::flow::parse_size(text));
  if (!read.root) return 0;
  const auto parsed = weft::flow::parse(*read.root);
  if (parsed.workflow.has_value() != parsed.diagnostics.empty()) std::abort();
  static_cast<void>(weft::flow::render(parsed.diagnostics, "f", text));
  static_cast<void>(weft::flow::render_json(parsed.diagnostics));
  return 0;
}
