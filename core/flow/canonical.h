// The canonical form of a workflow: RFC 8785 JSON with defaults left out and paths replaced by digests. However a document
// is written, one workflow has one canonical text; the workflow's digest is the SHA-256 of it. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/digest.h"
#include "core/flow/model.h"

namespace weft::flow {

// What a step's paths turned out to hold.
struct StepDigests {
  Digest module;
  std::vector<std::pair<std::string, Digest>> files;  // every single file by its guest path
};

// `digests` by step.
[[nodiscard]] std::string canonical_form(const Workflow& workflow, const std::vector<StepDigests>& digests);

}  // namespace weft::flow
