#include "core/flow/parse.h"

#include <algorithm>
#include <array>

#include "core/flow/keys.h"
#include "core/flow/limits.h"
#include "core/flow/link.h"
#include "core/flow/step_reader.h"
#include "core/flow/values.h"

namespace weft::flow {
namespace {

constexpr std::string_view kNameRule = "a lower-case letter, then at most 62 of a-z, 0-9, `_` and `-`";

class DocumentReader {
 public:
  explicit DocumentReader(Problems& problems) : problems_(problems), values_(problems) {}

  Workflow read(const Node& document) {
    if (!values_.mapping(document, "the document", kTopKeys)) return std::move(workflow_);
    for (const Entry& entry : document.entries) read_key(entry);
    if (!version_seen_)
      problems_.add("flow.missing_version", document.span, "the document does not say which version it is", "begin with `weft: 1`");
    if (!name_seen_) problems_.add("flow.missing_key", document.span, "the workflow has no name", "add `name: my-workflow`");
    if (!steps_seen_) problems_.add("flow.missing_key", document.span, "the workflow has no steps", "add `steps:`");
    link(workflow_, std::move(steps_), outputs_seen_ ? &outputs_ : nullptr, problems_);
    return std::move(workflow_);
  }

 private:
  void read_key(const Entry& entry) {
    const Node& v = entry.value;
    const std::string what = "`" + entry.key + "`";
    if (entry.key == "weft") {
      version_seen_ = true;
      const auto version = integer_of(v);
      if (version != 1) problems_.add("flow.bad_version", v.span, "this weft reads version 1 of the document", "write `weft: 1`");
    } else if (entry.key == "name") {
      name_seen_ = true;
      if (const auto text = values_.text(v, what)) workflow_.name = checked_name(*text, v.span, "the workflow's name");
    } else if (entry.key == "steps") {
      read_steps(v);
    } else if (entry.key == "inputs") {
      read_inputs(v);
    } else if (entry.key == "params") {
      read_params(v);
    } else if (entry.key == "outputs") {
      read_outputs(v);
    } else if (entry.key == "on_failure") {
      constexpr std::array<std::string_view, 2> kChoices = {"finish", "stop"};
      if (const auto i = values_.choice(v, what, kChoices)) workflow_.on_failure = *i == 0 ? OnFailure::finish : OnFailure::stop;
    } else if (entry.key == "timeout") {
      workflow_.timeout_us = values_.duration(v, what);
    } else if (entry.key == "seed") {
      workflow_.seed = values_.integer(v, what, 0, UINT64_MAX);
    }
  }

  std::string checked_name(const std::string& text, Span span, std::string_view what) {
    if (!is_name(text)) {
      problems_.add("flow.bad_name", span, std::string(what) + " cannot be " + quoted(text), "a name is " + std::string(kNameRule));
    } else if (text == "inputs") {
      problems_.add("flow.reserved_name", span, std::string(what) + " cannot be `inputs`: that names the run's inputs");
    }
    return text;
  }

  void read_steps(const Node& v) {
    steps_seen_ = true;
    if (!values_.mapping(v, "`steps`", {})) return;
    if (v.entries.empty()) problems_.add("flow.no_steps", v.span, "`steps` is empty, so there is nothing to run");
    if (v.entries.size() > kMaxSteps) {
      problems_.add("flow.too_many", v.span, "the workflow has more than " + std::to_string(kMaxSteps) + " steps");
      return;
    }
    steps_.reserve(v.entries.size());
    for (const Entry& entry : v.entries) {
      checked_name(entry.key, entry.key_span, "a step's name");
      steps_.push_back(read_step(values_, entry.key, entry.key_span, entry.value));
    }
  }

  void read_inputs(const Node& v) {
    for (const Node& item : values_.list(v, "`inputs`")) {
      const auto text = values_.text(item, "`inputs`");
      if (!text) continue;
      if (std::find(workflow_.inputs.begin(), workflow_.inputs.end(), *text) != workflow_.inputs.end())
        problems_.add("flow.duplicate_input", item.span, "`inputs` names " + quoted(*text) + " twice");
      workflow_.inputs.push_back(checked_name(*text, item.span, "an input's name"));
    }
    if (v.kind == Node::Kind::sequence && v.items.empty())
      problems_.add("flow.empty_inputs", v.span, "`inputs` is empty", "leave it out for one nameless input");
  }

  void read_params(const Node& v) {
    if (!values_.mapping(v, "`params`", {})) return;
    for (const Entry& entry : v.entries) {
      if (!is_param_name(entry.key))
        problems_.add("flow.bad_param_name", entry.key_span, quoted(entry.key) + " cannot name a parameter", "use letters, digits and `_`");
      if (const auto text = values_.text(entry.value, "`params`")) workflow_.params.emplace_back(entry.key, *text);
    }
  }

  void read_outputs(const Node& v) {
    outputs_seen_ = true;
    for (const Node& item : values_.list(v, "`outputs`"))
      if (const auto text = values_.text(item, "`outputs`")) outputs_.push_back({*text, item.span});
    if (v.kind == Node::Kind::sequence && v.items.empty())
      problems_.add("flow.empty_outputs", v.span, "`outputs` is empty, so the run would answer nothing", "leave it out for every step that nothing needs");
  }

  Problems& problems_;
  Values values_;
  Workflow workflow_;
  std::vector<UnresolvedStep> steps_;
  std::vector<UnresolvedOutput> outputs_;
  bool version_seen_ = false, name_seen_ = false, steps_seen_ = false, outputs_seen_ = false;
};

std::string fill(const Template& t, const std::map<std::string, std::string>& values) {
  std::string out;
  for (const Template::Piece& piece : t.pieces)
    out += piece.kind == Template::Piece::Kind::literal ? piece.text : values.at(piece.text);
  return out;
}

}  // namespace

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 63 || text[0] < 'a' || text[0] > 'z') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

Parsed parse(const Node& document) {
  Problems problems;
  Workflow workflow = DocumentReader(problems).read(document);
  if (!problems.none()) return {std::nullopt, problems.take()};
  return {std::move(workflow), {}};
}

Result<std::vector<ResolvedStep>> resolve_params(const Workflow& workflow, const std::map<std::string, std::string>& overrides) {
  std::map<std::string, std::string> values(workflow.params.begin(), workflow.params.end());
  std::vector<std::string_view> names;
  for (const auto& [name, value] : workflow.params) names.push_back(name);
  for (const auto& [name, value] : overrides) {
    if (!values.contains(name)) {
      const std::string hint = did_you_mean(name, names);
      return fail("flow.unknown_param", "the workflow has no parameter " + quoted(name) + (hint.empty() ? "" : "; " + hint));
    }
    values[name] = value;
  }
  std::vector<ResolvedStep> steps;
  for (const Step& step : workflow.steps) {
    ResolvedStep& resolved = steps.emplace_back();
    for (const Template& arg : step.args) resolved.args.push_back(fill(arg, values));
    for (const auto& [name, value] : step.env) resolved.env.emplace_back(name, fill(value, values));
  }
  return steps;
}

}  // namespace weft::flow
