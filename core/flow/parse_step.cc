// Reads the keys of one step. What refers to other steps stays text here; resolve.cc turns it into indices.
#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>

#include "core/flow/draft.h"
#include "core/flow/limits.h"
#include "core/flow/paths.h"
#include "core/flow/templates.h"
#include "core/flow/values.h"

namespace weft::flow {
namespace {

constexpr std::uint64_t kMaxExitCode = limits::kExitCode;

// One step with what its readers share; keys are read in the order of the table.
struct StepReader {
  Draft& draft;
  Problems& problems;
  Step& step;
  DraftStep& raw;
  Owner owner;

  const Node* value(std::string_view key) const { return raw.fields.value(key); }
  std::string what(std::string_view key) const { return owner.text_of_key(key); }

  void read_run();
  void read_needs();
  void read_args();
  void read_env();
  void read_items();
  void read_when();
  void read_accept();
  void read_retry();
  void read_limits();
  void read_files();
  void read_outputs();
  void read_instances();
  void read_places();
};

// Where `@sha256:...` begins, or what looks like a pin by another name; npos when the whole is a path.
std::size_t pin_position(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) return at;
  std::size_t end = at + 1;
  while (end < text.size() && ((text[end] >= 'a' && text[end] <= 'z') || (text[end] >= '0' && text[end] <= '9'))) ++end;
  return end > at + 1 && end < text.size() && text[end] == ':' ? at : std::string_view::npos;
}

void StepReader::read_run() {
  const Node* node = value("run");
  if (node == nullptr) return;
  const auto text = read_text(problems, *node, what("run"));
  if (!text) return;
  step.run_span = node->span;
  const std::size_t at = pin_position(*text);
  step.run = text->substr(0, at);
  if (at != std::string::npos) {
    step.pinned = Digest::parse(std::string_view(*text).substr(at + 1));
    if (!step.pinned) {
      problems.add(Code::bad_digest, node->span,
                   what("run") + " is pinned to " + quoted(std::string_view(*text).substr(at + 1)) + ", no digest",
                   "write PATH@sha256: and 64 lower-case hexadecimal digits");
    }
  }
  const bool control = std::any_of(step.run.begin(), step.run.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (step.run.empty() || step.run.size() > limits::kPathBytes || control) {
    problems.add(Code::bad_path, node->span, what("run") + " is " + quoted(step.run) + ", no path of a module",
                 "write the path of a .wasm file, from this document's folder");
  }
  (void)check_no_params(problems, step.run, node->span, what("run"));
}

void StepReader::read_needs() {
  raw.needs_refused = raw.fields.has("needs");
  const Node* node = value("needs");
  if (node == nullptr) return;
  bool refused = false;
  if (node->kind == Node::Kind::mapping) {
    raw.form = DraftStep::Form::map;
    for (const Entry* entry : read_entries(problems, *node, what("needs"), limits::kNeeds)) {
      const std::string_view problem = relative_path_problem(entry->key);
      if (!problem.empty()) {
        problems.add(Code::bad_path, entry->key_span,
                     "a key of " + what("needs") + " names a file below /in, and " + quoted(entry->key) + " " +
                         std::string(problem));
        refused = true;
        continue;
      }
      if (!read_text(problems, entry->value, "a source in " + what("needs"))) {
        refused = true;
        continue;
      }
      raw.needs.push_back({entry->key, entry->value.text, entry->value.span, entry->key_span});
    }
  } else {
    const std::span<const Node> items = read_list(problems, *node, what("needs"), limits::kNeeds);
    for (const Node& item : items) {
      if (!read_text(problems, item, "a source in " + what("needs"))) {
        refused = true;
        continue;
      }
      raw.needs.push_back({item.text, item.text, item.span, item.span});
    }
    raw.form = items.size() == 1 ? DraftStep::Form::single : DraftStep::Form::list;
  }
  if (raw.needs.empty() && !refused) raw.form = DraftStep::Form::none;
  raw.needs_refused = refused;
}

void StepReader::read_args() {
  const Node* node = value("args");
  if (node == nullptr) return;
  for (const Node& item : read_list(problems, *node, what("args"), limits::kListEntries)) {
    const std::string name = "an argument of " + owner.text();
    const auto text = read_text(problems, item, name);
    if (!text) continue;
    if (auto arg = read_template(problems, *text, item.span, name, draft.param_names)) {
      step.args.push_back(std::move(*arg));
    }
  }
}

void StepReader::read_env() {
  const Node* node = value("env");
  if (node == nullptr) return;
  for (const Entry* entry : read_entries(problems, *node, what("env"), limits::kListEntries)) {
    const bool good = !entry->key.empty() && entry->key.size() <= limits::kPathBytes &&
                      std::all_of(entry->key.begin(), entry->key.end(),
                                  [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != '=' && c != 0x7F; });
    if (!good) {
      problems.add(Code::bad_name, entry->key_span, quoted(entry->key) + " cannot be the name of a variable",
                   "it is not empty and holds no `=`, space or control character");
    }
    const std::string name = "variable " + quoted(entry->key) + " of " + owner.text();
    const auto text = read_text(problems, entry->value, name);
    if (!text) continue;
    if (auto variable = read_template(problems, *text, entry->value.span, name, draft.param_names)) {
      step.env.emplace_back(entry->key, std::move(*variable));
    }
  }
  std::sort(step.env.begin(), step.env.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
}

void StepReader::read_items() {
  if (const Node* node = value("each")) {
    constexpr std::array<std::string_view, 2> kWords = {"frames", "lines"};
    const auto word = read_word(problems, *node, what("each"), kWords);
    if (word) step.each = *word == 0 ? Each::frames : Each::lines;
  }
  if (const Node* node = value("parallel")) {
    const auto count = read_integer(problems, *node, what("parallel"), {1, limits::kParallel});
    step.parallel = static_cast<std::uint32_t>(count.value_or(0));
  }
  if (const Node* node = value("abi")) {
    constexpr std::array<std::string_view, 2> kWords = {"command", "stream"};
    const auto word = read_word(problems, *node, what("abi"), kWords);
    if (word) step.abi = *word == 0 ? Abi::command : Abi::stream;
  }
}

void StepReader::read_when() {
  const Node* node = value("when");
  if (node == nullptr) return;
  if (node->kind == Node::Kind::scalar) {
    constexpr std::array<std::string_view, 4> kWords = {"success", "any", "failure", "always"};
    const auto word = read_word(problems, *node, what("when"), kWords);
    if (word) step.when.kind = static_cast<When::Kind>(*word);
    return;
  }
  const Owner part{step.name, "when"};
  raw.when = read_fields(problems, Group::when, *node, part, *raw.fields.place("when"));
  step.when.kind = When::Kind::exit;
  if (const Node* code = raw.when.value("exit")) {
    const auto exit = read_integer(problems, *code, part.text_of_key("exit"), {0, kMaxExitCode});
    step.when.exit_code = static_cast<std::int32_t>(exit.value_or(0));
  }
}

void StepReader::read_accept() {
  const Node* node = value("accept");
  if (node == nullptr) return;
  const std::span<const Node> items = read_list(problems, *node, what("accept"), limits::kListEntries);
  if (items.empty() && node->items.empty()) {
    problems.add(Code::too_many, node->span, what("accept") + " is an empty list, so no exit code would do",
                 "name at least one, or leave the key out for [0]");
    return;
  }
  step.accept.clear();
  for (const Node& item : items) {
    const auto code = read_integer(problems, item, "an exit code in " + what("accept"), {0, kMaxExitCode});
    if (code) step.accept.push_back(static_cast<std::int32_t>(*code));
  }
  std::sort(step.accept.begin(), step.accept.end());
  step.accept.erase(std::unique(step.accept.begin(), step.accept.end()), step.accept.end());
}

void StepReader::read_retry() {
  const Node* node = value("retry");
  if (node == nullptr) return;
  const Owner part{step.name, "retry"};
  const Fields fields = read_fields(problems, Group::retry, *node, part, *raw.fields.place("retry"));
  if (const Node* max = fields.value("max")) {
    const auto count = read_integer(problems, *max, part.text_of_key("max"), {0, limits::kRetries});
    step.retry.max = static_cast<std::uint32_t>(count.value_or(0));
  }
  if (const Node* backoff = fields.value("backoff")) {
    const auto micros = read_duration(problems, *backoff, part.text_of_key("backoff"), 0, limits::kBackoffUs);
    if (micros) step.retry.backoff_us = *micros;
  }
  if (const Node* factor = fields.value("factor")) {
    const auto thousandths = read_factor(problems, *factor, part.text_of_key("factor"));
    if (thousandths) step.retry.factor_thousandths = *thousandths;
  }
}

void StepReader::read_limits() {
  if (const Node* node = value("timeout")) {
    step.timeout_us = read_duration(problems, *node, what("timeout"), 1, limits::kTimeoutUs);
  }
  if (const Node* node = value("memory")) {
    step.memory_bytes = read_size(problems, *node, what("memory"), limits::kMinMemoryBytes, limits::kMaxMemoryBytes);
  }
  if (const Node* node = value("seed")) step.seed = read_seed(problems, *node, what("seed"));
}

// /in, /out, what is below them, and what would hold them.
bool is_reserved(std::string_view guest_path) {
  for (const std::string_view root : {"/in", "/out"}) {
    if (guest_path == root || (guest_path.starts_with(root) && guest_path[root.size()] == '/')) return true;
  }
  return false;
}

void StepReader::read_files() {
  const Node* node = value("files");
  if (node == nullptr) return;
  std::vector<std::string_view> paths;
  std::vector<const Entry*> kept;
  for (const Entry* entry : read_entries(problems, *node, what("files"), limits::kListEntries)) {
    const std::string_view problem = guest_path_problem(entry->key);
    if (!problem.empty()) {
      problems.add(Code::bad_path, entry->key_span,
                   "a key of " + what("files") + " is a path in the guest, and " + quoted(entry->key) + " " +
                       std::string(problem),
                   "write it as /folder/file");
    } else if (is_reserved(entry->key)) {
      problems.add(Code::reserved_path, entry->key_span,
                   what("files") + " cannot put " + quoted(entry->key) + " where needs and outputs are",
                   "choose a path outside of /in and /out");
    } else {
      paths.push_back(entry->key);
      kept.push_back(entry);
    }
    const auto host = read_text(problems, entry->value, "the file for " + quoted(entry->key) + " of " + owner.text());
    if (!host || !check_no_params(problems, *host, entry->value.span, what("files"))) continue;
    std::string plain = plain_host_path(*host);
    if (plain.empty()) {
      problems.add(Code::outside_folder, entry->value.span,
                   quoted(*host) + " in " + what("files") + " is not below this document's folder",
                   "write a path without `..` that starts there, such as models/net.bin");
    }
    step.files.push_back({entry->key, std::move(plain), entry->value.span});
  }
  for (const auto& [below, above] : overlaps(paths)) {
    problems.add(Code::path_overlap, kept[below]->key_span,
                 quoted(paths[below]) + " lies below " + quoted(paths[above]) + " of the same " + what("files"),
                 "put them side by side");
  }
  std::sort(step.files.begin(), step.files.end(),
            [](const MountedFile& a, const MountedFile& b) { return a.guest_path < b.guest_path; });
}

void StepReader::read_outputs() {
  raw.outputs_refused = raw.fields.has("outputs");
  const Node* node = value("outputs");
  if (node == nullptr) return;
  raw.outputs_refused = false;
  std::vector<const Node*> nodes;
  for (const Node& item : read_list(problems, *node, what("outputs"), limits::kListEntries)) {
    const auto text = read_text(problems, item, "an entry of " + what("outputs"));
    const std::string_view problem = text ? relative_path_problem(*text) : "is empty";
    if (text && !problem.empty()) {
      problems.add(Code::bad_path, item.span,
                   what("outputs") + " are files below /out, and " + quoted(*text) + " " + std::string(problem),
                   "write it as file or folder/file");
    }
    raw.outputs_refused = raw.outputs_refused || !problem.empty();
    if (!problem.empty() || !check_no_params(problems, *text, item.span, what("outputs"))) continue;
    nodes.push_back(&item);
    step.outputs.push_back(*text);
  }
  raw.by_output.resize(step.outputs.size());
  std::iota(raw.by_output.begin(), raw.by_output.end(), 0U);
  std::sort(raw.by_output.begin(), raw.by_output.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(step.outputs[a], a) < std::tie(step.outputs[b], b);
  });
  for (std::size_t i = 1; i < raw.by_output.size(); ++i) {
    const std::uint32_t again = raw.by_output[i];
    if (step.outputs[again] != step.outputs[raw.by_output[i - 1]]) continue;
    problems.add(Code::duplicate_output, nodes[again]->span,
                 what("outputs") + " lists " + quoted(step.outputs[again]) + " twice");
  }
  const std::vector<std::string_view> paths(step.outputs.begin(), step.outputs.end());
  for (const auto& [below, above] : overlaps(paths)) {
    problems.add(Code::path_overlap, nodes[below]->span,
                 quoted(paths[below]) + " lies below " + quoted(paths[above]) + ", which is a file too",
                 "a file cannot be a folder as well");
  }
}

void StepReader::read_instances() {
  const Node* node = value("instances");
  if (node == nullptr) return;
  const Owner part{step.name, "instances"};
  const Fields fields = read_fields(problems, Group::instances, *node, part, *raw.fields.place("instances"));
  Instances& instances = step.instances;
  if (const Node* min = fields.value("min")) {
    const auto count = read_integer(problems, *min, part.text_of_key("min"), {0, limits::kInstances});
    instances.min = static_cast<std::uint32_t>(count.value_or(0));
  }
  if (const Node* max = fields.value("max")) {
    const auto count = read_integer(problems, *max, part.text_of_key("max"), {0, limits::kInstances});
    instances.max = static_cast<std::uint32_t>(count.value_or(0));
    if (count && *count > 0 && instances.min > *count) {
      problems.add(Code::out_of_range, max->span,
                   part.text_of_key("max") + " is below `min`, which is " + std::to_string(instances.min),
                   "0 is as many as there is room for");
    }
  }
  if (const Node* idle = fields.value("idle_timeout")) {
    const auto micros = read_duration(problems, *idle, part.text_of_key("idle_timeout"), 0, limits::kTimeoutUs);
    if (micros) instances.idle_timeout_us = *micros;
  }
  if (const Node* reuse = fields.value("max_reuse")) {
    const auto count = read_integer(problems, *reuse, part.text_of_key("max_reuse"), {0, limits::kMaxReuse});
    instances.max_reuse = count.value_or(0);
  }
}

void StepReader::read_places() {
  const Node* node = value("place");
  if (node == nullptr) return;
  for (const Node& item : read_list(problems, *node, what("place"), limits::kListEntries)) {
    const auto name = read_text(problems, item, "an entry of " + what("place"));
    if (!name || !check_name(problems, *name, item.span, "a tier or the name of a node")) continue;
    step.place.push_back(*name);
  }
  std::sort(step.place.begin(), step.place.end());
  step.place.erase(std::unique(step.place.begin(), step.place.end()), step.place.end());
}

}  // namespace

void read_step(Draft& draft, StepIndex index, const Entry& entry) {
  Step& step = draft.workflow.steps[index];
  step.name = entry.key;
  step.name_span = entry.key_span;
  DraftStep& raw = draft.steps[index];
  const Owner owner{step.name, {}};
  if (entry.value.kind != Node::Kind::mapping) {
    raw.needs_refused = raw.outputs_refused = true;
    draft.problems.add(Code::wrong_type, entry.value.span.line > 0 ? entry.value.span : entry.key_span,
                       owner.text() + " is " + std::string(is_null(entry.value) ? "empty" : shape_text(entry.value)) +
                           " where its keys are expected",
                       "write `{run: MODULE.wasm}`");
    return;
  }
  raw.fields = read_fields(draft.problems, Group::step, entry.value, owner, entry.key_span);
  StepReader reader{draft, draft.problems, step, raw, owner};
  reader.read_run();
  reader.read_needs();
  reader.read_args();
  reader.read_env();
  reader.read_items();
  reader.read_when();
  reader.read_accept();
  reader.read_retry();
  reader.read_limits();
  reader.read_files();
  reader.read_outputs();
  reader.read_instances();
  reader.read_places();
}

}  // namespace weft::flow
