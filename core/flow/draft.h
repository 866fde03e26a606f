// A workflow while it is read: the model so far, and the text and places that later passes still need. Points into the
// document, so it lives within one parse(). Passes, in order: read_step for each,
// resolve_sources, check_rules.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/flow/keys.h"
#include "core/flow/model.h"
#include "core/flow/problems.h"

namespace weft::flow {

struct DraftNeed {
  std::string_view key;  // below /in
  std::string_view source;
  Span span;      // of the source
  Span key_span;  // of the key; the source's where it is a list
};

struct DraftStep {
  enum class Form { none, single, list, map };  // `needs`: X or [X]; several; {key: source}
  Form form = Form::none;
  std::vector<DraftNeed> needs;
  Fields fields;
  Fields when;                           // of {step, exit}
  bool needs_refused = false;            // then what follows from them is not reported as well
  bool outputs_refused = false;          // the same for those that need its files
  std::vector<std::uint32_t> by_output;  // positions in the step's `outputs`, sorted by name
};

using NameIndex = std::vector<std::pair<std::string_view, std::uint32_t>>;  // sorted

struct Draft {
  explicit Draft(Problems& all) : problems(all) {}

  Problems& problems;
  Workflow workflow;
  Fields fields;
  std::vector<DraftStep> steps;               // beside workflow.steps
  std::vector<std::string_view> param_names;  // sorted
  NameIndex step_index;
  NameIndex input_index;
  bool inputs_refused = false;
};

[[nodiscard]] std::optional<std::uint32_t> find_name(const NameIndex& index, std::string_view name);

void read_step(Draft& draft, StepIndex index, const Entry& entry);  // every key of it, sources still as text
void resolve_sources(Draft& draft);                                 // needs, stdin, when, outputs
void check_rules(Draft& draft);                                     // each, stream, instances, cycles

}  // namespace weft::flow
