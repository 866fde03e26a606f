#include "core/flow/canonical.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/base/assert.h"
#include "core/base/json_writer.h"
#include "core/flow/templates.h"
#include "core/flow/units.h"

namespace weft::flow {
namespace {

constexpr std::uint64_t kMaxExactInteger = (1ULL << 53) - 1;  // beyond it JSON numbers lose digits

// An object whose members may come in any order.
class Object {
 public:
  void add(std::string_view key, std::string json) { members_.emplace_back(key, std::move(json)); }
  void add_string(std::string_view key, std::string_view value) { add(key, json_quote(value)); }
  void add_integer(std::string_view key, std::uint64_t value) { add(key, std::to_string(value)); }
  [[nodiscard]] bool empty() const { return members_.empty(); }

  [[nodiscard]] std::string json() {
    std::sort(members_.begin(), members_.end(),
              [](const auto& a, const auto& b) { return canonical_less(a.first, b.first); });
    JsonWriter writer;
    writer.begin_object();
    for (const auto& [key, value] : members_) writer.key(key).raw(value);
    writer.end_object();
    return writer.take();
  }

 private:
  std::vector<std::pair<std::string_view, std::string>> members_;
};

template <class Range, class ToJson>
std::string array_json(const Range& range, ToJson to_json) {
  JsonWriter writer;
  writer.begin_array();
  for (const auto& value : range) writer.raw(to_json(value));
  writer.end_array();
  return writer.take();
}

std::string strings_json(const std::vector<std::string>& values) {
  return array_json(values, [](const std::string& value) { return json_quote(value); });
}

std::string seed_json(std::uint64_t seed) {
  const std::string digits = std::to_string(seed);
  return seed > kMaxExactInteger ? json_quote(digits) : digits;
}

bool is_default_need(const Workflow& workflow, const Step& step) {
  return step.needs.empty() || (step.needs.size() == 1 && step.stdin_need && workflow.input_count() == 1 &&
                                step.needs.front().source.kind == Source::Kind::run_input);
}

void add_needs(Object& object, const Workflow& workflow, const Step& step) {
  if (is_default_need(workflow, step)) return;
  if (step.needs.size() == 1 && step.stdin_need) {
    object.add_string("needs", step.needs.front().source.text);
    return;
  }
  Object needs;
  for (const Need& need : step.needs) needs.add_string(need.key, need.source.text);
  object.add("needs", needs.json());
  if (step.stdin_need) object.add_string("stdin", step.needs[*step.stdin_need].key);
}

void add_program(Object& object, const Step& step) {
  if (!step.args.empty()) {
    object.add("args", array_json(step.args, [](const Template& arg) { return json_quote(template_text(arg)); }));
  }
  if (step.env.empty()) return;
  Object env;
  for (const auto& [name, value] : step.env) env.add_string(name, template_text(value));
  object.add("env", env.json());
}

void add_when(Object& object, const Workflow& workflow, const Step& step) {
  switch (step.when.kind) {
    case When::Kind::success:
      return;
    case When::Kind::any:
      return object.add_string("when", "any");
    case When::Kind::failure:
      return object.add_string("when", "failure");
    case When::Kind::always:
      return object.add_string("when", "always");
    case When::Kind::exit:
      break;
  }
  Object when;
  when.add_string("step", workflow.steps[step.when.step].name);
  when.add("exit", std::to_string(step.when.exit_code));
  object.add("when", when.json());
}

void add_retry(Object& object, const Retry& retry) {
  if (retry.max == 0) return;  // then the rest of it means nothing
  Object member;
  member.add_integer("max", retry.max);
  if (retry.backoff_us != Retry{}.backoff_us) member.add_string("backoff", duration_text(retry.backoff_us));
  if (retry.factor_thousandths != Retry{}.factor_thousandths) {
    member.add("factor", JsonWriter().decimal(retry.factor_thousandths).take());
  }
  object.add("retry", member.json());
}

void add_instances(Object& object, const Instances& instances) {
  const Instances defaults;
  Object member;
  if (instances.min != defaults.min) member.add_integer("min", instances.min);
  if (instances.max != defaults.max) member.add_integer("max", instances.max);
  if (instances.idle_timeout_us != defaults.idle_timeout_us) {
    member.add_string("idle_timeout", duration_text(instances.idle_timeout_us));
  }
  if (instances.max_reuse != defaults.max_reuse) member.add_integer("max_reuse", instances.max_reuse);
  if (!member.empty()) object.add("instances", member.json());
}

std::string step_json(const Workflow& workflow, const Step& step, const Digest& module,
                      const std::vector<Digest>& files) {
  WEFT_ASSERT(files.size() == step.files.size());
  Object object;
  object.add_string("run", module.text());
  add_needs(object, workflow, step);
  add_program(object, step);
  if (step.each != Each::none) object.add_string("each", step.each == Each::frames ? "frames" : "lines");
  if (step.parallel != 0) object.add_integer("parallel", step.parallel);
  add_when(object, workflow, step);
  if (step.accept != std::vector<std::int32_t>{0}) {
    object.add("accept", array_json(step.accept, [](std::int32_t code) { return std::to_string(code); }));
  }
  add_retry(object, step.retry);
  if (step.timeout_us) object.add_string("timeout", duration_text(*step.timeout_us));
  if (step.memory_bytes) object.add_string("memory", size_text(*step.memory_bytes));
  Object mounted;
  for (std::size_t i = 0; i < files.size(); ++i) mounted.add_string(step.files[i].guest_path, files[i].text());
  if (!mounted.empty()) object.add("files", mounted.json());
  if (!step.outputs.empty()) {
    std::vector<std::string> outputs = step.outputs;
    std::sort(outputs.begin(), outputs.end());
    object.add("outputs", strings_json(outputs));
  }
  if (step.abi == Abi::stream) object.add_string("abi", "stream");
  add_instances(object, step.instances);
  if (step.seed) object.add("seed", seed_json(*step.seed));
  if (!step.place.empty()) object.add("place", strings_json(step.place));
  return object.json();
}

// Whether `outputs` are what a document without them has, written with its steps in the order of their names.
bool are_default_outputs(const Workflow& workflow) {
  std::vector<bool> needed(workflow.steps.size());
  for (const Step& step : workflow.steps) {
    for (const Need& need : step.needs) {
      if (need.source.kind != Source::Kind::run_input) needed[need.source.step] = true;
    }
  }
  std::vector<std::string_view> last;
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (!needed[i]) last.push_back(workflow.steps[i].name);
  }
  std::sort(last.begin(), last.end());
  return std::equal(last.begin(), last.end(), workflow.outputs.begin(), workflow.outputs.end(),
                    [](std::string_view name, const Output& output) { return output.source.text == name; });
}

}  // namespace

bool canonical_less(std::string_view a, std::string_view b) {
  const auto [at_a, at_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at_a == a.end() || at_b == b.end()) return at_a == a.end() && at_b != b.end();
  const auto left = static_cast<unsigned char>(*at_a);
  const auto right = static_cast<unsigned char>(*at_b);
  // Four bytes of UTF-8 are two surrogates in UTF-16, which come before U+E000 (0xEE in UTF-8).
  if (left >= 0xF0 && (right == 0xEE || right == 0xEF)) return true;
  if (right >= 0xF0 && (left == 0xEE || left == 0xEF)) return false;
  return left < right;
}

std::string canonical_text(const Workflow& workflow, const ContentDigests& digests) {
  WEFT_ASSERT(digests.modules.size() == workflow.steps.size() && digests.files.size() == workflow.steps.size());
  Object object;
  object.add_integer("weft", 1);
  object.add_string("name", workflow.name);
  if (!workflow.inputs.empty()) object.add("inputs", strings_json(workflow.inputs));
  if (!workflow.params.empty()) {
    Object params;
    for (const auto& [name, value] : workflow.params) params.add_string(name, value);
    object.add("params", params.json());
  }
  Object steps;
  for (std::size_t i = 0; i < workflow.steps.size(); ++i) {
    const Step& step = workflow.steps[i];
    steps.add(step.name, step_json(workflow, step, digests.modules[i], digests.files[i]));
  }
  object.add("steps", steps.json());
  if (!are_default_outputs(workflow)) {
    object.add("outputs", array_json(workflow.outputs, [](const Output& o) { return json_quote(o.source.text); }));
  }
  if (workflow.on_failure == OnFailure::stop) object.add_string("on_failure", "stop");
  if (workflow.timeout_us) object.add_string("timeout", duration_text(*workflow.timeout_us));
  if (workflow.seed) object.add("seed", seed_json(*workflow.seed));
  return object.json();
}

Digest workflow_digest(const Workflow& workflow, const ContentDigests& digests) {
  return sha256(canonical_text(workflow, digests));
}

}  // namespace weft::flow
