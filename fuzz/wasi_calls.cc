// Random calls with random arguments on random memory: 1 byte of function, then 8 for each argument; the first bytes fill
// guest memory, so that structures and paths are random too.
#include <algorithm>
#include <cstring>

#include "core/wasi/fake_guest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft::wasi;
  Setup setup;
  setup.args = {"fuzz", "x"};
  setup.bounds = {1 << 20, 1 << 16, 32, 64};
  test::Guest bench(setup);
  bench.host.memory.resize(1 << 16);
  bench.host.input = {"stdin bytes"};
  static_cast<void>(bench.process.tree().mount_read_only("/in/a", bench.host.add("given"), 5));
  const std::size_t filled = std::min<std::size_t>(size / 2, 4096);
  std::memcpy(bench.host.memory.data(), data, filled);
  data += filled;
  size -= filled;
  while (size > 0) {
    const std::size_t function = *data++ % kFunctions.size();
    --size;
    std::vector<std::uint64_t> args;
    for (const char type : kFunctions[function].params) {
      std::uint64_t value = 0;
      // Mostly small: descriptors, addresses and sizes that mean something.
      const std::size_t width = std::min<std::size_t>(size, size > 0 && (*data & 0xE0U) == 0xE0U ? 8 : 2);
      std::memcpy(&value, data, width);
      data += width;
      size -= width;
      args.push_back(type == 'i' ? static_cast<std::uint32_t>(value) : value);
    }
    Answer answer = bench.process.call(static_cast<Function>(function), args);
    while (answer.kind == Answer::Kind::more) answer = bench.process.resume();
    if (answer.kind != Answer::Kind::done) return 0;
  }
  return 0;
}
