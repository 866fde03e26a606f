// `weft exec MODULE`: one module on this process's stdin, stdout and stderr.
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <optional>

#include "apps/weft/flow_loader.h"
#include "apps/weft/machine.h"
#include "apps/weft/terminal.h"
#include "apps/weft/verbs.h"
#include "core/wasi/seed.h"
#include "host/store/files.h"

namespace weft::app {
namespace {

constexpr std::uint64_t kMaxCopiedBytes = 4ULL << 30;
constexpr std::uint32_t kMaxCopiedFiles = 65'536;

// A writable copy of each host file, in the guest's tree.
Result<std::vector<host::NamedBlob>> copy_in(const ExecArgs& args, const std::shared_ptr<host::ChunkPool>& pool) {
  std::vector<host::NamedBlob> files;
  for (const auto& [guest, path] : args.files) {
    auto found = host::list_files(path, kMaxCopiedFiles);
    if (!found) return std::unexpected(found.error());
    const std::string base = guest == "/" ? "" : guest;
    for (const host::FoundFile& file : *found) {
      auto blob = host::read_file(file.path, pool, kMaxCopiedBytes);
      if (!blob) return std::unexpected(blob.error());
      files.push_back({file.relative.empty() ? guest : base + "/" + file.relative, std::move(*blob)});
    }
  }
  return files;
}

// What the guest's end means for this process.
int exit_code(const host::AttemptResult& result) {
  using Kind = run::Outcome::Kind;
  switch (result.outcome.kind) {
    case Kind::exited: return result.outcome.exit_code;
    case Kind::trapped: return kExitTrap;
    case Kind::timed_out: return kExitTimedOut;
    case Kind::cancelled: return kExitInterrupted;
    case Kind::not_loaded: return kExitUsage;
    case Kind::bad_output: return kExitRunFailed;
  }
  return kExitOwnFailure;
}

int write_out(const ExecArgs& args, const host::AttemptResult& result) {
  for (const host::NamedBlob& file : result.out_folder) {
    if (auto written = host::write_file(args.out + "/" + file.name, file.blob); !written) {
      print_error(written.error());
      return kExitOwnFailure;
    }
  }
  return kExitOk;
}

}  // namespace

int exec(const ExecArgs& args) {
  const auto pool = host::ChunkPool::make();
  auto module = load_module(args.module, pool);
  if (!module) return print_error(module.error()), kExitUsage;
  auto files = copy_in(args, pool);
  if (!files) return print_error(files.error()), kExitUsage;

  auto program = std::make_shared<host::StepProgram>();
  program->name = args.module;
  program->module = *module;
  program->mode = args.mode;
  program->args = args.args;
  program->env = args.env;
  program->bounds.memory_bytes = args.memory_bytes;
  host::AttemptSpec spec;
  spec.program = program;
  spec.live = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1};
  spec.writable_files = std::move(*files);
  spec.keep_out_folder = !args.out.empty();
  if (args.seed) spec.seed_key = wasi::seed_key(*args.seed, "", 0, 1);

  Waiter waiter;
  Machine machine(1, host::Allocator::on_demand);
  std::unique_ptr<host::RunningAttempt> running;  // touched on the shard only, as is the timer
  std::unique_ptr<host::Pending> timer;
  host::AttemptResult result;
  host::Loop& loop = machine.shards().loop(0);
  loop.post([&, spec = std::move(spec)]() mutable {
    running = machine.shards().runner(0).start(
        std::move(spec),
        [&] {
          if (!args.timeout_us) return;
          timer = loop.at(loop.now_ns() + static_cast<std::uint64_t>(*args.timeout_us) * 1000, [&] {
            if (running) running->cancel(run::CancelAttempt::Reason::timeout);
          });
        },
        [&](host::AttemptResult ended) {
          result = std::move(ended);
          waiter.notify();
        });
  });
  if (waiter.wait() == Waiter::Woken::interrupted) {
    loop.post([&] {
      if (running) running->cancel(run::CancelAttempt::Reason::cancelled);
    });
    if (waiter.wait() == Waiter::Woken::interrupted) ::_exit(kExitInterrupted);
  }
  // The shard lets go of the attempt before the machine goes.
  loop.post([&] {
    timer.reset();
    running.reset();
    waiter.notify();
  });
  static_cast<void>(waiter.wait());
  if (result.outcome.kind != run::Outcome::Kind::exited) print_error({result.code, result.detail});
  const int code = exit_code(result);
  const int written = args.out.empty() ? kExitOk : write_out(args, result);
  return code == kExitOk ? written : code;
}

}  // namespace weft::app
