// Every code a document can be refused with. The text of a code is part of the interface: it is never renamed, and a
// code that is given up is not used again. The readers at the edges use the first group, core/flow the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace weft::flow {

enum class Code : std::uint8_t {
  // reading text into a tree
  syntax,
  encoding,
  too_large,
  too_deep,
  empty_document,
  second_document,
  directive,
  anchor,
  alias,
  tag,
  merge_key,
  complex_key,
  // shape and values
  wrong_type,
  missing_key,
  unknown_key,
  duplicate_key,
  version,
  bad_name,
  reserved_name,
  bad_text,
  bad_value,
  bad_integer,
  bad_number,
  bad_duration,
  bad_size,
  bad_digest,
  out_of_range,
  too_many,
  // sources and the graph
  unknown_need,
  unknown_input,
  unknown_file,
  unknown_output,
  bad_output,
  duplicate_need,
  duplicate_output,
  self_need,
  cycle,
  unknown_stdin,
  bad_when,
  // paths
  bad_path,
  outside_folder,
  reserved_path,
  path_overlap,
  // rules between keys
  each_without_stdin,
  each_outputs,
  parallel_without_each,
  instances_without_stream,
  stream,
  // parameters
  unknown_param,
  bad_template,
  param_not_here,
  // the list of problems itself
  more_problems,
};

struct CodeInfo {
  Code code;
  std::string_view text;     // "flow.unknown_need"
  std::string_view meaning;  // one sentence for the reference
};

// In the order of Code.
[[nodiscard]] std::span<const CodeInfo> all_codes();
[[nodiscard]] std::string_view text_of(Code code);

}  // namespace weft::flow
