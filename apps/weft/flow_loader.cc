#include "apps/weft/flow_loader.h"

#include <sys/stat.h>
#include <time.h>

#include <filesystem>
#include <utility>

#include "core/flow/canonical.h"
#include "core/flow/limits.h"
#include "core/flow/parse.h"
#include "host/document/read_document.h"
#include "host/engine/limits.h"
#include "host/store/files.h"

namespace weft::app {
namespace {

constexpr std::uint64_t kMaxMountedBytes = 4ULL << 30;
constexpr std::uint32_t kMaxMountedFiles = 65'536;

std::uint64_t monotonic_ns() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec);
}

std::string folder_of(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

class Loader {
 public:
  Loader(std::string folder, const std::shared_ptr<host::ChunkPool>& pool) : folder_(std::move(folder)), pool_(pool) {}

  // Whether `path` below the folder stays there once links are followed.
  [[nodiscard]] bool leaves_folder(const std::string& path) const {
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path root = fs::weakly_canonical(folder_, error);
    const fs::path target = fs::weakly_canonical(fs::path(folder_) / path, error);
    if (error) return false;  // reading it will say why
    const auto [end, _] = std::mismatch(root.begin(), root.end(), target.begin(), target.end());
    return end != root.end();
  }

  Result<std::shared_ptr<const host::ModuleSource>> module(const std::string& path) {
    if (const auto found = modules_.find(path); found != modules_.end()) return found->second;
    auto loaded = load_module(path == "-" ? path : folder_ + "/" + path, pool_);
    if (loaded) modules_[path] = *loaded;
    return loaded;
  }

  // The files of a mount, and its digest: of a file its own; of a folder that of its listing, a line "name digest" each.
  Result<Digest> files(const flow::MountedFile& mount, std::vector<host::NamedBlob>& into) {
    auto found = host::list_files(folder_ + "/" + mount.host_path, kMaxMountedFiles);
    if (!found) return std::unexpected(found.error());
    std::string listing;
    for (const host::FoundFile& file : *found) {
      auto blob = host::read_file(file.path, pool_, kMaxMountedBytes);
      if (!blob) return std::unexpected(blob.error());
      const Digest digest = blob->sha256();
      const bool single = file.relative.empty();
      into.push_back({single ? mount.guest_path : mount.guest_path + "/" + file.relative, std::move(*blob)});
      if (single) return digest;
      listing += file.relative + " " + digest.text() + "\n";
    }
    return weft::sha256(listing);
  }

 private:
  const std::string folder_;
  const std::shared_ptr<host::ChunkPool>& pool_;
  std::map<std::string, std::shared_ptr<const host::ModuleSource>> modules_;
};

// A step's module or file that cannot be had, at its place in the document.
void report(flow::Diagnostics& problems, const Error& error, const flow::Step& step, flow::Span span, std::string hint = {}) {
  problems.push_back({error.code, "step `" + step.name + "`: " + error.message, std::move(hint), span});
}

Error leaves(const std::string& path) { return {"flow.outside_folder", "`" + path + "` is a link that leaves the document's folder"}; }

}  // namespace

Result<FlowText> read_flow(const std::string& path) {
  const auto pool = host::ChunkPool::make();
  const auto blob = host::read_file(path, pool, flow::limits::kDocumentBytes);
  if (!blob) return std::unexpected(blob.error());
  return FlowText{path == "-" ? "standard input" : path, blob->to_string()};
}

Result<std::shared_ptr<const host::ModuleSource>> load_module(const std::string& path, const std::shared_ptr<host::ChunkPool>& pool) {
  auto source = std::make_shared<host::ModuleSource>();
  source->path = path;
  const std::uint64_t begin = monotonic_ns();
  auto bytes = host::read_file(path, pool, host::kMaxModuleBytes);
  if (!bytes) return std::unexpected(bytes.error());
  const std::uint64_t read = monotonic_ns();
  source->bytes = std::move(*bytes);
  source->digest = source->bytes.sha256();
  source->read_ns = read - begin;
  source->verify_ns = monotonic_ns() - read;
  return source;
}

Result<LoadedFlow> load_flow(const FlowText& text, const LoadOptions& options, const std::shared_ptr<host::ChunkPool>& pool) {
  LoadedFlow loaded;
  document::ReadDocument document = document::read_document(text.text);
  if (!document.root) {
    loaded.diagnostics = std::move(document.diagnostics);
    return loaded;
  }
  flow::Parsed parsed = flow::parse(*document.root);
  if (!parsed.workflow) {
    loaded.diagnostics = std::move(parsed.diagnostics);
    return loaded;
  }
  const flow::Workflow& workflow = *parsed.workflow;
  const std::vector<flow::ParamValue> params(options.params.begin(), options.params.end());
  const auto resolved = flow::resolve_params(workflow, params);
  if (!resolved) return std::unexpected(resolved.error());

  Loader loader(folder_of(text.path), pool);
  flow::Diagnostics problems;
  std::vector<Digest> module_digests(workflow.steps.size());
  std::vector<std::vector<Digest>> file_digests(workflow.steps.size());
  auto prepared = std::make_shared<host::PreparedWorkflow>();
  for (std::size_t i = 0; i < workflow.steps.size(); ++i) {
    const flow::Step& step = workflow.steps[i];
    auto program = std::make_shared<host::StepProgram>();
    program->name = step.name;
    program->mode = options.mode;
    program->abi = step.abi;
    program->instances = step.instances;
    program->args = (*resolved)[i].args;
    program->env = (*resolved)[i].env;
    program->env.emplace_back("WEFT_ABI", step.abi == flow::Abi::stream ? "stream" : "command");
    program->outputs = step.outputs;
    program->bounds.memory_bytes = step.memory_bytes.value_or(host::Bounds().memory_bytes);
    if (loader.leaves_folder(step.run)) {
      report(problems, leaves(step.run), step, step.run_span);
      continue;
    }
    auto module = loader.module(step.run);
    if (!module) {
      report(problems, module.error(), step, step.run_span);
      continue;
    }
    program->module = *module;
    module_digests[i] = (*module)->digest;
    if (step.pinned && *step.pinned != (*module)->digest)
      report(problems, {"module.digest", "`" + step.run + "` is " + (*module)->digest.text() + ", not what the document pins"}, step, step.run_span,
             "update the digest if you trust the new module");
    for (const flow::MountedFile& mount : step.files) {
      if (loader.leaves_folder(mount.host_path)) {
        report(problems, leaves(mount.host_path), step, mount.span);
        continue;
      }
      const auto digest = loader.files(mount, program->files);
      if (digest) {
        file_digests[i].push_back(*digest);
      } else {
        report(problems, digest.error(), step, mount.span);
      }
    }
    prepared->programs.push_back(std::move(program));
  }
  if (!problems.empty()) {
    loaded.diagnostics = std::move(problems);
    return loaded;
  }
  loaded.canonical = flow::canonical_text(workflow, {module_digests, file_digests});
  prepared->digest = weft::sha256(loaded.canonical);
  prepared->plan = std::make_shared<const run::Plan>(workflow);
  prepared->mode = options.mode;
  prepared->workflow = std::move(*parsed.workflow);
  loaded.prepared = std::move(prepared);
  return loaded;
}

}  // namespace weft::app
