// Turns sources from text into indices: needs, stdin, when and the workflow's outputs.
#include <algorithm>
#include <tuple>

#include "core/flow/draft.h"
#include "core/flow/limits.h"
#include "core/flow/paths.h"
#include "core/flow/values.h"

namespace weft::flow {
namespace {

constexpr std::string_view kInputs = "inputs";

enum class Role { need, output };

// Who names a source, for messages.
struct Asker {
  Role role;
  std::string_view step;
  [[nodiscard]] std::string text() const {
    return role == Role::need ? "step " + quoted(step) + " needs " : "`outputs` names ";
  }
};

struct Resolver {
  Draft& draft;
  Problems& problems = draft.problems;
  Workflow& workflow = draft.workflow;

  std::optional<Source> source(std::string_view text, const Span& span, const Asker& asker);
  void resolve_needs(StepIndex index);
  void add_default_need(Step& step);
  void resolve_stdin(StepIndex index);
  void resolve_when(StepIndex index);
  void resolve_outputs();
  void default_outputs();

 private:
  std::optional<Source> run_input(std::string_view text, std::string_view name, const Span& span, const Asker& asker);
  std::optional<Source> file(std::string_view text, StepIndex step, std::string_view name, const Span& span,
                             const Asker& asker);
  void refuse_unknown_step(std::string_view text, std::string_view head, const Span& span, const Asker& asker);
};

std::optional<Source> Resolver::run_input(std::string_view text, std::string_view name, const Span& span,
                                          const Asker& asker) {
  if (asker.role == Role::output) {
    problems.add(Code::bad_output, span, "`outputs` names " + quoted(text) + ", an input of the run",
                 "name a step, or STEP.FILE");
    return std::nullopt;
  }
  if (const auto input = find_name(draft.input_index, name)) {
    Source source;
    source.kind = Source::Kind::run_input;
    source.input = *input;
    source.text = text;
    return source;
  }
  if (draft.inputs_refused) return std::nullopt;
  std::vector<std::string_view> names;
  for (const auto& [declared, at] : draft.input_index) names.push_back(declared);
  std::string hint = problems.did_you_mean(name, names);
  if (!hint.empty()) {
    const auto start = hint.find('`') + 1;
    hint.insert(start, "inputs.");
  } else if (workflow.inputs.empty()) {
    hint = "declare it: `inputs: [" + std::string(is_name(name) ? name : "NAME") + "]`";
  } else {
    hint = "add it to `inputs`";
  }
  problems.add(Code::unknown_input, span, asker.text() + quoted(text) + ", which `inputs` does not declare",
               std::move(hint));
  return std::nullopt;
}

std::optional<Source> Resolver::file(std::string_view text, StepIndex step, std::string_view name, const Span& span,
                                     const Asker& asker) {
  const std::vector<std::string>& outputs = workflow.steps[step].outputs;
  const std::vector<std::uint32_t>& order = draft.steps[step].by_output;
  const auto at = std::lower_bound(order.begin(), order.end(), name,
                                   [&](std::uint32_t i, std::string_view wanted) { return outputs[i] < wanted; });
  if (at != order.end() && outputs[*at] == name) {
    Source source;
    source.kind = Source::Kind::step_file;
    source.step = step;
    source.output = *at;
    source.text = text;
    return source;
  }
  if (draft.steps[step].outputs_refused) return std::nullopt;
  const std::vector<std::string_view> names(outputs.begin(), outputs.end());
  std::string hint = problems.did_you_mean(name, names);
  const std::string owner = quoted(workflow.steps[step].name);
  if (hint.empty()) hint = "add " + quoted(name) + " to the `outputs` of " + owner;
  problems.add(
      Code::unknown_file, span,
      asker.text() + quoted(text) + ", but step " + owner + " has no file " + quoted(name) + " in its `outputs`",
      std::move(hint));
  return std::nullopt;
}

void Resolver::refuse_unknown_step(std::string_view text, std::string_view head, const Span& span, const Asker& asker) {
  const Code code = asker.role == Role::need ? Code::unknown_need : Code::unknown_output;
  if (problems.full()) {
    problems.add(code, span, {});
    return;
  }
  std::string hint;
  if (text == kInputs) {
    hint =
        "the run's only input is on stdin of a step without `needs`; to name it, declare `inputs: [NAME]` and need "
        "inputs.NAME";
  } else if (find_name(draft.input_index, head) && asker.role == Role::need) {
    hint = "an input of the run is written " + quoted("inputs." + std::string(head));
  } else {
    std::vector<std::string_view> names;
    names.reserve(draft.step_index.size());
    for (const auto& [name, at] : draft.step_index) names.push_back(name);
    hint = problems.did_you_mean(head, names);
  }
  problems.add(code, span,
               asker.text() + quoted(text) +
                   (asker.role == Role::need ? ", which is no step, file or input" : ", which is no step or file"),
               std::move(hint));
}

std::optional<Source> Resolver::source(std::string_view text, const Span& span, const Asker& asker) {
  const std::size_t dot = text.find('.');
  const std::string_view head = text.substr(0, dot);
  if (head == kInputs && dot != std::string_view::npos) return run_input(text, text.substr(dot + 1), span, asker);
  const auto step = find_name(draft.step_index, head);
  if (!step || head == kInputs) {
    refuse_unknown_step(text, head, span, asker);
    return std::nullopt;
  }
  if (dot != std::string_view::npos) return file(text, *step, text.substr(dot + 1), span, asker);
  Source source;
  source.step = *step;
  source.text = text;
  return source;
}

// No `needs`: the run's input on stdin if it has just one.
void Resolver::add_default_need(Step& step) {
  if (workflow.input_count() != 1 || draft.inputs_refused) return;
  Source source;
  source.kind = Source::Kind::run_input;
  source.text = workflow.inputs.empty() ? std::string(kInputs) : std::string(kInputs) + "." + workflow.inputs.front();
  step.needs.push_back({source.text, source});
  step.stdin_need = 0;
}

void Resolver::resolve_needs(StepIndex index) {
  Step& step = workflow.steps[index];
  DraftStep& raw = draft.steps[index];
  if (raw.form == DraftStep::Form::none && !raw.needs_refused) add_default_need(step);
  std::sort(raw.needs.begin(), raw.needs.end(), [](const DraftNeed& a, const DraftNeed& b) {
    const auto place = [](const DraftNeed& need) { return std::tuple(need.key, need.span.line, need.span.column); };
    return place(a) < place(b);
  });
  std::vector<std::string_view> keys;
  std::vector<const DraftNeed*> kept;
  for (std::size_t i = 0; i < raw.needs.size(); ++i) {
    const DraftNeed& need = raw.needs[i];
    if (i > 0 && need.key == raw.needs[i - 1].key) {
      problems.add(Code::duplicate_need, need.span,
                   "step " + quoted(step.name) + " needs " + quoted(need.source) + " twice", "once is enough");
      continue;
    }
    keys.push_back(need.key);
    kept.push_back(&need);
    auto source = this->source(need.source, need.span, {Role::need, step.name});
    raw.needs_refused = raw.needs_refused || !source;
    if (!source) continue;
    if (source->kind != Source::Kind::run_input && source->step == index) {
      problems.add(Code::self_need, need.span, "step " + quoted(step.name) + " needs itself",
                   "needs are answers of other steps");
      raw.needs_refused = true;
    }
    step.needs.push_back({std::string(need.key), std::move(*source)});
  }
  if (raw.form == DraftStep::Form::single && !step.needs.empty()) step.stdin_need = 0;
  if (raw.form != DraftStep::Form::map) return;
  for (const auto& [below, above] : overlaps(keys)) {
    problems.add(Code::path_overlap, kept[below]->key_span,
                 "the key " + quoted(keys[below]) + " lies below the key " + quoted(keys[above]) +
                     " in `needs` of step " + quoted(step.name),
                 "a file below /in cannot be a folder as well");
  }
}

void Resolver::resolve_stdin(StepIndex index) {
  Step& step = workflow.steps[index];
  const DraftStep& raw = draft.steps[index];
  const Node* node = raw.fields.value("stdin");
  if (node == nullptr) return;
  const auto key = read_text(problems, *node, "`stdin` of step " + quoted(step.name));
  if (!key) return;
  const auto at = std::lower_bound(step.needs.begin(), step.needs.end(), *key,
                                   [](const Need& need, const std::string& wanted) { return need.key < wanted; });
  if (at != step.needs.end() && at->key == *key && raw.form != DraftStep::Form::none) {
    step.stdin_need = static_cast<std::uint32_t>(at - step.needs.begin());
    return;
  }
  if (raw.needs_refused) return;
  std::vector<std::string_view> keys;
  for (const Need& need : step.needs) keys.push_back(need.key);
  std::string hint = problems.did_you_mean(*key, keys);
  if (raw.form == DraftStep::Form::none)
    hint = "write `needs: " + std::string(is_name(*key) ? *key : "STEP") + "`, which is stdin by itself";
  problems.add(Code::unknown_stdin, node->span,
               "`stdin` of step " + quoted(step.name) + " is " + quoted(*key) + ", no key of its `needs`",
               std::move(hint));
}

void Resolver::resolve_when(StepIndex index) {
  Step& step = workflow.steps[index];
  const DraftStep& raw = draft.steps[index];
  if (raw.needs_refused || !raw.fields.has("when")) return;
  const auto is_step = [](const Need& need) { return need.source.kind != Source::Kind::run_input; };
  const Span& place = raw.fields.value("when") != nullptr ? raw.fields.value("when")->span : *raw.fields.place("when");
  if (step.when.kind == When::Kind::failure && std::none_of(step.needs.begin(), step.needs.end(), is_step)) {
    problems.add(Code::bad_when, place,
                 "step " + quoted(step.name) + " waits for a failure, but needs no step that could fail",
                 "name in `needs` the steps whose failure it answers");
  }
  if (step.when.kind == When::Kind::any && step.needs.empty()) {
    problems.add(Code::bad_when, place, "step " + quoted(step.name) + " waits for any of its needs, but has none",
                 "leave `when` out, or name its needs");
  }
  const Node* node = step.when.kind == When::Kind::exit ? raw.when.value("step") : nullptr;
  if (node == nullptr) return;
  const auto found = find_name(draft.step_index, node->text);
  const bool needed = found && std::any_of(step.needs.begin(), step.needs.end(), [&](const Need& need) {
                        return is_step(need) && need.source.step == *found;
                      });
  if (needed) {
    step.when.step = *found;
    return;
  }
  std::vector<std::string_view> names;
  for (const Need& need : step.needs) {
    if (is_step(need)) names.push_back(workflow.steps[need.source.step].name);
  }
  std::string hint = found ? "add " + quoted(node->text) + " to its `needs`" : problems.did_you_mean(node->text, names);
  problems.add(
      Code::bad_when, node->span,
      "`when` of step " + quoted(step.name) + " waits for " + quoted(node->text) + ", which is none of its needs",
      std::move(hint));
}

void Resolver::default_outputs() {
  std::vector<bool> needed(workflow.steps.size());
  for (const Step& step : workflow.steps) {
    for (const Need& need : step.needs) {
      if (need.source.kind != Source::Kind::run_input) needed[need.source.step] = true;
    }
  }
  for (StepIndex i = 0; i < workflow.steps.size(); ++i) {
    if (needed[i]) continue;
    Source source;
    source.step = i;
    source.text = workflow.steps[i].name;
    workflow.outputs.push_back({std::move(source)});
  }
}

void Resolver::resolve_outputs() {
  if (!draft.fields.has("outputs")) return default_outputs();
  const Node* node = draft.fields.value("outputs");
  if (node == nullptr) return;
  const std::span<const Node> items = read_list(problems, *node, "`outputs`", limits::kListEntries);
  if (items.empty() && node->items.empty()) {
    problems.add(Code::too_many, node->span, "`outputs` is an empty list, so the run would answer with nothing",
                 "leave the key out for every step that nothing needs");
  }
  std::vector<std::pair<std::string_view, std::size_t>> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Node& item = items[i];
    if (!read_text(problems, item, "an entry of `outputs`")) continue;
    seen.emplace_back(item.text, i);
    if (draft.steps.empty()) continue;
    if (auto source = this->source(item.text, item.span, {Role::output, {}}))
      workflow.outputs.push_back({std::move(*source)});
  }
  std::sort(seen.begin(), seen.end());
  for (std::size_t i = 1; i < seen.size(); ++i) {
    if (seen[i].first != seen[i - 1].first) continue;
    problems.add(Code::duplicate_output, items[seen[i].second].span,
                 "`outputs` names " + quoted(seen[i].first) + " twice", "each output is answered once");
  }
}

}  // namespace

void resolve_sources(Draft& draft) {
  Resolver resolver{draft};
  std::size_t edges = 0;
  for (StepIndex i = 0; i < draft.steps.size(); ++i) {
    edges += draft.steps[i].needs.size();
    if (edges > limits::kEdges) {
      draft.problems.add(Code::too_many, draft.workflow.steps[i].name_span,
                         "the workflow has more than " + std::to_string(limits::kEdges) + " needs altogether");
      return;
    }
    resolver.resolve_needs(i);
    resolver.resolve_stdin(i);
    resolver.resolve_when(i);
  }
  resolver.resolve_outputs();
}

}  // namespace weft::flow
