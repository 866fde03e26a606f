// Figures and their floors: medians of interleaved samples, a table, JSON. One process measures both sides of a ratio.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weft::bench {

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  double floor = 0;  // in the same unit
  double goal = 0;   // of value / floor, at most

  [[nodiscard]] double ratio() const { return floor > 0 ? value / floor : 0; }
  [[nodiscard]] bool met() const { return ratio() <= goal; }
};

// Nanoseconds that one call of each takes, medians over `rounds`; the calls alternate, so that both see the same machine.
struct Pair {
  double value_ns, floor_ns;
};
[[nodiscard]] Pair measure(std::uint32_t rounds, const std::function<void()>& value, const std::function<void()>& floor);
[[nodiscard]] double median_ns(std::uint32_t rounds, const std::function<void()>& call);

void print_table(const std::vector<Figure>& figures);
[[nodiscard]] std::string to_json(const std::vector<Figure>& figures);

}  // namespace weft::bench
