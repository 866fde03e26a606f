#include "core/flow/canonical.h"

#include <algorithm>
#include <map>

#include "core/base/assert.h"
#include "core/base/json_writer.h"
#include "core/flow/limits.h"

namespace weft::flow {
namespace {

// RFC 8785 orders keys by UTF-16 code units. Against UTF-8 bytes only one thing differs: what needs two units (lead byte
// F0 and up) comes before U+E000 to U+FFFF (lead bytes EE and EF).
struct Utf16Less {
  static int rank(unsigned char byte) { return byte >= 0xF0 ? 1 : byte >= 0xEE ? 2 : 0; }
  bool operator()(std::string_view a, std::string_view b) const {
    const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (x == a.end() || y == b.end()) return x == a.end() && y != b.end();
    const auto p = static_cast<unsigned char>(*x), q = static_cast<unsigned char>(*y);
    return rank(p) != 0 && rank(q) != 0 && rank(p) != rank(q) ? rank(p) < rank(q) : p < q;
  }
};

// An object whose members may be added in any order.
class Object {
 public:
  void add(std::string_view key, std::string json) { members_[std::string(key)] = std::move(json); }
  void text(std::string_view key, std::string_view value) { add(key, json_quote(value)); }
  void number(std::string_view key, std::uint64_t value) { add(key, std::to_string(value)); }
  [[nodiscard]] bool empty() const { return members_.empty(); }
  [[nodiscard]] std::string json() const {
    std::string out = "{";
    for (const auto& [key, value] : members_) out += (out.size() > 1 ? "," : "") + json_quote(key) + ":" + value;
    return out + "}";
  }

 private:
  std::map<std::string, std::string, Utf16Less> members_;
};

template <class List, class Json>
std::string array(const List& list, Json json) {
  std::string out = "[";
  for (const auto& item : list) out += (out.size() > 1 ? "," : "") + json(item);
  return out + "]";
}

std::string quoted_json(const std::string& text) { return json_quote(text); }

// As the document would write it.
std::string template_text(const Template& t) {
  std::string out;
  for (const Template::Piece& piece : t.pieces) {
    if (piece.kind == Template::Piece::Kind::param) {
      out += "${" + piece.text + "}";
      continue;
    }
    for (const char c : piece.text) out += c == '$' ? "$$" : std::string(1, c);
  }
  return out;
}

std::string micros(std::int64_t us) { return json_quote(std::to_string(us) + "us"); }
std::string bytes(std::uint64_t size) { return json_quote(std::to_string(size) + "B"); }

void add_needs(Object& out, const Step& step) {
  if (step.needs.empty()) return;
  if (step.needs.size() == 1 && step.stdin_need) return out.text("needs", step.needs[0].source.text);
  Object needs;
  for (const Need& need : step.needs) needs.text(need.key, need.source.text);
  out.add("needs", needs.json());
  if (step.stdin_need) out.text("stdin", step.needs[*step.stdin_need].key);
}

void add_when(Object& out, const Workflow& workflow, const Step& step) {
  constexpr std::string_view kNames[] = {"success", "any", "failure", "always"};
  if (step.when.kind == When::Kind::success) return;
  if (step.when.kind != When::Kind::exit) return out.text("when", kNames[static_cast<std::size_t>(step.when.kind)]);
  Object when;
  when.text("step", workflow.steps[step.when.step].name);
  when.number("exit", static_cast<std::uint64_t>(step.when.exit_code));
  out.add("when", when.json());
}

void add_retry(Object& out, const Retry& retry) {
  if (retry.max == 0) return;
  const Retry defaults;
  Object json;
  json.number("max", retry.max);
  if (retry.backoff_us != defaults.backoff_us) json.add("backoff", micros(retry.backoff_us));
  if (retry.factor_thousandths != defaults.factor_thousandths)
    json.add("factor", JsonWriter().decimal(retry.factor_thousandths).take());
  out.add("retry", json.json());
}

void add_instances(Object& out, const Instances& instances) {
  const Instances defaults;
  Object json;
  if (instances.min != defaults.min) json.number("min", instances.min);
  if (instances.max != defaults.max) json.number("max", instances.max);
  if (instances.idle_timeout_us != defaults.idle_timeout_us) json.add("idle_timeout", micros(instances.idle_timeout_us));
  if (instances.max_reuse != defaults.max_reuse) json.number("max_reuse", instances.max_reuse);
  if (!json.empty()) out.add("instances", json.json());
}

std::string step_json(const Workflow& workflow, const Step& step, const StepDigests& digests) {
  Object out;
  out.text("run", digests.module.text());
  add_needs(out, step);
  if (!step.args.empty()) out.add("args", array(step.args, [](const Template& t) { return json_quote(template_text(t)); }));
  Object env;
  for (const auto& [name, value] : step.env) env.text(name, template_text(value));
  if (!env.empty()) out.add("env", env.json());
  if (step.each != Each::none) out.text("each", step.each == Each::frames ? "frames" : "lines");
  if (step.parallel > 0) out.number("parallel", step.parallel);
  add_when(out, workflow, step);
  if (step.accept != std::vector<std::int32_t>{0}) out.add("accept", array(step.accept, [](std::int32_t n) { return std::to_string(n); }));
  add_retry(out, step.retry);
  if (step.timeout_us) out.add("timeout", micros(*step.timeout_us));
  if (step.memory_bytes && *step.memory_bytes != kDefaultMemoryBytes) out.add("memory", bytes(*step.memory_bytes));
  Object files;
  for (const auto& [path, digest] : digests.files) files.text(path, digest.text());
  if (!files.empty()) out.add("files", files.json());
  if (!step.outputs.empty()) out.add("outputs", array(step.outputs, quoted_json));
  if (step.abi == Abi::stream) out.text("abi", "stream");
  add_instances(out, step.instances);
  if (step.seed) out.number("seed", *step.seed);
  if (!step.place.empty()) out.add("place", array(step.place, quoted_json));
  return out.json();
}

// Only a single output can be the default without its place in the document mattering.
bool is_default_output(const Workflow& workflow) {
  if (workflow.outputs.size() != 1 || workflow.outputs[0].source.kind != Source::Kind::step) return false;
  std::vector<bool> needed(workflow.steps.size());
  for (const Step& step : workflow.steps)
    for (const Need& need : step.needs)
      if (need.source.kind != Source::Kind::run_input) needed[need.source.step] = true;
  for (StepIndex i = 0; i < needed.size(); ++i)
    if (!needed[i] != (workflow.outputs[0].source.step == i)) return false;
  return true;
}

}  // namespace

std::string canonical_form(const Workflow& workflow, const std::vector<StepDigests>& digests) {
  WEFT_ASSERT(digests.size() == workflow.steps.size());
  Object out;
  out.number("weft", 1);
  out.text("name", workflow.name);
  Object steps;
  for (std::size_t i = 0; i < workflow.steps.size(); ++i)
    steps.add(workflow.steps[i].name, step_json(workflow, workflow.steps[i], digests[i]));
  out.add("steps", steps.json());
  if (!workflow.inputs.empty()) out.add("inputs", array(workflow.inputs, quoted_json));
  Object params;
  for (const auto& [name, value] : workflow.params) params.text(name, value);
  if (!params.empty()) out.add("params", params.json());
  if (!is_default_output(workflow))
    out.add("outputs", array(workflow.outputs, [](const Output& o) { return json_quote(o.source.text); }));
  if (workflow.on_failure == OnFailure::stop) out.text("on_failure", "stop");
  if (workflow.timeout_us) out.add("timeout", micros(*workflow.timeout_us));
  if (workflow.seed) out.number("seed", *workflow.seed);
  return out.json();
}

}  // namespace weft::flow
