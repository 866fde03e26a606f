#include "core/flow/step_reader.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "core/flow/keys.h"
#include "core/flow/limits.h"
#include "core/flow/parse.h"

namespace weft::flow {
namespace {

// A path made of names: no empty one, no "." or "..", no leading or trailing slash, nothing that hides in a terminal.
bool is_plain_relative(std::string_view path) {
  if (path.empty() || path.size() > kMaxPathBytes) return false;
  for (const char c : path)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\') return false;
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    if (name.empty() || name == "." || name == ".." || name.size() > kMaxFileNameBytes) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

bool is_file_name(std::string_view name) { return is_plain_relative(name) && name.find('/') == std::string_view::npos; }

// Takes a leading "./" off what people write for files beside the document.
std::string_view without_dot(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  return path;
}

class StepReader {
 public:
  StepReader(Values& values, UnresolvedStep& out) : values_(values), out_(out), step_(out.step) {}

  void read(const Node& node) {
    for (const Entry& entry : node.entries) {
      what_ = "`" + entry.key + "` of step `" + step_.name + "`";
      read_key(entry);
    }
    if (step_.run.empty() && !run_seen_)
      problem("flow.missing_key", step_.name_span, "step `" + step_.name + "` says nowhere what to run", "add `run: path/to/module.wasm`");
    check_together(node);
  }

 private:
  void problem(std::string_view code, Span span, std::string message, std::string hint = {}) {
    values_.problems().add(code, span, std::move(message), std::move(hint));
  }

  void read_key(const Entry& entry) {
    const Node& v = entry.value;
    const std::string& key = entry.key;
    if (key == "run") return read_run(v);
    if (key == "needs") return read_needs(v);
    if (key == "stdin") return read_stdin(v);
    if (key == "args") return read_args(v);
    if (key == "env") return read_env(v);
    if (key == "each") return read_each(v);
    if (key == "when") return read_when(v);
    if (key == "accept") return read_accept(v);
    if (key == "retry") return read_retry(v);
    if (key == "files") return read_files(v);
    if (key == "outputs") return read_outputs(v);
    if (key == "instances") return read_instances(v);
    if (key == "place") return read_place(v);
    if (key == "parallel") {
      if (const auto n = values_.integer(v, what_, 1, kMaxParallel)) step_.parallel = static_cast<std::uint32_t>(*n);
    } else if (key == "timeout") {
      step_.timeout_us = values_.duration(v, what_);
    } else if (key == "memory") {
      step_.memory_bytes = values_.size(v, what_, kMinMemoryBytes, kMaxMemoryBytes);
    } else if (key == "abi") {
      constexpr std::array<std::string_view, 2> kAbis = {"command", "stream"};
      if (const auto i = values_.choice(v, what_, kAbis)) step_.abi = *i == 0 ? Abi::command : Abi::stream;
    } else if (key == "seed") {
      step_.seed = values_.integer(v, what_, 0, UINT64_MAX);
    }
  }

  void read_run(const Node& v) {
    run_seen_ = true;
    const auto text = values_.text(v, what_);
    if (!text) return;
    step_.run_span = v.span;
    std::string_view path = *text;
    if (const std::size_t at = path.rfind('@'); at != std::string_view::npos) {
      step_.pinned = Digest::parse(path.substr(at + 1));
      if (!step_.pinned)
        return problem("flow.bad_digest", v.span, what_ + " has no digest behind `@`", "write path@sha256: and 64 lower-case hexadecimal digits");
      path = path.substr(0, at);
    }
    path = without_dot(path);
    if (!is_plain_relative(path))
      return problem("flow.bad_path", v.span, what_ + " must be a path below the document's folder, but it is " + quoted(*text),
                     "no `..`, no leading `/`, no empty names");
    step_.run = std::string(path);
  }

  void read_needs(const Node& v) {
    if (v.kind == Node::Kind::mapping) {
      if (!values_.mapping(v, what_, {})) return;
      out_.needs_are_files = true;
      for (const Entry& entry : v.entries) {
        if (!is_file_name(entry.key))
          problem("flow.bad_need_key", entry.key_span, quoted(entry.key) + " cannot name a file below `/in`", "use a plain file name");
        if (const auto source = values_.text(entry.value, what_)) out_.needs.push_back({entry.key, *source, entry.value.span});
      }
      if (v.entries.empty()) problem("flow.empty_needs", v.span, what_ + " is empty", "leave it out");
      return check_need_count(v);
    }
    const auto items = values_.list(v, what_);
    if (v.kind == Node::Kind::sequence && v.items.empty()) problem("flow.empty_needs", v.span, what_ + " is empty", "leave it out");
    out_.needs_are_files = items.size() > 1;
    std::vector<std::string> seen;
    for (const Node& item : items) {
      const auto source = values_.text(item, what_);
      if (!source) continue;
      out_.needs.push_back({*source, *source, item.span});
    }
    report_repeated();
    check_need_count(v);
  }

  void report_repeated() {
    std::vector<const UnresolvedNeed*> sorted;
    for (const UnresolvedNeed& need : out_.needs) sorted.push_back(&need);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
      return std::tie(a->key, a->span.line, a->span.column) < std::tie(b->key, b->span.line, b->span.column);
    });
    for (std::size_t i = 1; i < sorted.size(); ++i)
      if (sorted[i]->key == sorted[i - 1]->key)
        problem("flow.duplicate_need", sorted[i]->span, what_ + " names " + quoted(sorted[i]->key) + " twice");
  }

  void check_need_count(const Node& v) {
    if (out_.needs.size() > kMaxNeeds)
      problem("flow.too_many", v.span, what_ + " has more than " + std::to_string(kMaxNeeds) + " entries");
  }

  void read_stdin(const Node& v) {
    if (const auto key = values_.text(v, what_)) out_.stdin_key = *key, out_.stdin_span = v.span;
  }

  void read_args(const Node& v) {
    for (const Node& item : values_.list(v, what_))
      if (const auto text = values_.text(item, what_)) step_.args.push_back(read_template(values_, *text, item.span, what_));
  }

  void read_env(const Node& v) {
    if (!values_.mapping(v, what_, {})) return;
    for (const Entry& entry : v.entries) {
      if (entry.key.empty() || entry.key.find('=') != std::string::npos || entry.key.find('\0') != std::string::npos)
        problem("flow.bad_env_name", entry.key_span, quoted(entry.key) + " cannot name an environment variable");
      if (const auto text = values_.text(entry.value, what_))
        step_.env.emplace_back(entry.key, read_template(values_, *text, entry.value.span, what_));
    }
  }

  void read_each(const Node& v) {
    constexpr std::array<std::string_view, 2> kEach = {"frames", "lines"};
    if (const auto i = values_.choice(v, what_, kEach)) step_.each = *i == 0 ? Each::frames : Each::lines;
  }

  void read_when(const Node& v) {
    if (v.kind == Node::Kind::mapping) return read_when_exit(v);
    constexpr std::array<std::string_view, 4> kWhen = {"success", "any", "failure", "always"};
    if (const auto i = values_.choice(v, what_, kWhen)) step_.when.kind = static_cast<When::Kind>(*i);
  }

  void read_when_exit(const Node& v) {
    if (!values_.mapping(v, what_, kWhenKeys)) return;
    step_.when.kind = When::Kind::exit;
    bool has_exit = false;
    for (const Entry& entry : v.entries) {
      if (entry.key == "step") {
        if (const auto text = values_.text(entry.value, what_)) out_.when_step = *text, out_.when_span = entry.value.span;
      } else if (entry.key == "exit") {
        has_exit = true;
        if (const auto n = values_.integer(entry.value, what_, 0, 255)) step_.when.exit_code = static_cast<std::int32_t>(*n);
      }
    }
    if (!has_exit || out_.when_span.line == 0)
      problem("flow.missing_key", v.span, what_ + " needs both `step` and `exit`", "write `when: {step: NAME, exit: N}`");
  }

  void read_accept(const Node& v) {
    accept_seen_ = true;
    step_.accept.clear();
    for (const Node& item : values_.list(v, what_))
      if (const auto n = values_.integer(item, what_, 0, 255)) step_.accept.push_back(static_cast<std::int32_t>(*n));
    std::sort(step_.accept.begin(), step_.accept.end());
    step_.accept.erase(std::unique(step_.accept.begin(), step_.accept.end()), step_.accept.end());
    if (v.kind == Node::Kind::sequence && v.items.empty())
      problem("flow.empty_accept", v.span, what_ + " is empty, so no exit code could succeed", "leave it out for [0]");
  }

  void read_retry(const Node& v) {
    if (!values_.mapping(v, what_, kRetryKeys)) return;
    bool has_max = false;
    for (const Entry& entry : v.entries) {
      if (entry.key == "max") {
        has_max = true;
        if (const auto n = values_.integer(entry.value, what_, 0, kMaxRetries)) step_.retry.max = static_cast<std::uint32_t>(*n);
      } else if (entry.key == "backoff") {
        const auto backoff = values_.duration(entry.value, what_);
        if (backoff && *backoff > kMaxBackoffUs) {
          problem("flow.bad_duration", entry.value.span, what_ + " waits longer than 60s between tries");
        } else if (backoff) {
          step_.retry.backoff_us = *backoff;
        }
      } else if (entry.key == "factor") {
        if (const auto f = values_.thousandths(entry.value, what_, 1000, kMaxFactorThousandths)) step_.retry.factor_thousandths = *f;
      }
    }
    if (!has_max) problem("flow.missing_key", v.span, what_ + " does not say how often", "add `max: N`");
  }

  void read_files(const Node& v) {
    if (!values_.mapping(v, what_, {})) return;
    for (const Entry& entry : v.entries) {
      const std::string_view guest = entry.key;
      const bool below_root = guest.starts_with('/') && is_plain_relative(guest.substr(1));
      if (!below_root || guest == "/in" || guest.starts_with("/in/") || guest == "/out" || guest.starts_with("/out/")) {
        problem("flow.bad_guest_path", entry.key_span, quoted(guest) + " cannot hold files of step `" + step_.name + "`",
                "use an absolute path outside /in and /out, like /data/model.bin");
        continue;
      }
      const auto host = values_.text(entry.value, what_);
      if (!host) continue;
      const std::string_view relative = without_dot(*host);
      if (!is_plain_relative(relative)) {
        problem("flow.bad_path", entry.value.span, what_ + " must be below the document's folder, but it is " + quoted(*host), "no `..`, no leading `/`");
        continue;
      }
      step_.files.push_back({entry.key, std::string(relative), entry.value.span});
    }
    check_files_apart(v);
  }

  // One mount inside another would hide it.
  void check_files_apart(const Node& v) {
    std::vector<std::string> paths;
    for (const MountedFile& file : step_.files) paths.push_back(file.guest_path + "/");
    std::sort(paths.begin(), paths.end());
    for (std::size_t i = 1; i < paths.size(); ++i)
      if (paths[i].starts_with(paths[i - 1]))
        problem("flow.overlapping_files", v.span, what_ + " puts " + quoted(paths[i].substr(0, paths[i].size() - 1)) + " inside " + quoted(paths[i - 1]));
  }

  void read_outputs(const Node& v) {
    outputs_seen_ = true;
    for (const Node& item : values_.list(v, what_)) {
      const auto name = values_.text(item, what_);
      if (!name) continue;
      if (!is_plain_relative(*name)) {
        problem("flow.bad_output_path", item.span, quoted(*name) + " cannot name a file below `/out`", "use a relative path without `..`");
      } else if (std::find(step_.outputs.begin(), step_.outputs.end(), *name) != step_.outputs.end()) {
        problem("flow.duplicate_output", item.span, what_ + " names " + quoted(*name) + " twice");
      } else {
        step_.outputs.push_back(*name);
      }
    }
  }

  void read_instances(const Node& v) {
    instances_seen_ = true;
    if (!values_.mapping(v, what_, kInstancesKeys)) return;
    for (const Entry& entry : v.entries) {
      if (entry.key == "min") {
        if (const auto n = values_.integer(entry.value, what_, 0, kMaxInstances)) step_.instances.min = static_cast<std::uint32_t>(*n);
      } else if (entry.key == "max") {
        if (const auto n = values_.integer(entry.value, what_, 1, kMaxInstances)) step_.instances.max = static_cast<std::uint32_t>(*n);
      } else if (entry.key == "idle_timeout") {
        if (const auto t = values_.duration(entry.value, what_)) step_.instances.idle_timeout_us = *t;
      } else if (entry.key == "max_reuse") {
        if (const auto n = values_.integer(entry.value, what_, 1, INT64_MAX)) step_.instances.max_reuse = *n;
      }
    }
    if (step_.instances.max > 0 && step_.instances.min > step_.instances.max)
      problem("flow.bad_instances", v.span, what_ + " asks for more instances than it allows", "make `min` at most `max`");
  }

  void read_place(const Node& v) {
    for (const Node& item : values_.list(v, what_)) {
      const auto name = values_.text(item, what_);
      if (!name) continue;
      if (!is_name(*name)) {
        problem("flow.bad_name", item.span, quoted(*name) + " is no tier or node name", "use lower-case letters, digits, `-` and `_`");
      } else {
        step_.place.push_back(*name);
      }
    }
  }

  // Keys that only make sense with, or without, one another.
  void check_together(const Node& node) {
    if (step_.parallel > 0 && step_.each == Each::none)
      problem("flow.parallel_without_each", node.span, "step `" + step_.name + "` has `parallel` but no items to run in parallel", "add `each: frames` or `each: lines`");
    if (instances_seen_ && step_.abi != Abi::stream)
      problem("flow.instances_without_stream", node.span, "step `" + step_.name + "` has `instances`, but only `abi: stream` keeps instances", "add `abi: stream`");
    if (step_.each != Each::none && outputs_seen_)
      problem("flow.each_with_outputs", node.span, "step `" + step_.name + "` runs once an item, so it has no single `/out`", "answer on stdout");
    if (step_.abi != Abi::stream) return;
    const auto refuse = [&](std::string_view key) {
      problem("flow.stream_key", node.span, "step `" + step_.name + "` is a stream: it reads one frame and answers one, so it takes no " + std::string(key),
              "remove it, or leave out `abi: stream`");
    };
    if (out_.needs.size() > 1 || out_.needs_are_files) refuse("`needs` as files");
    if (!out_.stdin_key.empty()) refuse("`stdin`");
    if (outputs_seen_) refuse("`outputs`");
    if (accept_seen_) refuse("`accept`");
  }

  Values& values_;
  UnresolvedStep& out_;
  Step& step_;
  std::string what_;
  bool run_seen_ = false, accept_seen_ = false, outputs_seen_ = false, instances_seen_ = false;
};

}  // namespace

bool is_param_name(std::string_view text) {
  if (text.empty() || text.size() > 63 || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Template read_template(Values& values, const std::string& text, Span span, std::string_view what) {
  Template out;
  std::string literal;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$') {
      literal.push_back(text[i]);
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == '$') {
      literal.push_back('$');
      ++i;
      continue;
    }
    const std::size_t end = text.find('}', i);
    const std::string name = i + 1 < text.size() && text[i + 1] == '{' && end != std::string::npos ? text.substr(i + 2, end - i - 2) : "";
    if (!is_param_name(name)) {
      values.problems().add("flow.bad_template", span, std::string(what) + " has a `$` that begins no parameter: " + quoted(text), "write ${NAME} for a parameter, $$ for a dollar sign");
      return out;
    }
    if (!literal.empty()) out.pieces.push_back({Template::Piece::Kind::literal, std::exchange(literal, {})});
    out.pieces.push_back({Template::Piece::Kind::param, name});
    i = end;
  }
  if (!literal.empty() || out.pieces.empty()) out.pieces.push_back({Template::Piece::Kind::literal, std::move(literal)});
  return out;
}

UnresolvedStep read_step(Values& values, const std::string& name, Span name_span, const Node& node) {
  UnresolvedStep out;
  out.step.name = name;
  out.step.name_span = name_span;
  out.span = node.span;
  if (values.mapping(node, "step `" + name + "`", kStepKeys)) StepReader(values, out).read(node);
  return out;
}

}  // namespace weft::flow
