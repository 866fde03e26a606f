#include "core/flow/link.h"

#include <algorithm>
#include <map>
#include <optional>

#include "core/base/text.h"

namespace weft::flow {
namespace {

class Linker {
 public:
  Linker(Workflow& workflow, Problems& problems) : workflow_(workflow), problems_(problems) {}

  void run(std::vector<UnresolvedStep> steps, const std::vector<UnresolvedOutput>* outputs) {
    for (StepIndex i = 0; i < steps.size(); ++i) by_name_.emplace(steps[i].step.name, i);
    for (UnresolvedStep& step : steps) workflow_.steps.push_back(std::move(step.step));
    for (StepIndex i = 0; i < steps.size(); ++i) {
      link_needs(i, steps[i]);
      link_stdin(i, steps[i]);
      check_params(i, steps[i].span);
    }
    for (StepIndex i = 0; i < steps.size(); ++i) link_when(i, steps[i]);
    find_cycles();
    if (outputs != nullptr) {
      link_outputs(*outputs);
    } else {
      default_outputs();
    }
  }

 private:
  Step& step(StepIndex i) { return workflow_.steps[i]; }

  std::string suggest(std::string_view word) const {
    std::vector<std::string_view> names;
    for (const Step& s : workflow_.steps) names.push_back(s.name);
    return did_you_mean(word, names);
  }

  // A source by its text, reported where it does not exist. `who` begins the message: "step `edges` needs".
  std::optional<Source> resolve(const std::string& text, Span span, const std::string& who) {
    if (text == "inputs" || text.starts_with("inputs.")) return resolve_input(text, span, who);
    const std::size_t dot = text.find('.');
    const std::string name = text.substr(0, dot);
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) {
      problems_.add("flow.unknown_need", span, who + " " + quoted(text) + ", which is no step, file or input", suggest(name));
      return std::nullopt;
    }
    Source source;
    source.step = found->second;
    source.text = text;
    if (dot == std::string::npos) return source;
    source.kind = Source::Kind::step_file;
    const std::string file = text.substr(dot + 1);
    const auto& files = step(source.step).outputs;
    const auto at = std::find(files.begin(), files.end(), file);
    if (at != files.end()) {
      source.output = static_cast<std::uint32_t>(at - files.begin());
      return source;
    }
    const std::vector<std::string_view> names(files.begin(), files.end());
    const std::string hint = did_you_mean(file, names);
    problems_.add("flow.unknown_file", span, who + " " + quoted(text) + ", but step `" + name + "` promises no file " + quoted(file),
                  hint.empty() ? "add it to `outputs` of `" + name + "`" : hint);
    return std::nullopt;
  }

  std::optional<Source> resolve_input(const std::string& text, Span span, const std::string& who) {
    const std::string name = text.size() > 7 ? text.substr(7) : "";
    const auto at = std::find(workflow_.inputs.begin(), workflow_.inputs.end(), name);
    if (at == workflow_.inputs.end()) {
      const std::vector<std::string_view> names(workflow_.inputs.begin(), workflow_.inputs.end());
      const std::string hint = did_you_mean(name, names);
      problems_.add("flow.unknown_input", span, who + " " + quoted(text) + ", which is no input of the run",
                    hint.empty() ? "declare it at the top: `inputs: [" + (name.empty() ? "name" : name) + "]`" : hint);
      return std::nullopt;
    }
    Source source;
    source.kind = Source::Kind::run_input;
    source.input = static_cast<InputIndex>(at - workflow_.inputs.begin());
    source.text = text;
    return source;
  }

  void link_needs(StepIndex i, const UnresolvedStep& from) {
    const std::string who = "step `" + step(i).name + "` needs";
    for (const UnresolvedNeed& need : from.needs) {
      auto source = resolve(need.source, need.span, who);
      if (!source) continue;
      if (source->kind != Source::Kind::run_input && source->step == i) {
        problems_.add("flow.cycle", need.span, "step `" + step(i).name + "` needs itself");
        continue;
      }
      step(i).needs.push_back({need.key, std::move(*source)});
    }
    if (!from.needs_are_files && from.needs.size() == 1 && step(i).needs.size() == 1) step(i).stdin_need = 0;
  }

  void link_stdin(StepIndex i, const UnresolvedStep& from) {
    if (from.stdin_span.line == 0) return;
    const auto& needs = step(i).needs;
    const auto found = std::find_if(needs.begin(), needs.end(), [&](const Need& n) { return n.key == from.stdin_key; });
    if (found != needs.end()) {
      step(i).stdin_need = static_cast<std::uint32_t>(found - needs.begin());
      return;
    }
    std::vector<std::string_view> keys;
    for (const UnresolvedNeed& need : from.needs) keys.push_back(need.key);
    if (std::find(keys.begin(), keys.end(), from.stdin_key) != keys.end()) return;  // it did not resolve: reported already
    problems_.add("flow.unknown_stdin", from.stdin_span, "step `" + step(i).name + "` takes stdin from " + quoted(from.stdin_key) + ", which is no key of its `needs`",
                  did_you_mean(from.stdin_key, keys));
  }

  void link_when(StepIndex i, const UnresolvedStep& from) {
    Step& s = step(i);
    if ((s.when.kind == When::Kind::any || s.when.kind == When::Kind::failure) && from.needs.empty())
      problems_.add("flow.when_without_needs", from.span, "step `" + s.name + "` has no needs, so its `when` never holds", "add `needs`");
    if (s.when.kind != When::Kind::exit || from.when_span.line == 0) return;
    const auto found = by_name_.find(from.when_step);
    const bool is_need = found != by_name_.end() && std::any_of(s.needs.begin(), s.needs.end(), [&](const Need& n) {
                           return n.source.kind != Source::Kind::run_input && n.source.step == found->second;
                         });
    if (!is_need) {
      problems_.add("flow.when_not_needed", from.when_span, "`when` of step `" + s.name + "` watches " + quoted(from.when_step) + ", which it does not need",
                    found == by_name_.end() ? suggest(from.when_step) : "add it to `needs`");
      return;
    }
    s.when.step = found->second;
    if (step(s.when.step).abi == Abi::stream)
      problems_.add("flow.stream_exit", from.when_span, "`when` of step `" + s.name + "` watches the exit code of " + quoted(from.when_step) + ", a stream, which has none");
  }

  void check_params(StepIndex i, Span span) {
    const auto check = [&](const Template& t) {
      for (const Template::Piece& piece : t.pieces) {
        if (piece.kind != Template::Piece::Kind::param) continue;
        const auto known = [&](const auto& p) { return p.first == piece.text; };
        if (std::any_of(workflow_.params.begin(), workflow_.params.end(), known)) continue;
        std::vector<std::string_view> names;
        for (const auto& p : workflow_.params) names.push_back(p.first);
        const std::string hint = did_you_mean(piece.text, names);
        problems_.add("flow.unknown_param", span, "step `" + step(i).name + "` uses the parameter " + quoted(piece.text) + ", which `params` does not have",
                      hint.empty() ? "add it to `params` with a default; $$ is a dollar sign" : hint);
      }
    };
    for (const Template& t : step(i).args) check(t);
    for (const auto& [name, t] : step(i).env) check(t);
  }

  // Takes away what can run; what is left over waits in a circle, or behind one.
  void find_cycles() {
    const auto count = static_cast<StepIndex>(workflow_.steps.size());
    std::vector<std::vector<StepIndex>> dependents(count);
    std::vector<std::size_t> open(count);
    std::vector<StepIndex> free;
    for (StepIndex i = 0; i < count; ++i) {
      for (const Need& need : step(i).needs) {
        if (need.source.kind == Source::Kind::run_input) continue;
        dependents[need.source.step].push_back(i);
        ++open[i];
      }
      if (open[i] == 0) free.push_back(i);
    }
    const auto take = [&](StepIndex i) {
      for (const StepIndex d : dependents[i])
        if (open[d] > 0 && --open[d] == 0) free.push_back(d);
    };
    StepIndex next = 0;
    while (true) {
      while (!free.empty()) {
        const StepIndex i = free.back();
        free.pop_back();
        take(i);
      }
      while (next < count && open[next] == 0) ++next;
      if (next == count) return;
      for (const StepIndex i : report_cycle(next, open)) {
        open[i] = 0;
        free.push_back(i);
      }
    }
  }

  // Follows unmet needs from `begin` until a step comes twice: that is a circle. Its steps.
  std::vector<StepIndex> report_cycle(StepIndex begin, const std::vector<std::size_t>& open) {
    std::vector<StepIndex> path;
    std::map<StepIndex, std::size_t> at;
    StepIndex i = begin;
    while (!at.contains(i)) {
      at[i] = path.size();
      path.push_back(i);
      for (const Need& need : step(i).needs) {
        if (need.source.kind == Source::Kind::run_input || open[need.source.step] == 0) continue;
        i = need.source.step;
        break;
      }
    }
    path.erase(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(at[i]));
    // Told from the first step in the document on, so that the same circle always reads the same.
    std::rotate(path.begin(), std::min_element(path.begin(), path.end()), path.end());
    constexpr std::size_t kShown = 12;
    std::string text;
    for (std::size_t k = 0; k < path.size() && k < kShown; ++k) text += step(path[k]).name + " -> ";
    if (path.size() > kShown) text += "... -> ";
    const Step& first = step(path.front());
    problems_.add("flow.cycle", first.name_span, "`" + first.name + "` waits for itself: " + text + first.name, "remove one of these `needs`");
    return path;
  }

  void link_outputs(const std::vector<UnresolvedOutput>& outputs) {
    std::map<std::string, Span> seen;
    for (const UnresolvedOutput& output : outputs) {
      if (!seen.emplace(output.source, output.span).second) {
        problems_.add("flow.duplicate_output", output.span, "`outputs` names " + quoted(output.source) + " twice");
        continue;
      }
      auto source = resolve(output.source, output.span, "`outputs` names");
      if (!source) continue;
      if (source->kind == Source::Kind::run_input) {
        problems_.add("flow.input_as_output", output.span, quoted(output.source) + " is an input of the run and cannot be an output of it");
        continue;
      }
      workflow_.outputs.push_back({std::move(*source)});
    }
  }

  void default_outputs() {
    std::vector<bool> needed(workflow_.steps.size());
    for (const Step& s : workflow_.steps)
      for (const Need& need : s.needs)
        if (need.source.kind != Source::Kind::run_input) needed[need.source.step] = true;
    for (StepIndex i = 0; i < workflow_.steps.size(); ++i) {
      if (needed[i]) continue;
      Source source;
      source.step = i;
      source.text = step(i).name;
      workflow_.outputs.push_back({std::move(source)});
    }
  }

  Workflow& workflow_;
  Problems& problems_;
  std::map<std::string, StepIndex> by_name_;
};

}  // namespace

void link(Workflow& workflow, std::vector<UnresolvedStep> steps, const std::vector<UnresolvedOutput>* outputs, Problems& problems) {
  Linker(workflow, problems).run(std::move(steps), outputs);
}

}  // namespace weft::flow
