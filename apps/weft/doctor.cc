// `weft doctor` and `weft version`: what this machine has, which limits hold, whether the kept artifacts are whole.
#include <algorithm>

#include "apps/weft/machine.h"
#include "apps/weft/terminal.h"
#include "apps/weft/verbs.h"
#include "core/base/json_writer.h"
#include "core/base/text.h"
#include "core/run/limits.h"
#include "core/wasi/process.h"
#include "core/wire/frame.h"
#include "host/engine/limits.h"
#include "host/store/limits.h"
#include "host/store/paths.h"

namespace weft::app {
namespace {

constexpr std::string_view kVersion = WEFT_VERSION;

struct Fact {
  std::string name, value;
};

std::vector<Fact> limits() {
  const host::Bounds bounds;
  const wasi::Bounds guest;
  return {{"memory of a try", format_bytes(bounds.memory_bytes)},
          {"file tree of a try", format_bytes(bounds.tree_bytes)},
          {"output of a try", format_bytes(bounds.output_bytes)},
          {"log of a try", format_bytes(bounds.log_bytes)},
          {"descriptors", std::to_string(guest.descriptors)},
          {"files", std::to_string(guest.files)},
          {"items of an `each`", std::to_string(run::kMaxItems)},
          {"frame", format_bytes(wire::kMaxFrameBytes)},
          {"wasm stack", format_bytes(host::kMaxWasmStackBytes)},
          {"run timeout", "none"},
          {"payload in memory before it spills", format_bytes(host::kSpillAboveBytes)}};
}

std::vector<Fact> machine_facts() {
  host::Engines engines(host::Allocator::pooled);
  static_cast<void>(engines.get(host::Compiler::cranelift));
  const auto refused = engines.pool_refused();
  const auto cache = host::cache_folder();
  return {{"weft", std::string(kVersion)},
          {"engine", host::Engines::version()},
          {"pooling", refused ? "no: " + *refused : "yes, " + std::to_string(host::kPoolSlots) + " instances"},
          {"cores", std::to_string(core_count())},
          {"artifacts valid for", host::Engines::artifact_engine()},
          {"artifacts kept in", cache ? *cache + "/artifacts" : cache.error().message},
          {"payload spills to", host::spill_folder()}};
}

void add(JsonWriter& json, std::string_view key, const std::vector<Fact>& facts) {
  json.key(key).begin_object();
  for (const Fact& fact : facts) json.key(fact.name).string(fact.value);
  json.end_object();
}

std::string table(const std::vector<Fact>& facts) {
  std::size_t widest = 0;
  for (const Fact& fact : facts) widest = std::max(widest, fact.name.size());
  std::string out;
  for (const Fact& fact : facts) out += "  " + fact.name + std::string(widest - fact.name.size() + 2, ' ') + fact.value + "\n";
  return out;
}

}  // namespace

int doctor(Format format) {
  const std::vector<Fact> facts = machine_facts();
  const auto artifacts = open_artifacts();
  const auto checked = artifacts ? artifacts->check() : std::vector<host::ArtifactFiles::Checked>{};
  const bool good = std::none_of(checked.begin(), checked.end(), [](const auto& one) { return one.problem.has_value(); });
  if (format == Format::json) {
    JsonWriter json;
    json.begin_object();
    add(json, "machine", facts);
    add(json, "limits", limits());
    json.key("artifacts").begin_array();
    for (const auto& one : checked) {
      json.begin_object().key("name").string(one.name).key("bytes").unsigned_integer(one.bytes).key("problem");
      if (one.problem) {
        json.string(one.problem->message);
      } else {
        json.null();
      }
      json.end_object();
    }
    json.end_array().end_object();
    print(Stream::out, json.take() + "\n");
  } else {
    std::string out = "machine\n" + table(facts) + "limits and defaults\n" + table(limits()) + "artifacts\n  " + std::to_string(checked.size()) + " kept" + (good ? ", all whole\n" : "\n");
    for (const auto& one : checked)
      if (one.problem) out += "  " + one.problem->message + "\n";
    print(Stream::out, out);
  }
  return good ? kExitOk : kExitRunFailed;
}

int version(Format format) {
  const std::string engine = host::Engines::version();
  if (format == Format::json) {
    JsonWriter json;
    json.begin_object().key("weft").string(kVersion).key("engine").string(engine).end_object();
    print(Stream::out, json.take() + "\n");
  } else {
    print(Stream::out, "weft " + std::string(kVersion) + " (" + engine + ")\n");
  }
  return kExitOk;
}

}  // namespace weft::app
