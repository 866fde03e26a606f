// One text for a workflow however it was written, and its digest: what a journal, a cache or another node names it by.
// JSON as RFC 8785 has it, with the document's keys; defaults are left out, paths stand as the digests of what they
// name, durations and sizes in their shortest form. It is a document again: parse() takes it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.h"
#include "core/flow/model.h"

namespace weft::flow {

// What the caller found at the workflow's paths. Sizes are asserted.
struct ContentDigests {
  std::span<const Digest> modules;             // one per step
  std::span<const std::vector<Digest>> files;  // one list per step, beside its `files`
};

// Equal for two workflows exactly when a run could not tell them apart: the order of keys, needs, variables and files
// does not matter, that of `inputs`, `args` and `outputs` does. `outputs` are left out only where they are every step
// that nothing needs, in the order of their names.
[[nodiscard]] std::string canonical_text(const Workflow& workflow, const ContentDigests& digests);

// SHA-256 of the canonical text.
[[nodiscard]] Digest workflow_digest(const Workflow& workflow, const ContentDigests& digests);

// The order of keys in RFC 8785: by UTF-16 code units, which differs from that of bytes above U+FFFF.
[[nodiscard]] bool canonical_less(std::string_view a, std::string_view b);

}  // namespace weft::flow
