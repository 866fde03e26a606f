// `weft inspect MODULE`: what a module needs and offers, read from its bytes alone, and whether weft can run it.
#include "apps/weft/flow_loader.h"
#include "apps/weft/machine.h"
#include "apps/weft/terminal.h"
#include "apps/weft/verbs.h"
#include "core/base/json_writer.h"
#include "core/base/text.h"
#include "core/module/module.h"

namespace weft::app {
namespace {

std::string memory_text(const module::Memory& memory) {
  return format_bytes(memory.min_pages * 65'536) + (memory.max_pages ? " to " + format_bytes(*memory.max_pages * 65'536) : ", growing");
}

void print_json(const host::ModuleSource& source, const module::ModuleFacts& facts, const std::optional<Error>& why_not) {
  JsonWriter json;
  json.begin_object().key("path").string(source.path).key("digest").string(source.digest.text());
  json.key("bytes").unsigned_integer(source.bytes.size_bytes()).key("functions").unsigned_integer(facts.functions);
  json.key("imports").begin_array();
  for (const auto& import : facts.imports) json.string(import.module + "." + import.name);
  json.end_array().key("exports").begin_array();
  for (const auto& exported : facts.exports) json.string(exported.name);
  json.end_array().key("memories").begin_array();
  for (const auto& memory : facts.memories) json.string(memory_text(memory));
  json.end_array().key("features").begin_array();
  for (const auto& feature : facts.target_features) json.string(feature);
  json.end_array().key("runs").boolean(!why_not).key("why_not");
  if (why_not) {
    json.string("[" + why_not->code + "] " + why_not->message);
  } else {
    json.null();
  }
  json.end_object();
  print(Stream::out, json.take() + "\n");
}

void print_text(const host::ModuleSource& source, const module::ModuleFacts& facts, const std::optional<Error>& why_not) {
  std::string out = source.path + "  " + format_bytes(source.bytes.size_bytes()) + "  " + source.digest.text() + "\n";
  out += "functions  " + std::to_string(facts.functions) + ", code " + format_bytes(facts.code_bytes) + ", data " + format_bytes(facts.data_bytes) + "\n";
  for (const auto& memory : facts.memories) out += "memory     " + memory_text(memory) + "\n";
  for (const auto& import : facts.imports) out += "import     " + import.module + "." + import.name + "\n";
  for (const auto& exported : facts.exports) out += "export     " + exported.name + "\n";
  for (const auto& feature : facts.target_features) out += "feature    " + feature + "\n";
  out += why_not ? "weft cannot run it: [" + why_not->code + "] " + why_not->message + "\n" : "weft can run it\n";
  print(Stream::out, out);
}

}  // namespace

int inspect(const FileArgs& args) {
  const auto source = load_module(args.path, host::ChunkPool::make());
  if (!source) return print_error(source.error()), kExitUsage;
  if (const auto head = host::check_preamble(**source); !head) return print_error(head.error()), kExitUsage;
  const std::string bytes = (*source)->bytes.to_string();
  const auto facts = module::read_module(std::as_bytes(std::span(bytes)));
  if (!facts) return print_error({facts.error().code, "`" + args.path + "` " + facts.error().message}), kExitUsage;
  // Winch compiles fastest; whether it can is asked of the engine itself, so that the answer is what a run would say.
  host::Engines engines(host::Allocator::on_demand);
  host::ModuleCache cache(engines, nullptr, {}, nullptr);
  std::optional<Error> why_not;
  if (const auto loaded = cache.load_now(*source, host::Mode::winch); !loaded) why_not = loaded.error();
  if (!why_not && !facts->exports_function("_start"))
    why_not = Error{"module.no_start", "it exports no function `_start`, so it is no WASI command"};
  if (args.format == Format::json) {
    print_json(**source, *facts, why_not);
  } else {
    print_text(**source, *facts, why_not);
  }
  return why_not ? kExitUsage : kExitOk;
}

}  // namespace weft::app
