#include "bench/workbench.h"

#include <cstdio>
#include <cstdlib>

#include "host/engine/limits.h"
#include "host/engine/runner.h"
#include "host/store/files.h"

namespace weft::bench {

Workbench::Workbench(std::string guests)
    : guests_(std::move(guests)), shards_(1, [this](host::Loop& loop, const auto& pool) {
        return std::make_unique<host::EngineRunner>(engines_, modules_, loop, pool, host::kPoolSlots);
      }) {}

std::shared_ptr<const host::ModuleSource> Workbench::module(const std::string& name) {
  auto source = std::make_shared<host::ModuleSource>();
  source->path = guests_ + "/" + name + ".wasm";
  auto bytes = host::read_file(source->path, pool(), host::kMaxModuleBytes);
  if (!bytes) {
    std::fprintf(stderr, "%s\n", bytes.error().message.c_str());
    std::exit(2);
  }
  source->bytes = std::move(*bytes);
  source->digest = source->bytes.sha256();
  return source;
}

std::shared_ptr<const host::PreparedWorkflow> Workbench::prepare(flow::Workflow workflow, const std::string& name) {
  auto prepared = std::make_shared<host::PreparedWorkflow>();
  const auto source = module(name);
  for (const flow::Step& step : workflow.steps) {
    auto program = std::make_shared<host::StepProgram>();
    program->name = step.name;
    program->module = source;
    program->mode = host::Mode::jit;
    program->abi = step.abi;
    prepared->programs.push_back(std::move(program));
  }
  prepared->plan = std::make_shared<const run::Plan>(workflow);
  prepared->mode = host::Mode::jit;
  prepared->workflow = std::move(workflow);
  return prepared;
}

host::RunResult Workbench::run(const std::shared_ptr<const host::PreparedWorkflow>& prepared, const host::Blob& input, std::uint32_t times) {
  shards_.loop(0).post([&, times] { next(prepared, input, times); });
  wait();
  return std::move(result_);
}

void Workbench::next(const std::shared_ptr<const host::PreparedWorkflow>& prepared, const host::Blob& input, std::uint32_t left) {
  host::RunRequest request;
  request.prepared = prepared;
  request.inputs = {input};
  driver_ = std::make_unique<host::RunDriver>(std::move(request), shards_.loop(0), shards_.runner(0), nullptr, nullptr, [this, prepared, input, left](host::RunResult result) {
    result_ = std::move(result);
    // The driver is on the stack below.
    shards_.loop(0).post([this, prepared, input, left] {
      driver_.reset();
      if (left > 1) {
        next(prepared, input, left - 1);
      } else {
        finish();
      }
    });
  });
  driver_->begin();
}

void Workbench::on_shard(const std::function<void()>& work) {
  shards_.loop(0).post([&] {
    work();
    finish();
  });
  wait();
}

void Workbench::finish() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  ended_.notify_one();
}

void Workbench::wait() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return done_; });
  done_ = false;
}

}  // namespace weft::bench
