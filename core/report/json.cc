#include "core/report/json.h"

#include "core/run/trace.h"

namespace weft::report {
namespace {

// Nanoseconds as microseconds.
void micros(JsonWriter& json, std::string_view key, std::optional<std::int64_t> ns) {
  json.key(key);
  if (ns) {
    json.decimal(*ns);
  } else {
    json.null();
  }
}

void write_attempt(JsonWriter& json, const AttemptRecord& a) {
  json.begin_object();
  json.key("item").unsigned_integer(a.item).key("try").unsigned_integer(a.try_number);
  json.key("node").string(a.node).key("tier").string(a.tier).key("mode").string(a.mode).key("start").string(a.start);
  micros(json, "start_us", a.start_ns);
  micros(json, "queue_us", a.queue_ns);
  micros(json, "read_us", a.read_ns);
  micros(json, "verify_us", a.verify_ns);
  micros(json, "compile_us", a.compile_ns);
  micros(json, "map_us", a.map_ns);
  micros(json, "instantiate_us", a.instantiate_ns);
  micros(json, "run_us", a.run_ns);
  micros(json, "cpu_us", a.cpu_ns);
  json.key("peak_memory_bytes");
  if (a.peak_memory_bytes) {
    json.unsigned_integer(*a.peak_memory_bytes);
  } else {
    json.null();
  }
  json.key("in_bytes").unsigned_integer(a.in_bytes).key("out_bytes").unsigned_integer(a.out_bytes);
  json.key("log_bytes").unsigned_integer(a.log_bytes);
  json.key("outcome").string(outcome_name(a.outcome.kind)).key("memory_limit_hit").boolean(a.memory_limit_hit);
  json.key("exit_code");
  if (a.outcome.kind == run::Outcome::Kind::exited) {
    json.integer(a.outcome.exit_code);
  } else {
    json.null();
  }
  if (!a.code.empty()) json.key("code").string(a.code).key("detail").string(a.detail);
  json.end_object();
}

void write_step(JsonWriter& json, const StepRecord& s) {
  json.begin_object().key("name").string(s.name).key("state").string(run::name_of(s.state)).key("reason");
  if (s.reason.empty()) {
    json.null();
  } else {
    json.string(s.reason);
  }
  json.key("attempts").begin_array();
  for (const AttemptRecord& attempt : s.attempts) write_attempt(json, attempt);
  json.end_array().end_object();
}

void write_output(JsonWriter& json, const OutputRecord& o) {
  json.begin_object().key("name").string(o.name).key("state").string(run::name_of(o.state));
  json.key("bytes").unsigned_integer(o.bytes).key("sha256");
  if (o.digest) {
    json.string(o.digest->hex());
  } else {
    json.null();
  }
  json.end_object();
}

}  // namespace

std::string_view outcome_name(run::Outcome::Kind kind) {
  switch (kind) {
    case run::Outcome::Kind::exited: return "exit";
    case run::Outcome::Kind::trapped: return "trap";
    case run::Outcome::Kind::timed_out: return "timeout";
    case run::Outcome::Kind::not_loaded: return "load";
    case run::Outcome::Kind::bad_output: return "output";
    case run::Outcome::Kind::cancelled: return "cancelled";
  }
  return "";
}

void write(JsonWriter& json, const RunRecord& r) {
  json.begin_object();
  json.key("schema").string(kSchema).key("run").string(r.run);
  json.key("workflow").begin_object().key("name").string(r.workflow).key("digest").string(r.workflow_digest.text()).end_object();
  json.key("node").string(r.node).key("tier").string(r.tier).key("mode").string(r.mode).key("seed");
  if (r.seed) {
    json.unsigned_integer(*r.seed);
  } else {
    json.null();
  }
  json.key("state").string(run::name_of(r.state));
  micros(json, "makespan_us", r.makespan_ns);
  micros(json, "total_us", r.total_ns);
  json.key("network");
  if (r.network) {
    json.begin_object();
    micros(json, "connect_us", r.network->connect_ns);
    micros(json, "upload_us", r.network->upload_ns);
    micros(json, "download_us", r.network->download_ns);
    json.end_object();
  } else {
    json.null();
  }
  micros(json, "cpu_us", r.cpu_ns);
  json.key("steps").begin_array();
  for (const StepRecord& step : r.steps) write_step(json, step);
  json.end_array().key("outputs").begin_array();
  for (const OutputRecord& output : r.outputs) write_output(json, output);
  json.end_array().end_object();
}

std::string to_json(const RunRecord& record, JsonWriter::Style style) {
  JsonWriter json(style);
  write(json, record);
  return json.take();
}

}  // namespace weft::report
