#include "core/flow/codes.h"

#include <array>

namespace weft::flow {
namespace {

constexpr std::array kCodes = {
    CodeInfo{Code::syntax, "flow.syntax", "The text is not YAML 1.2 or JSON."},
    CodeInfo{Code::encoding, "flow.encoding",
             "The text is not UTF-8, or holds a control character other than tab and line end."},
    CodeInfo{Code::too_large, "flow.too_large",
             "The document is over its bound of bytes, values or blank lines in a row."},
    CodeInfo{Code::too_deep, "flow.too_deep", "Lists and mappings are nested too deeply."},
    CodeInfo{Code::empty_document, "flow.empty_document", "There is nothing in the document."},
    CodeInfo{Code::second_document, "flow.second_document",
             "A file holds one workflow; `---` starts a second document."},
    CodeInfo{Code::directive, "flow.directive", "`%` directives are not taken, except `%YAML 1.2`."},
    CodeInfo{Code::anchor, "flow.anchor", "Anchors (`&name`) are not taken."},
    CodeInfo{Code::alias, "flow.alias", "Aliases (`*name`) are not taken."},
    CodeInfo{Code::tag, "flow.tag", "Tags (`!name`) are not taken."},
    CodeInfo{Code::merge_key, "flow.merge_key", "Merge keys (`<<`) are not taken."},
    CodeInfo{Code::complex_key, "flow.complex_key", "A key is a list or a mapping."},
    CodeInfo{Code::wrong_type, "flow.wrong_type", "A value is of another type than its key takes, or is empty."},
    CodeInfo{Code::missing_key, "flow.missing_key", "A key that must be there is not."},
    CodeInfo{Code::unknown_key, "flow.unknown_key", "There is no such key at this place."},
    CodeInfo{Code::duplicate_key, "flow.duplicate_key", "A key stands twice in one mapping."},
    CodeInfo{Code::version, "flow.version", "`weft` is not 1, the only version there is."},
    CodeInfo{Code::bad_name, "flow.bad_name", "A name is not of the form that names have."},
    CodeInfo{Code::reserved_name, "flow.reserved_name", "`inputs` is taken and cannot name a step or an input."},
    CodeInfo{Code::bad_text, "flow.bad_text",
             "A text is too long, is empty where it must not be, or holds a character that cannot be passed on."},
    CodeInfo{Code::bad_value, "flow.bad_value", "A value is none of the words that its key takes."},
    CodeInfo{Code::bad_integer, "flow.bad_integer", "A whole number is expected."},
    CodeInfo{Code::bad_number, "flow.bad_number", "A number with at most three decimals is expected."},
    CodeInfo{Code::bad_duration, "flow.bad_duration", "A duration is a number and one of us, ms, s, m, h."},
    CodeInfo{Code::bad_size, "flow.bad_size",
             "A size is a whole number and one of B, KiB, MiB, GiB, TiB, KB, MB, GB, TB."},
    CodeInfo{Code::bad_digest, "flow.bad_digest", "A pin is not `@sha256:` and 64 lower-case hexadecimal digits."},
    CodeInfo{Code::out_of_range, "flow.out_of_range", "A number, duration or size is outside its bounds."},
    CodeInfo{Code::too_many, "flow.too_many", "A list or mapping has too few or too many entries."},
    CodeInfo{Code::unknown_need, "flow.unknown_need", "`needs` names a step that is not there."},
    CodeInfo{Code::unknown_input, "flow.unknown_input", "A source names an input that `inputs` does not declare."},
    CodeInfo{Code::unknown_file, "flow.unknown_file", "A source names a file that the step's `outputs` do not list."},
    CodeInfo{Code::unknown_output, "flow.unknown_output", "The workflow's `outputs` name a step that is not there."},
    CodeInfo{Code::bad_output, "flow.bad_output", "The workflow's `outputs` name an input of the run."},
    CodeInfo{Code::duplicate_need, "flow.duplicate_need", "A step needs the same source twice in a list."},
    CodeInfo{Code::duplicate_output, "flow.duplicate_output", "An output is listed twice."},
    CodeInfo{Code::self_need, "flow.self_need", "A step needs itself."},
    CodeInfo{Code::cycle, "flow.cycle", "Steps wait for each other in a circle."},
    CodeInfo{Code::unknown_stdin, "flow.unknown_stdin", "`stdin` is none of the keys of `needs`."},
    CodeInfo{Code::bad_when, "flow.bad_when", "`when` waits for something that cannot happen."},
    CodeInfo{Code::bad_path, "flow.bad_path", "A path is not in its plain form."},
    CodeInfo{Code::outside_folder, "flow.outside_folder", "A file does not lie below the document's folder."},
    CodeInfo{Code::reserved_path, "flow.reserved_path", "A file would lie at, below or above `/in` or `/out`."},
    CodeInfo{Code::path_overlap, "flow.path_overlap", "One path lies below another of the same step."},
    CodeInfo{Code::each_without_stdin, "flow.each_without_stdin", "`each` splits stdin, and the step has none."},
    CodeInfo{Code::each_outputs, "flow.each_outputs", "A step with `each` cannot answer with files."},
    CodeInfo{Code::parallel_without_each, "flow.parallel_without_each",
             "`parallel` bounds the items of `each`, which is not there."},
    CodeInfo{Code::instances_without_stream, "flow.instances_without_stream",
             "`instances` bounds the instances of an `abi: stream` step only."},
    CodeInfo{Code::stream, "flow.stream", "A key does not go with `abi: stream`."},
    CodeInfo{Code::unknown_param, "flow.unknown_param", "There is no such parameter in `params`."},
    CodeInfo{Code::bad_template, "flow.bad_template", "A `$` starts neither `${NAME}` nor `$$`."},
    CodeInfo{Code::param_not_here, "flow.param_not_here", "`${NAME}` stands outside of `args` and `env` values."},
    CodeInfo{Code::more_problems, "flow.more_problems", "There are more problems than are shown."},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kCodes.size(); ++i) {
    if (static_cast<std::size_t>(kCodes[i].code) != i) return false;
  }
  return kCodes.size() == static_cast<std::size_t>(Code::more_problems) + 1;
}
static_assert(in_order());

}  // namespace

std::span<const CodeInfo> all_codes() { return kCodes; }

std::string_view text_of(Code code) { return kCodes[static_cast<std::size_t>(code)].text; }

}  // namespace weft::flow
