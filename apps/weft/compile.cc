// `weft compile MODULE|FLOW`: artifacts ahead of time, so that the next run only maps them.
#include <set>

#include "apps/weft/flow_loader.h"
#include "apps/weft/machine.h"
#include "apps/weft/terminal.h"
#include "apps/weft/verbs.h"
#include "core/base/json_writer.h"

namespace weft::app {
namespace {

// The modules a path stands for: itself, or those of the workflow that it is.
Result<std::vector<std::shared_ptr<const host::ModuleSource>>> modules_of(const std::string& path) {
  const auto pool = host::ChunkPool::make();
  auto module = load_module(path, pool);
  if (!module) return std::unexpected(module.error());
  const bool document = path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
  if (!document) return std::vector{*module};
  const FlowText text{path, (*module)->bytes.to_string()};
  const auto loaded = load_flow(text, {}, pool);
  if (!loaded) return std::unexpected(loaded.error());
  if (!loaded->prepared) {
    print(Stream::err, flow::render(loaded->diagnostics, text.path, text.text));
    return fail("flow.invalid", "the workflow has problems, so nothing was compiled");
  }
  std::vector<std::shared_ptr<const host::ModuleSource>> modules;
  std::set<Digest> seen;
  for (const auto& program : loaded->prepared->programs)
    if (seen.insert(program->module->digest).second) modules.push_back(program->module);
  return modules;
}

}  // namespace

int compile(const FileArgs& args) {
  const auto modules = modules_of(args.path);
  if (!modules) return print_error(modules.error()), kExitUsage;
  const auto artifacts = open_artifacts();
  if (!artifacts) return print_error({"store.no_home", "there is no folder to keep artifacts in: set WEFT_CACHE_DIR"}), kExitOwnFailure;
  host::Engines engines(host::Allocator::on_demand);
  host::ModuleCache cache(engines, artifacts.get(), {}, [](const Error& error) { print_error(error); });
  JsonWriter json;
  json.begin_array();
  int code = kExitOk;
  for (const auto& module : *modules) {
    const auto ahead = cache.compile_ahead(module);
    if (!ahead) {
      print_error(ahead.error());
      code = kExitUsage;
      continue;
    }
    const bool fresh = *ahead == host::ModuleCache::Ahead::compiled;
    json.begin_object().key("path").string(module->path).key("digest").string(module->digest.text()).key("compiled").boolean(fresh).end_object();
    if (args.format == Format::text) print(Stream::out, module->path + "  " + module->digest.text() + (fresh ? "  compiled\n" : "  was there\n"));
  }
  json.end_array();
  if (args.format == Format::json) print(Stream::out, json.take() + "\n");
  return code;
}

}  // namespace weft::app
