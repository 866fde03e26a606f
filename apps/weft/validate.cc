// `weft validate FLOW`: everything that can be said of a workflow without running it.
#include "apps/weft/flow_loader.h"
#include "apps/weft/terminal.h"
#include "apps/weft/verbs.h"
#include "core/base/json_writer.h"

namespace weft::app {

int validate(const FileArgs& args) {
  const auto text = read_flow(args.path);
  if (!text) return print_error(text.error()), kExitUsage;
  const auto loaded = load_flow(*text, {}, host::ChunkPool::make());
  if (!loaded) return print_error(loaded.error()), kExitUsage;
  if (!loaded->prepared) {
    print(Stream::out, args.format == Format::json ? flow::render_json(loaded->diagnostics) + "\n"
                                                   : flow::render(loaded->diagnostics, text->path, text->text));
    return kExitUsage;
  }
  const host::PreparedWorkflow& prepared = *loaded->prepared;
  if (args.format == Format::json) {
    print(Stream::out, loaded->canonical + "\n");
    return kExitOk;
  }
  std::string out = text->path + ": good\nworkflow " + prepared.workflow.name + "  " + prepared.digest.text() + "\n";
  for (std::size_t i = 0; i < prepared.programs.size(); ++i)
    out += "step " + prepared.workflow.steps[i].name + "  " + prepared.programs[i]->module->path + "  " + prepared.programs[i]->module->digest.text() + "\n";
  print(Stream::out, out);
  return kExitOk;
}

}  // namespace weft::app
