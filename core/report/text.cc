#include "core/report/text.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/text.h"
#include "core/report/json.h"
#include "core/run/trace.h"

namespace weft::report {
namespace {

constexpr std::string_view kRed = "\x1b[31m", kGreen = "\x1b[32m", kDim = "\x1b[2m", kBold = "\x1b[1m", kOff = "\x1b[0m";

std::string short_time(std::int64_t ns) {
  if (ns < 1000) return std::to_string(ns) + " ns";
  if (ns < 100'000) return std::to_string(ns / 1000) + "." + std::to_string(ns % 1000 / 100) + " us";
  return format_micros(ns / 1000);
}

// The sum over a step's tries of a time, or "-" where nobody measured it.
std::string total(const StepRecord& step, std::optional<std::int64_t> AttemptRecord::* member) {
  std::optional<std::int64_t> sum;
  for (const AttemptRecord& a : step.attempts)
    if (a.*member) sum = sum.value_or(0) + *(a.*member);
  return sum ? short_time(*sum) : "-";
}

std::string load_time(const StepRecord& step) {
  std::int64_t sum = 0;
  for (const AttemptRecord& a : step.attempts)
    for (const auto part : {a.read_ns, a.verify_ns, a.compile_ns, a.map_ns}) sum += part.value_or(0);
  return short_time(sum);
}

// "cold", or "1 cold, 7 hot" where tries differ.
std::string starts(const StepRecord& step) {
  std::string out;
  for (const std::string_view kind : {"cold", "warm", "hot"}) {
    const auto count = std::count_if(step.attempts.begin(), step.attempts.end(), [&](const auto& a) { return a.start == kind; });
    if (count == 0) continue;
    if (!out.empty()) out += ",";
    out += step.attempts.size() == 1 ? std::string(kind) : std::to_string(count) + " " + std::string(kind);
  }
  return out.empty() ? "-" : out;
}

std::int64_t first_start(const StepRecord& step) {
  std::int64_t first = INT64_MAX;
  for (const AttemptRecord& a : step.attempts) first = std::min(first, a.start_ns);
  return first;
}

std::int64_t end_of(const AttemptRecord& a) {
  std::int64_t end = a.start_ns;
  for (const auto part : {a.queue_ns, a.compile_ns, a.map_ns, a.instantiate_ns, a.run_ns}) end += part.value_or(0);
  return end;
}

std::vector<std::string> row(const StepRecord& step) {
  if (step.attempts.empty()) return {step.name, std::string(run::name_of(step.state))};
  std::uint64_t in = 0, out = 0, peak = 0;
  for (const AttemptRecord& a : step.attempts) {
    in += a.in_bytes;
    if (a.outcome.kind == run::Outcome::Kind::exited) out += a.out_bytes;
    peak = std::max(peak, a.peak_memory_bytes.value_or(0));
  }
  return {step.name,
          std::string(run::name_of(step.state)),
          starts(step),
          std::to_string(step.attempts.size()),
          short_time(first_start(step)),
          total(step, &AttemptRecord::queue_ns),
          load_time(step),
          total(step, &AttemptRecord::instantiate_ns),
          total(step, &AttemptRecord::run_ns),
          total(step, &AttemptRecord::cpu_ns),
          format_bytes(peak),
          format_bytes(in),
          format_bytes(out)};
}

std::string paint(std::string_view text, std::string_view color, TextOptions options) {
  if (options.color == TextOptions::Color::off) return std::string(text);
  return std::string(color) + std::string(text) + std::string(kOff);
}

std::string_view color_of(run::EndState state) {
  return state == run::EndState::succeeded ? kGreen : state == run::EndState::failed ? kRed : kDim;
}

std::string table(const RunRecord& record, TextOptions options) {
  std::vector<std::vector<std::string>> rows = {
      {"step", "state", "start", "tries", "at", "queue", "load", "instantiate", "run", "cpu", "memory", "in", "out"}};
  for (const StepRecord& step : record.steps) rows.push_back(row(step));
  std::vector<std::size_t> widths(rows[0].size());
  for (const auto& cells : rows)
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], count_code_points(cells[i]));
  std::string out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      const std::string padding(widths[i] - count_code_points(rows[r][i]), ' ');
      const bool left = i < 3;
      std::string cell = left ? rows[r][i] + padding : padding + rows[r][i];
      if (r == 0) cell = paint(cell, kBold, options);
      if (r > 0 && i == 1) cell = paint(cell, color_of(record.steps[r - 1].state), options);
      line += (i > 0 ? "  " : "") + cell;
    }
    while (line.ends_with(' ')) line.pop_back();
    out += line + "\n";
  }
  return out;
}

// One bar a step: waiting `.`, loading and instantiating `=`, running `#`.
std::string gantt(const RunRecord& record, TextOptions options) {
  std::int64_t span = std::max<std::int64_t>(record.makespan_ns, 1);
  std::size_t names = 0;
  for (const StepRecord& step : record.steps) {
    names = std::max(names, count_code_points(step.name));
    for (const AttemptRecord& a : step.attempts) span = std::max(span, end_of(a));
  }
  const std::size_t columns = std::clamp<std::size_t>(options.width > names + 16 ? options.width - names - 14 : 10, 10, 120);
  const auto column = [&](std::int64_t ns) {
    return std::min(columns - 1, static_cast<std::size_t>(ns * static_cast<std::int64_t>(columns) / span));
  };
  std::string out;
  for (const StepRecord& step : record.steps) {
    std::string bar(columns, ' ');
    const auto fill = [&](std::int64_t from, std::int64_t to, char mark) {
      if (to > from)
        for (std::size_t c = column(from); c <= column(to - 1); ++c) bar[c] = mark == '#' || bar[c] == ' ' ? mark : bar[c];
    };
    for (const AttemptRecord& a : step.attempts) {
      const std::int64_t loads = a.start_ns + a.queue_ns.value_or(0);
      const std::int64_t runs = end_of(a) - a.run_ns.value_or(0);
      fill(a.start_ns, loads, '.');
      fill(loads, runs, '=');
      fill(runs, end_of(a), '#');
    }
    while (bar.ends_with(' ')) bar.pop_back();
    out += step.name + std::string(names - count_code_points(step.name), ' ') + " |" + bar + "\n";
  }
  return out + paint("  . waits   = loads and instantiates   # runs   " + short_time(span) + " across\n", kDim, options);
}

std::string failures(const RunRecord& record) {
  std::string out;
  for (const StepRecord& step : record.steps) {
    if (step.state != run::EndState::failed) continue;
    out += "step " + step.name + " failed: " + step.reason + "\n";
    if (step.log_tail.empty()) continue;
    out += "  last lines of its log:\n";
    std::size_t at = 0;
    while (at < step.log_tail.size()) {
      const std::size_t end = std::min(step.log_tail.find('\n', at), step.log_tail.size());
      out += "    " + step.log_tail.substr(at, end - at) + "\n";
      at = end + 1;
    }
  }
  return out;
}

}  // namespace

std::string to_text(const RunRecord& record, TextOptions options) {
  std::string out = "run " + record.run + "  workflow " + record.workflow + "  " + record.workflow_digest.text().substr(0, 19) +
                    "  mode " + record.mode + "\n\n";
  out += table(record, options) + "\n" + gantt(record, options) + "\n";
  const bool good = record.state == run::RunState::succeeded;
  out += paint(run::name_of(record.state), good ? kGreen : kRed, options) + "  makespan " + short_time(record.makespan_ns) +
         "  total " + short_time(record.total_ns);
  if (record.cpu_ns) out += "  cpu " + short_time(*record.cpu_ns);
  out += "\n";
  for (const OutputRecord& output : record.outputs) {
    out += "output " + output.name + "  ";
    out += output.state == run::EndState::succeeded ? format_bytes(output.bytes) : std::string(run::name_of(output.state));
    if (output.digest) out += "  " + output.digest->text();
    out += "\n";
  }
  return out + failures(record);
}

}  // namespace weft::report
