// weft_bench GUESTS OUT.json [GROUP]: what weft adds over bare loops in the same process. Each figure is a ratio to a floor.
#include <sys/resource.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "bench/figures.h"
#include "bench/workbench.h"
#include "core/flow/parse.h"
#include "host/document/read_document.h"
#include "host/engine/floor.h"
#include "host/payload/buffer.h"
#include "host/store/files.h"

namespace weft::bench {
namespace {

// Steps in a row, each needing the one before.
flow::Workflow chain(std::uint32_t count) {
  flow::Workflow workflow;
  workflow.name = "chain";
  for (std::uint32_t i = 0; i < count; ++i) {
    flow::Step step;
    step.name = "s" + std::to_string(i);
    if (i > 0) {
      flow::Source source;
      source.step = i - 1;
      source.text = "s" + std::to_string(i - 1);
      step.needs.push_back({source.text, source});
      step.stdin_need = 0;
    }
    workflow.steps.push_back(std::move(step));
  }
  flow::Source last;
  last.step = count - 1;
  last.text = "s" + std::to_string(count - 1);
  workflow.outputs.push_back({last});
  return workflow;
}

// One step, `width` that need it, one that needs them all.
flow::Workflow fan(std::uint32_t width) {
  flow::Workflow workflow = chain(1);
  for (std::uint32_t i = 0; i <= width; ++i) {
    flow::Step step;
    step.name = "s" + std::to_string(i + 1);
    for (std::uint32_t from = i < width ? 0 : 1; from < (i < width ? 1 : width + 1); ++from) {
      flow::Source source;
      source.step = from;
      source.text = "s" + std::to_string(from);
      step.needs.push_back({source.text, source});
    }
    workflow.steps.push_back(std::move(step));
  }
  workflow.outputs[0].source.step = width + 1;
  return workflow;
}

void instances(Workbench& bench, std::vector<Figure>& figures) {
  const std::string wasm = bench.module("noop")->bytes.to_string();
  host::Floor floor(bench.engines(), std::as_bytes(std::span(wasm)));
  const auto one = bench.prepare(chain(1), "noop"), forty = bench.prepare(chain(40), "noop"), hundred = bench.prepare(fan(100), "noop");
  constexpr std::uint32_t kTimes = 50;
  const auto compare = [&](const std::string& name, const auto& prepared, std::uint32_t steps, double goal) {
    const Pair pair = measure(40, [&] { bench.run(prepared, {}, kTimes); },
                              [&] { bench.on_shard([&] { for (std::uint32_t i = 0; i < kTimes * steps; ++i) floor.fresh(); }); });
    const double per = 1e3 * kTimes * steps;
    figures.push_back({name, pair.value_ns / per, "us", pair.floor_ns / per, goal});
  };
  compare("no-op step through the driver", one, 1, 1.5);
  compare("chain of 40 no-op steps, a step", forty, 40, 2.0);
  compare("fan-out to 100 and join, a step", hundred, 102, 2.0);
}

// The same bytes from chunks through a 64 KiB buffer into recycled chunks: what a guest's copy cannot do without.
void copy_through(const host::Blob& blob, const std::shared_ptr<host::ChunkPool>& pool, std::vector<std::byte>& middle) {
  host::Buffer out(pool);
  for (std::uint64_t at = 0; at < blob.size_bytes();) {
    std::size_t filled = 0;
    while (filled < middle.size()) {
      const auto run = blob.at(at);
      if (run.empty()) break;
      const std::size_t take = std::min(run.size(), middle.size() - filled);
      std::memcpy(middle.data() + filled, run.data(), take);
      filled += take;
      at += take;
    }
    static_cast<void>(out.append(std::span(middle).first(filled)));
  }
  static_cast<void>(out.freeze());
}

long peak_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

void payload(Workbench& bench, std::vector<Figure>& figures) {
  const auto cat = bench.prepare(chain(1), "cat");
  std::vector<std::byte> middle(64 * 1024);
  const auto make = [&](std::size_t size) {
    host::Buffer buffer(bench.pool());
    std::vector<std::byte> block(64 * 1024, std::byte{'x'});
    for (std::size_t done = 0; done < size; done += block.size()) static_cast<void>(buffer.append(std::span(block).first(std::min(block.size(), size - done))));
    return buffer.freeze();
  };
  const auto compare = [&](const std::string& name, std::size_t size, std::uint32_t rounds, std::uint32_t times) {
    const host::Blob blob = make(size);
    const Pair pair = measure(rounds, [&] { bench.run(cat, blob, times); }, [&] { bench.on_shard([&] { for (std::uint32_t i = 0; i < times; ++i) copy_through(blob, bench.pool(), middle); }); });
    figures.push_back({name, pair.value_ns / 1e3 / times, "us", pair.floor_ns / 1e3 / times, 1.6});
  };
  compare("cat of 1 MB", 1'000'000, 40, 20);
  const long before = peak_kib();
  {
    const host::Blob blob = make(100'000'000);
    bench.run(cat, blob, 1);
  }
  figures.push_back({"peak memory of a 100 MB cat", static_cast<double>(peak_kib() - before) * 1024 / 1e6, "MB", 100, 2.2});
  compare("cat of 100 MB", 100'000'000, 10, 1);
}

void hot_frames(Workbench& bench, std::vector<Figure>& figures) {
  const std::string wasm = bench.module("cat")->bytes.to_string();
  host::Floor floor(bench.engines(), std::as_bytes(std::span(wasm)));
  flow::Workflow workflow = chain(1);
  workflow.steps[0].abi = flow::Abi::stream;
  const auto stream = bench.prepare(workflow, "cat");  // cat answers a frame with its own bytes, envelope and all
  const host::Blob frame = host::Blob::copy_of(std::string(64, 'f'));
  std::vector<std::byte> bytes(69, std::byte{'f'});
  bench.on_shard([&] { floor.suspend(); });
  constexpr std::uint32_t kTimes = 500;
  const Pair pair = measure(40, [&] { bench.run(stream, frame, kTimes); }, [&] { bench.on_shard([&] { for (std::uint32_t i = 0; i < kTimes; ++i) floor.frame(bytes); }); });
  figures.push_back({"hot stream step, frame of 64 B", pair.value_ns / 1e3 / kTimes, "us", pair.floor_ns / 1e3 / kTimes, 3.0});
}

std::string chain_text(std::uint32_t steps) {
  std::string text = "weft: 1\nname: big\nsteps:\n  s0: {run: m.wasm}\n";
  for (std::uint32_t i = 1; i < steps; ++i)
    text += "  s" + std::to_string(i) + ": {run: m.wasm, needs: [s" + std::to_string(i - 1) + "], timeout: 2s, retry: {max: 3, backoff: 100ms}}\n";
  return text;
}

void documents(std::vector<Figure>& figures) {
  double small_ns = 0;
  for (const std::uint32_t steps : {100U, 1000U, 10'000U}) {
    const std::string text = chain_text(steps);
    const Pair pair = measure(10, [&] { static_cast<void>(flow::parse(*document::read_document(text).root)); }, [&] { static_cast<void>(document::count_events(text)); });
    figures.push_back({"parse and validate " + std::to_string(steps) + " steps, over libfyaml", pair.value_ns / 1e3, "us", pair.floor_ns / 1e3, 5.0});
    if (steps == 100) small_ns = pair.value_ns / steps;
    if (steps == 10'000) figures.push_back({"parse, a step of 10,000 over one of 100", pair.value_ns / steps / 1e3, "us", small_ns / 1e3, 1.5});
  }
}

void core_cost(std::vector<Figure>& figures) {
  const auto cost = [](std::uint32_t steps) {
    const auto plan = std::make_shared<const run::Plan>(chain(steps));
    return median_ns(20, [&] {
             run::Run run(plan, {});
             std::vector<run::Attempt> started;
             const auto pump = [&] {
               while (const auto action = run.poll_action())
                 if (const auto* start = std::get_if<run::StartAttempt>(&*action)) started.push_back(start->attempt);
             };
             run.handle(run::Begin{}, {});
             pump();
             while (!started.empty()) {
               const run::Attempt attempt = started.back();
               started.pop_back();
               run.handle(run::AttemptEnded{attempt, {}}, {});
               pump();
             }
           }) /
           steps;
  };
  figures.push_back({"a run's cost a step, 10,000 over 100", cost(10'000) / 1e3, "us", cost(100) / 1e3, 1.2});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::fprintf(stderr, "usage: weft_bench GUESTS OUT.json [payload|instances|frames|documents|core]\n");
    return 2;
  }
  const auto wanted = [&](std::string_view group) { return argc == 3 || group == argv[3]; };
  std::vector<Figure> figures;
  {
    Workbench bench(argv[1]);
    if (wanted("payload")) payload(bench, figures);
    if (wanted("instances")) instances(bench, figures);
    if (wanted("frames")) hot_frames(bench, figures);
  }
  if (wanted("documents")) documents(figures);
  if (wanted("core")) core_cost(figures);
  print_table(figures);
  if (const auto written = host::write_file(argv[2], host::Blob::copy_of(to_json(figures))); !written) {
    std::fprintf(stderr, "%s\n", written.error().message.c_str());
    return 1;
  }
  return 0;
}

}  // namespace weft::bench

int main(int argc, char** argv) { return weft::bench::main(argc, argv); }
