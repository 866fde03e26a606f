#include "core/flow/keys.h"

#include <string>
#include <vector>

#include "core/base/assert.h"
#include "core/flow/values.h"

namespace weft::flow {
namespace {

constexpr ValueType kVersion{"version", kScalar, "the number 1"};
constexpr ValueType kName{"name", kScalar, "a name"};
constexpr ValueType kNames{"names", kScalar | kSequence, "a name or a list of names"};
constexpr ValueType kParams{"params", kMapping, "a mapping of names to texts"};
constexpr ValueType kSteps{"steps", kMapping, "a mapping of names to steps"};
constexpr ValueType kSources{"sources", kScalar | kSequence, "a source or a list of sources"};
constexpr ValueType kOnFailure{"on_failure", kScalar, "`finish` or `stop`"};
constexpr ValueType kDuration{"duration", kScalar, "a duration such as 2s"};
constexpr ValueType kSize{"size", kScalar, "a size such as 64MiB"};
constexpr ValueType kSeed{"seed", kScalar, "a whole number"};
constexpr ValueType kModule{"module", kScalar, "the path of a module"};
constexpr ValueType kNeeds{"needs", kScalar | kSequence | kMapping, "a source, a list of sources, or {key: source}"};
constexpr ValueType kNeedKey{"need_key", kScalar, "one of the keys of `needs`"};
constexpr ValueType kArgs{"args", kSequence, "a list of texts"};
constexpr ValueType kEnv{"env", kMapping, "a mapping of names to texts"};
constexpr ValueType kEach{"each", kScalar, "`frames` or `lines`"};
constexpr ValueType kParallel{"parallel", kScalar, "a whole number"};
constexpr ValueType kWhen{"when", kScalar | kMapping,
                          "`success`, `any`, `failure`, `always` or {step: NAME, exit: CODE}"};
constexpr ValueType kExitCode{"exit_code", kScalar, "an exit code, 0 to 255"};
constexpr ValueType kExitCodes{"exit_codes", kScalar | kSequence, "an exit code or a list of them"};
constexpr ValueType kRetry{"retry", kMapping, "{max: COUNT, backoff: DURATION, factor: NUMBER}"};
constexpr ValueType kRetryMax{"retry_max", kScalar, "a whole number"};
constexpr ValueType kFactor{"factor", kScalar, "a number such as 2 or 1.5"};
constexpr ValueType kFiles{"files", kMapping, "a mapping of guest paths to files or folders"};
constexpr ValueType kOutputFiles{"output_files", kScalar | kSequence, "a path below /out or a list of them"};
constexpr ValueType kAbi{"abi", kScalar, "`command` or `stream`"};
constexpr ValueType kInstances{"instances", kMapping, "{min, max, idle_timeout, max_reuse}"};
constexpr ValueType kInstanceCount{"instance_count", kScalar, "a whole number"};
constexpr ValueType kMaxReuse{"max_reuse", kScalar, "a whole number"};
constexpr ValueType kPlaces{"places", kScalar | kSequence, "a tier or node name, or a list of them"};

constexpr Presence kOptional = Presence::optional;
constexpr Presence kRequired = Presence::required;

constexpr std::array kDocumentKeys = {KeyRule{"weft", &kVersion, kRequired},
                                      KeyRule{"name", &kName, kRequired},
                                      KeyRule{"inputs", &kNames, kOptional},
                                      KeyRule{"params", &kParams, kOptional},
                                      KeyRule{"steps", &kSteps, kRequired},
                                      KeyRule{"outputs", &kSources, kOptional},
                                      KeyRule{"on_failure", &kOnFailure, kOptional},
                                      KeyRule{"timeout", &kDuration, kOptional},
                                      KeyRule{"seed", &kSeed, kOptional}};
constexpr std::array kStepKeys = {
    KeyRule{"run", &kModule, kRequired},        KeyRule{"needs", &kNeeds, kOptional},
    KeyRule{"stdin", &kNeedKey, kOptional},     KeyRule{"args", &kArgs, kOptional},
    KeyRule{"env", &kEnv, kOptional},           KeyRule{"each", &kEach, kOptional},
    KeyRule{"parallel", &kParallel, kOptional}, KeyRule{"when", &kWhen, kOptional},
    KeyRule{"accept", &kExitCodes, kOptional},  KeyRule{"retry", &kRetry, kOptional},
    KeyRule{"timeout", &kDuration, kOptional},  KeyRule{"memory", &kSize, kOptional},
    KeyRule{"files", &kFiles, kOptional},       KeyRule{"outputs", &kOutputFiles, kOptional},
    KeyRule{"abi", &kAbi, kOptional},           KeyRule{"instances", &kInstances, kOptional},
    KeyRule{"seed", &kSeed, kOptional},         KeyRule{"place", &kPlaces, kOptional}};
constexpr std::array kRetryKeys = {KeyRule{"max", &kRetryMax, kRequired}, KeyRule{"backoff", &kDuration, kOptional},
                                   KeyRule{"factor", &kFactor, kOptional}};
constexpr std::array kInstancesKeys = {
    KeyRule{"min", &kInstanceCount, kOptional}, KeyRule{"max", &kInstanceCount, kOptional},
    KeyRule{"idle_timeout", &kDuration, kOptional}, KeyRule{"max_reuse", &kMaxReuse, kOptional}};
constexpr std::array kWhenKeys = {KeyRule{"step", &kName, kRequired}, KeyRule{"exit", &kExitCode, kRequired}};

static_assert(kStepKeys.size() <= kMaxKeys && kDocumentKeys.size() <= kMaxKeys);

std::uint8_t shape_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::scalar:
      return kScalar;
    case Node::Kind::sequence:
      return kSequence;
    case Node::Kind::mapping:
      return kMapping;
  }
  return 0;
}

// The position of `key` in the group's rules, or their count.
std::size_t index_of(Group group, std::string_view key) {
  const std::span<const KeyRule> rules = keys_of(group);
  std::size_t i = 0;
  while (i < rules.size() && rules[i].name != key) ++i;
  return i;
}

bool takes(Problems& problems, const KeyRule& rule, const Node& value, const Span& key_span, const Owner& owner) {
  if (is_null(value)) {
    problems.add(Code::wrong_type, key_span, owner.text_of_key(rule.name) + " has no value",
                 "takes " + std::string(rule.type->described) + "; leave the key out for the default");
    return false;
  }
  if ((rule.type->shapes & shape_of(value)) != 0) return true;
  problems.add(Code::wrong_type, value.span,
               owner.text_of_key(rule.name) + " takes " + std::string(rule.type->described) + ", not " +
                   std::string(shape_text(value)));
  return false;
}

void refuse_unknown(Problems& problems, Group group, const Entry& entry, const Owner& owner) {
  std::vector<std::string_view> names;
  for (const KeyRule& rule : keys_of(group)) names.push_back(rule.name);
  std::string hint = problems.did_you_mean(entry.key, names);
  if (hint.empty()) {
    for (const std::string_view name : names) hint += (hint.empty() ? "known: " : ", ") + std::string(name);
  }
  problems.add(Code::unknown_key, entry.key_span, owner.text() + " has no key " + quoted(entry.key), std::move(hint));
}

}  // namespace

std::span<const KeyRule> keys_of(Group group) {
  switch (group) {
    case Group::document:
      return kDocumentKeys;
    case Group::step:
      return kStepKeys;
    case Group::retry:
      return kRetryKeys;
    case Group::instances:
      return kInstancesKeys;
    case Group::when:
      return kWhenKeys;
  }
  return {};
}

std::string Owner::text() const {
  const std::string whole = step.empty() ? "the workflow" : "step " + quoted(step);
  return part.empty() ? whole : quoted(part) + " of " + whole;
}

std::string Owner::text_of_key(std::string_view key) const {
  if (step.empty() && part.empty()) return quoted(key);
  return quoted(key) + (part.empty() ? " of " : " in ") + text();
}

const Node* Fields::value(std::string_view key) const {
  if (!group_) return nullptr;
  const std::size_t i = index_of(*group_, key);
  WEFT_ASSERT(i < keys_of(*group_).size());
  return entries_[i] != nullptr && !refused_[i] ? &entries_[i]->value : nullptr;
}

const Span* Fields::place(std::string_view key) const {
  if (!group_) return nullptr;
  const std::size_t i = index_of(*group_, key);
  WEFT_ASSERT(i < keys_of(*group_).size());
  return entries_[i] != nullptr ? &entries_[i]->key_span : nullptr;
}

Fields read_fields(Problems& problems, Group group, const Node& mapping, const Owner& owner, const Span& place) {
  const std::span<const KeyRule> rules = keys_of(group);
  Fields fields;
  fields.group_ = group;
  for (const Entry& entry : mapping.entries) {
    const std::size_t i = index_of(group, entry.key);
    if (i == rules.size()) {
      refuse_unknown(problems, group, entry, owner);
    } else if (fields.entries_[i] != nullptr) {
      problems.add(Code::duplicate_key, entry.key_span, owner.text() + " has the key " + quoted(entry.key) + " twice",
                   "the first is in line " + std::to_string(fields.entries_[i]->key_span.line));
    } else {
      fields.entries_[i] = &entry;
      fields.refused_[i] = !takes(problems, rules[i], entry.value, entry.key_span, owner);
    }
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].presence == Presence::optional || fields.entries_[i] != nullptr) continue;
    problems.add(Code::missing_key, place, owner.text() + " has no " + quoted(rules[i].name),
                 "add `" + std::string(rules[i].name) + ":` with " + std::string(rules[i].type->described));
  }
  return fields;
}

}  // namespace weft::flow
