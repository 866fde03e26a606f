#include "bench/figures.h"

#include <time.h>

#include <cstdio>

#include "core/base/json_writer.h"
#include "core/report/statistics.h"

namespace weft::bench {
namespace {

double now_ns() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

double timed(const std::function<void()>& call) {
  const double begin = now_ns();
  call();
  return now_ns() - begin;
}

std::int64_t thousandths(double value) { return static_cast<std::int64_t>(value * 1000 + 0.5); }

}  // namespace

Pair measure(std::uint32_t rounds, const std::function<void()>& value, const std::function<void()>& floor) {
  std::vector<double> values, floors;
  value(), floor();  // warm
  for (std::uint32_t i = 0; i < rounds; ++i) {
    values.push_back(timed(value));
    floors.push_back(timed(floor));
  }
  return {report::summarize(values).median, report::summarize(floors).median};
}

double median_ns(std::uint32_t rounds, const std::function<void()>& call) {
  std::vector<double> samples;
  call();
  for (std::uint32_t i = 0; i < rounds; ++i) samples.push_back(timed(call));
  return report::summarize(samples).median;
}

void print_table(const std::vector<Figure>& figures) {
  std::printf("%-44s %12s %12s %8s %6s\n", "figure", "value", "floor", "ratio", "goal");
  for (const Figure& f : figures)
    std::printf("%-44s %9.2f %-2s %9.2f %-2s %8.2f %6.2f %s\n", f.name.c_str(), f.value, f.unit.c_str(), f.floor, f.unit.c_str(), f.ratio(), f.goal,
                f.met() ? "" : "MISSED");
}

std::string to_json(const std::vector<Figure>& figures) {
  JsonWriter json(JsonWriter::Style::indented);
  json.begin_array();
  for (const Figure& f : figures) {
    json.begin_object().key("name").string(f.name).key("value").decimal(thousandths(f.value)).key("unit").string(f.unit);
    json.key("floor").decimal(thousandths(f.floor)).key("ratio").decimal(thousandths(f.ratio())).key("goal").decimal(thousandths(f.goal));
    json.key("met").boolean(f.met()).end_object();
  }
  json.end_array();
  return json.take() + "\n";
}

}  // namespace weft::bench
