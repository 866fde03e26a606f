// From a path to a workflow that can run: document, modules, files, parameters, each error with its place and way out.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/base/error.h"
#include "core/flow/diagnostic.h"
#include "host/driver/prepared.h"
#include "host/payload/chunk.h"

namespace weft::app {

struct FlowText {
  std::string path;  // as messages name it
  std::string text;
};
[[nodiscard]] Result<FlowText> read_flow(const std::string& path);

struct LoadOptions {
  host::Mode mode = host::Mode::aot;
  std::map<std::string, std::string> params;
};

// Reads and verifies every module and file that the workflow names. Problems of the document are diagnostics (all of them);
// anything else is one Error of the kind that read_file() gives, with the step's name.
struct LoadedFlow {
  std::shared_ptr<const host::PreparedWorkflow> prepared;  // none where there are problems
  flow::Diagnostics diagnostics;
  std::string canonical;
};
[[nodiscard]] Result<LoadedFlow> load_flow(const FlowText& text, const LoadOptions& options, const std::shared_ptr<host::ChunkPool>& pool);

// Reads a module and takes its digest, timed.
[[nodiscard]] Result<std::shared_ptr<const host::ModuleSource>> load_module(const std::string& path, const std::shared_ptr<host::ChunkPool>& pool);

}  // namespace weft::app
