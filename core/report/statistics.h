// Summaries of samples: for reports, benchmarks and comparisons. Pure; the order of the samples does not matter.
#pragma once

#include <cstddef>
#include <span>

namespace weft::report {

struct Summary {
  std::size_t count = 0;
  double min = 0, median = 0, mean = 0, p95 = 0, p99 = 0, max = 0;
  // 95 % interval of the median from order statistics (binomial, normal approximation from 8 samples on; with fewer it is
  // the whole range). No assumption about the distribution.
  double median_low = 0, median_high = 0;
};

// Quantiles interpolate between the two nearest ranks. All zero without samples.
[[nodiscard]] Summary summarize(std::span<const double> samples);

}  // namespace weft::report
