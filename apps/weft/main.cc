// The command line of weft: reads arguments, calls one verb, answers its exit code.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <string>

#include "apps/weft/terminal.h"
#include "apps/weft/verbs.h"
#include "core/flow/limits.h"
#include "core/flow/units.h"

namespace weft::app {
namespace {

const std::map<std::string, host::Mode> kModes = {{"aot", host::Mode::aot}, {"jit", host::Mode::jit}, {"winch", host::Mode::winch}};
const std::map<std::string, Format> kFormats = {{"text", Format::text}, {"json", Format::json}};

// "NAME=VALUE" in two; the name must not be empty.
std::pair<std::string, std::string> split_pair(const std::string& text, const char* what) {
  const std::size_t at = text.find('=');
  if (at == std::string::npos || at == 0) throw CLI::ValidationError(std::string(what) + " must be NAME=VALUE, but it is `" + text + "`");
  return {text.substr(0, at), text.substr(at + 1)};
}

void add_format(CLI::App* verb, Format& format) {
  verb->add_option("--format", format, "text for people, json for programs")->transform(CLI::CheckedTransformer(kFormats))->option_text("text|json");
}

void add_mode(CLI::App* verb, host::Mode& mode) {
  verb->add_option("--mode", mode, "aot: compiled once and kept (default); jit: compiled now; winch: compiled now, fast but slower code")
      ->transform(CLI::CheckedTransformer(kModes))
      ->option_text("aot|jit|winch");
}

struct Parsed {
  RunArgs run;
  std::vector<std::string> params;
  ExecArgs exec;
  std::vector<std::string> files, env;
  std::string timeout, memory;
  FileArgs file;
  Format format = Format::text;
};

void add_run(CLI::App& app, Parsed& p) {
  CLI::App* verb = app.add_subcommand("run", "Run a workflow here and show what each step cost");
  verb->add_option("flow", p.run.flow, "the workflow document (YAML or JSON)")->required()->option_text("FLOW");
  verb->add_option("--input", p.run.inputs, "the run's input; NAME= where the workflow declares several; - is stdin")->option_text("[NAME=]FILE")->allow_extra_args(false);
  verb->add_option("--frames", p.run.frames, "run once for each file, streamed through warm instances")->option_text("FILE...");
  verb->add_option("--output", p.run.output, "where outputs go: a folder, or - for stdout (the report goes to stderr then)")->option_text("DIR|-");
  verb->add_option("--logs", p.run.logs, "write each step's stderr to DIR/<step>.log")->option_text("DIR");
  verb->add_option("--window", p.run.window, "frames that may be unanswered at once")->check(CLI::Range(1, 1024))->capture_default_str();
  verb->add_option("--repeat", p.run.repeat, "run so often, and show medians")->check(CLI::Range(1, 1'000'000))->capture_default_str();
  verb->add_option("--shards", p.run.shards, "threads that run steps (default: one a core)")->check(CLI::Range(1, 256));
  verb->add_option("--param", p.params, "set a parameter of the workflow")->option_text("NAME=VALUE")->allow_extra_args(false);
  verb->add_option("--seed", p.run.seed, "make randomness and clocks of the guests repeatable");
  add_mode(verb, p.run.mode);
  add_format(verb, p.run.format);
  verb->footer("Example:\n  weft run examples/vision/workflow.yaml --input photo.jpg --output out\nExit codes: 0 succeeded, 1 failed, 2 bad document or usage, 124 timed out, 130 interrupted.");
}

void add_exec(CLI::App& app, Parsed& p) {
  CLI::App* verb = app.add_subcommand("exec", "Run one module on this process's stdin, stdout and stderr");
  verb->add_option("module", p.exec.module, "a wasm32-wasi program")->required()->option_text("MODULE");
  verb->add_option("--files", p.files, "give the guest a writable copy in memory of a file or folder; the host's is never written")->option_text("GUEST=HOST")->allow_extra_args(false);
  verb->add_option("--env", p.env, "set an environment variable")->option_text("NAME=VALUE")->allow_extra_args(false);
  verb->add_option("--out", p.exec.out, "receives what the guest leaves in /out")->option_text("DIR");
  verb->add_option("--seed", p.exec.seed, "make randomness and clocks repeatable");
  verb->add_option("--timeout", p.timeout, "end it after so long, like 500ms or 2s")->option_text("TIME");
  verb->add_option("--memory", p.memory, "bound of its memory, like 64MiB (default 1GiB)")->option_text("SIZE");
  add_mode(verb, p.exec.mode);
  verb->add_option("args", p.exec.args, "its arguments, after --")->option_text("ARGS...");
  verb->footer("Example:\n  weft exec tool.wasm --files /data=./data --out result -- --verbose < input\nExit codes: the guest's own; 2 not a runnable module, 124 timed out, 130 interrupted, 134 trapped.");
}

void add_file_verb(CLI::App& app, Parsed& p, const char* name, const char* help, const char* what) {
  CLI::App* verb = app.add_subcommand(name, help);
  verb->add_option("path", p.file.path, what)->required();
  add_format(verb, p.file.format);
}

int dispatch(CLI::App& app, Parsed& p) {
  for (const std::string& param : p.params) p.run.params.insert(split_pair(param, "--param"));
  for (const std::string& file : p.files) {
    auto pair = split_pair(file, "--files");
    if (!pair.first.starts_with('/')) throw CLI::ValidationError("--files must begin with the guest's absolute path, but it is `" + file + "`");
    p.exec.files.push_back(std::move(pair));
  }
  for (const std::string& env : p.env) p.exec.env.push_back(split_pair(env, "--env"));
  if (!p.timeout.empty()) {
    const auto us = flow::parse_duration(p.timeout);
    if (!us) throw CLI::ValidationError("--timeout: " + us.error().message);
    p.exec.timeout_us = *us;
  }
  if (!p.memory.empty()) {
    const auto bytes = flow::parse_size(p.memory);
    if (!bytes) throw CLI::ValidationError("--memory: " + bytes.error().message);
    if (*bytes < flow::limits::kMinMemoryBytes || *bytes > flow::limits::kMaxMemoryBytes) throw CLI::ValidationError("--memory must be from 64KiB to 4GiB");
    p.exec.memory_bytes = *bytes;
  }
  if (app.got_subcommand("run")) return run(p.run);
  if (app.got_subcommand("exec")) return exec(p.exec);
  if (app.got_subcommand("validate")) return validate(p.file);
  if (app.got_subcommand("compile")) return compile(p.file);
  if (app.got_subcommand("inspect")) return inspect(p.file);
  if (app.got_subcommand("doctor")) return doctor(p.format);
  if (app.got_subcommand("completion")) return completion();
  return version(p.format);
}

int main_with_exceptions(int argc, char** argv) {
  CLI::App app("weft runs workflows of WebAssembly programs and measures what each step costs.", "weft");
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "help of every verb");
  Parsed p;
  add_run(app, p);
  add_exec(app, p);
  add_file_verb(app, p, "validate", "Check a workflow document and everything it names", "the workflow document");
  add_file_verb(app, p, "compile", "Compile a module, or all modules of a workflow, ahead of time", "a module or a workflow document");
  add_file_verb(app, p, "inspect", "Say what a module needs and offers, and whether weft can run it", "a module");
  CLI::App* doctor_verb = app.add_subcommand("doctor", "Say what this machine has, which limits hold, and check kept artifacts");
  add_format(doctor_verb, p.format);
  CLI::App* version_verb = app.add_subcommand("version", "Say which weft this is");
  add_format(version_verb, p.format);
  app.add_subcommand("completion", "Print a completion script for bash: source <(weft completion)");
  try {
    app.parse(argc, argv);
    return dispatch(app, p);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? kExitOk : kExitUsage;
  }
}

}  // namespace
}  // namespace weft::app

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  try {
    return weft::app::main_with_exceptions(argc, argv);
  } catch (const std::exception& error) {
    weft::app::print_error({"weft.failure", error.what()});
    return weft::app::kExitOwnFailure;
  }
}
