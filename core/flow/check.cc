// Rules between keys and between steps, once every source is known: items, streams, and that nothing waits for itself.
#include <algorithm>

#include "core/flow/draft.h"
#include "core/flow/limits.h"

namespace weft::flow {
namespace {

void check_items(Draft& draft, StepIndex index) {
  const Step& step = draft.workflow.steps[index];
  const DraftStep& raw = draft.steps[index];
  const bool has_each = raw.fields.has("each");
  if (!has_each && raw.fields.has("parallel")) {
    draft.problems.add(
        Code::parallel_without_each, *raw.fields.place("parallel"),
        "step " + quoted(step.name) + " has `parallel` without `each`, so there is nothing to run side by side",
        "add `each: frames` or `each: lines`, or leave it out");
  }
  if (has_each && !step.outputs.empty()) {
    draft.problems.add(
        Code::each_outputs, *raw.fields.place("outputs"),
        "step " + quoted(step.name) + " has `each`, so its items answer on stdout only, not with `outputs`",
        "write the answer of each item to stdout");
  }
  if (has_each && !step.stdin_need && !raw.needs_refused && !draft.inputs_refused && !raw.fields.has("stdin")) {
    draft.problems.add(
        Code::each_without_stdin, *raw.fields.place("each"),
        "step " + quoted(step.name) + " has `each`, but nothing on stdin to take items from",
        step.needs.empty() ? "name the input: `needs: inputs.NAME`" : "add `stdin: KEY` with one of its needs");
  }
}

void check_stream(Draft& draft, StepIndex index) {
  const Step& step = draft.workflow.steps[index];
  const DraftStep& raw = draft.steps[index];
  Problems& problems = draft.problems;
  const std::string who = "step " + quoted(step.name);
  if (step.abi != Abi::stream) {
    if (raw.fields.has("instances") && (raw.fields.value("abi") != nullptr || !raw.fields.has("abi"))) {
      problems.add(Code::instances_without_stream, *raw.fields.place("instances"),
                   who + " has `instances`, but a fresh one is made for every try of a command",
                   "add `abi: stream` if its program reads frames, or leave it out");
    }
    return;
  }
  const bool single = raw.form == DraftStep::Form::none || raw.form == DraftStep::Form::single;
  if (!single) {
    problems.add(Code::stream, *raw.fields.place("needs"),
                 who + " is a stream and takes its frames from one source only",
                 "write `needs: STEP`, or use `abi: command`");
  } else if (!step.stdin_need && !raw.needs_refused && !draft.inputs_refused) {
    problems.add(Code::stream, *raw.fields.place("abi"),
                 who + " is a stream, but has nothing on stdin to read frames from",
                 "name the input: `needs: inputs.NAME`");
  }
  for (const std::string_view key : {"stdin", "outputs", "accept"}) {
    if (!raw.fields.has(key) || (key == "outputs" && step.outputs.empty())) continue;
    problems.add(Code::stream, *raw.fields.place(key),
                 who + " is a stream, and " + quoted(key) + " does not go with that",
                 "leave it out, or use `abi: command`");
  }
}

void check_when_stream(Draft& draft, StepIndex index) {
  const Step& step = draft.workflow.steps[index];
  const Node* node = step.when.kind == When::Kind::exit ? draft.steps[index].when.value("step") : nullptr;
  if (node == nullptr) return;
  const Step& other = draft.workflow.steps[step.when.step];
  if (other.name != node->text || other.abi != Abi::stream) return;
  draft.problems.add(Code::stream, node->span,
                     "`when` of step " + quoted(step.name) + " waits for an exit code of " + quoted(other.name) +
                         ", which is a stream and has none",
                     "use `when: success` or `when: failure`");
}

// Depth first along needs, without recursion: a document may be one long chain.
class CycleSearch {
 public:
  explicit CycleSearch(Draft& draft)
      : draft_(draft), marks_(draft.workflow.steps.size()), reported_(draft.workflow.steps.size()) {}

  void run() {
    for (StepIndex i = 0; i < marks_.size(); ++i) {
      if (marks_[i] == Mark::fresh) walk(i);
    }
  }

 private:
  enum class Mark : std::uint8_t { fresh, open, done };
  struct Frame {
    StepIndex step;
    std::uint32_t next_need;
  };

  void walk(StepIndex start) {
    open(start);
    while (!path_.empty()) {
      Frame& top = path_.back();
      const std::vector<Need>& needs = draft_.workflow.steps[top.step].needs;
      if (top.next_need == needs.size()) {
        marks_[top.step] = Mark::done;
        path_.pop_back();
        continue;
      }
      const Source& source = needs[top.next_need++].source;
      if (source.kind == Source::Kind::run_input || source.step == top.step) continue;
      if (marks_[source.step] == Mark::fresh) {
        open(source.step);
      } else if (marks_[source.step] == Mark::open && !(reported_[source.step] && reported_[top.step])) {
        report(source.step);
      }
    }
  }

  void open(StepIndex step) {
    marks_[step] = Mark::open;
    path_.push_back({step, 0});
  }

  // The path from `first` to its end is a circle.
  void report(StepIndex first) {
    if (draft_.problems.full()) return;
    std::size_t begin = path_.size() - 1;
    while (path_[begin].step != first) --begin;
    const std::size_t length = path_.size() - begin;
    std::string text;
    for (std::size_t i = 0; i < length; ++i) {
      const StepIndex step = path_[begin + i].step;
      reported_[step] = true;
      const bool cut = length > limits::kCycleSteps && i >= limits::kCycleSteps - 1 && i + 1 < length;
      if (!cut) text += name(step) + " -> ";
      if (cut && i == limits::kCycleSteps - 1)
        text += "(" + std::to_string(length - limits::kCycleSteps) + " more) -> ";
    }
    const Step& step = draft_.workflow.steps[first];
    draft_.problems.add(Code::cycle, step.name_span, quoted(step.name) + " waits for itself: " + text + name(first),
                        "take one of these needs away");
  }

  // Names were checked before, but a bad one is still in the draft.
  [[nodiscard]] std::string name(StepIndex step) const {
    const std::string text = quoted(draft_.workflow.steps[step].name);
    return text.substr(1, text.size() - 2);
  }

  Draft& draft_;
  std::vector<Mark> marks_;
  std::vector<bool> reported_;
  std::vector<Frame> path_;
};

}  // namespace

void check_rules(Draft& draft) {
  for (StepIndex i = 0; i < draft.steps.size(); ++i) {
    check_items(draft, i);
    check_stream(draft, i);
    check_when_stream(draft, i);
  }
  CycleSearch(draft).run();
}

}  // namespace weft::flow
