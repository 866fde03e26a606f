// weft_sim: runs the simulation of core/run. The same source is built natively and for wasm32-wasi.
//   weft_sim events N [FIRST]   seeds from FIRST on until N events; on a violation says the seed and exits 1
//   weft_sim trace SEED         one seed's trace, and what did not hold in it
//   weft_sim traces A B         the traces of seeds A to B - 1
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "sim/simulate.h"

namespace {

int events(unsigned long long wanted, unsigned long long seed) {
  unsigned long long done = 0, runs = 0;
  for (; done < wanted; ++seed, ++runs) {
    const auto result = weft::sim::simulate(seed, weft::sim::Trace::drop);
    done += result.events;
    if (result.violation.empty()) continue;
    std::printf("seed %llu: %s\nreplay: weft_sim trace %llu\n", seed, result.violation.c_str(), seed);
    return 1;
  }
  std::printf("%llu events in %llu runs, all invariants held\n", done, runs);
  return 0;
}

int trace(unsigned long long from, unsigned long long to) {
  int code = 0;
  for (unsigned long long seed = from; seed < to; ++seed) {
    const auto result = weft::sim::simulate(seed, weft::sim::Trace::keep);
    std::printf("seed %llu\n%s", seed, result.trace.c_str());
    if (!result.violation.empty()) std::printf("violation: %s\n", result.violation.c_str()), code = 1;
  }
  return code;
}

unsigned long long number(const char* text) { return std::strtoull(text, nullptr, 10); }

}  // namespace

int main(int argc, char** argv) {
  if (argc >= 3 && std::strcmp(argv[1], "events") == 0) return events(number(argv[2]), argc > 3 ? number(argv[3]) : 0);
  if (argc == 3 && std::strcmp(argv[1], "trace") == 0) return trace(number(argv[2]), number(argv[2]) + 1);
  if (argc == 4 && std::strcmp(argv[1], "traces") == 0) return trace(number(argv[2]), number(argv[3]));
  std::fprintf(stderr, "usage: weft_sim events N [FIRST] | trace SEED | traces A B\n");
  return 2;
}
