#include "core/flow/parse.h"

#include <algorithm>
#include <array>

#include "core/base/assert.h"
#include "core/flow/draft.h"
#include "core/flow/limits.h"
#include "core/flow/templates.h"
#include "core/flow/values.h"

namespace weft::flow {
namespace {

constexpr std::string_view kReserved = "inputs";

void refuse_reserved(Problems& problems, std::string_view name, const Span& span, std::string_view what) {
  if (name != kReserved) return;
  problems.add(Code::reserved_name, span, "`inputs` cannot be " + std::string(what),
               "it stands for the inputs of the run; choose another name");
}

void read_version(Draft& draft) {
  const Node* node = draft.fields.value("weft");
  if (node == nullptr || (node->text == "1" && node->quoting == Node::Quoting::plain)) return;
  const bool quotes = node->quoting == Node::Quoting::quoted;
  draft.problems.add(Code::version, node->span,
                     quotes ? "`weft` is a text in quotes where a number is expected"
                            : "`weft` is " + quoted(node->text) + ", a version that is not known here",
                     "write `weft: 1`");
}

void read_name(Draft& draft) {
  const Node* node = draft.fields.value("name");
  if (node == nullptr || !check_name(draft.problems, node->text, node->span, "the name of a workflow")) return;
  draft.workflow.name = node->text;
}

void read_inputs(Draft& draft) {
  draft.inputs_refused = draft.fields.has("inputs");
  const Node* node = draft.fields.value("inputs");
  if (node == nullptr) return;
  draft.inputs_refused = false;
  for (const Node& item : read_list(draft.problems, *node, "`inputs`", limits::kListEntries)) {
    const auto name = read_text(draft.problems, item, "an entry of `inputs`");
    if (!name || !check_name(draft.problems, *name, item.span, "the name of an input")) {
      draft.inputs_refused = true;
      continue;
    }
    refuse_reserved(draft.problems, *name, item.span, "the name of an input");
    draft.workflow.inputs.push_back(*name);
    draft.input_index.emplace_back(item.text, static_cast<std::uint32_t>(draft.workflow.inputs.size() - 1));
  }
  std::sort(draft.input_index.begin(), draft.input_index.end());
  for (std::size_t i = 1; i < draft.input_index.size(); ++i) {
    if (draft.input_index[i].first != draft.input_index[i - 1].first) continue;
    const std::span<const Node> items = read_list(draft.problems, *node, "`inputs`", limits::kListEntries);
    const auto again = std::find_if(items.rbegin(), items.rend(),
                                    [&](const Node& item) { return item.text == draft.input_index[i].first; });
    draft.problems.add(Code::duplicate_key, again->span, "`inputs` has " + quoted(again->text) + " twice");
  }
}

void read_params(Draft& draft) {
  const Node* node = draft.fields.value("params");
  if (node == nullptr) return;
  for (const Entry* entry : read_entries(draft.problems, *node, "`params`", limits::kListEntries)) {
    if (!is_param_name(entry->key)) {
      draft.problems.add(Code::bad_name, entry->key_span, quoted(entry->key) + " cannot be the name of a parameter",
                         "a letter or _ first, then letters, digits, _ and -, at most 63 characters");
    }
    auto value = read_text(draft.problems, entry->value, "parameter " + quoted(entry->key));
    draft.workflow.params.emplace_back(entry->key, std::move(value).value_or(""));
    draft.param_names.push_back(entry->key);
  }
  std::sort(draft.param_names.begin(), draft.param_names.end());
}

void read_document_options(Draft& draft) {
  Problems& problems = draft.problems;
  if (const Node* node = draft.fields.value("on_failure")) {
    constexpr std::array<std::string_view, 2> kWords = {"finish", "stop"};
    const auto word = read_word(problems, *node, "`on_failure`", kWords);
    if (word) draft.workflow.on_failure = *word == 0 ? OnFailure::finish : OnFailure::stop;
  }
  if (const Node* node = draft.fields.value("timeout")) {
    draft.workflow.timeout_us = read_duration(problems, *node, "`timeout`", 1, limits::kTimeoutUs);
  }
  if (const Node* node = draft.fields.value("seed")) draft.workflow.seed = read_seed(problems, *node, "`seed`");
}

void read_steps(Draft& draft) {
  const Node* node = draft.fields.value("steps");
  if (node == nullptr) return;
  if (node->entries.empty()) {
    draft.problems.add(Code::too_many, *draft.fields.place("steps"), "a workflow has at least one step",
                       "write `steps: {NAME: {run: MODULE.wasm}}`");
    return;
  }
  const std::vector<const Entry*> entries = read_entries(draft.problems, *node, "`steps`", limits::kSteps);
  draft.workflow.steps.resize(entries.size());
  draft.steps.resize(entries.size());
  for (StepIndex i = 0; i < entries.size(); ++i) {
    if (check_name(draft.problems, entries[i]->key, entries[i]->key_span, "the name of a step")) {
      refuse_reserved(draft.problems, entries[i]->key, entries[i]->key_span, "the name of a step");
    }
    draft.step_index.emplace_back(entries[i]->key, i);
    read_step(draft, i, *entries[i]);
  }
  std::sort(draft.step_index.begin(), draft.step_index.end());
}

}  // namespace

std::optional<std::uint32_t> find_name(const NameIndex& index, std::string_view name) {
  const auto at = std::lower_bound(index.begin(), index.end(), std::pair(name, std::uint32_t{0}));
  if (at == index.end() || at->first != name) return std::nullopt;
  return at->second;
}

Parsed parse(const Node& document) {
  Problems problems;
  Draft draft(problems);
  if (document.kind != Node::Kind::mapping) {
    problems.add(Code::wrong_type, document.span,
                 "a workflow is a mapping, this is " + std::string(shape_text(document)), "start with `weft: 1`");
    return {std::nullopt, problems.take()};
  }
  const Span start{document.span.line, document.span.column, document.span.line, document.span.column + 1};
  draft.fields = read_fields(problems, Group::document, document, Owner{}, start);
  read_version(draft);
  read_name(draft);
  read_inputs(draft);
  read_params(draft);
  read_document_options(draft);
  read_steps(draft);
  resolve_sources(draft);
  check_rules(draft);
  if (!problems.empty()) return {std::nullopt, problems.take()};
  return {std::move(draft.workflow), {}};
}

}  // namespace weft::flow
