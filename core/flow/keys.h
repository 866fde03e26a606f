// The keys of a workflow document, once: the parser looks them up here, and a test holds api/workflow.schema.json to it.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace weft::flow {

constexpr std::array<std::string_view, 9> kTopKeys = {"weft",    "name",       "steps",   "inputs", "params",
                                                      "outputs", "on_failure", "timeout", "seed"};
constexpr std::array<std::string_view, 18> kStepKeys = {"run",     "needs", "stdin",   "args",      "env",  "each",
                                                        "parallel", "when",  "accept",  "retry",     "timeout", "memory",
                                                        "files",   "outputs", "abi",   "instances", "seed", "place"};
constexpr std::array<std::string_view, 3> kRetryKeys = {"max", "backoff", "factor"};
constexpr std::array<std::string_view, 4> kInstancesKeys = {"min", "max", "idle_timeout", "max_reuse"};
constexpr std::array<std::string_view, 2> kWhenKeys = {"step", "exit"};

}  // namespace weft::flow
