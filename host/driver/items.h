// Cutting a blob into the items of an `each` step and joining their answers. Shares chunks, copies no payload.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/flow/model.h"
#include "host/payload/blob.h"

namespace weft::host {

// Frames: payloads without envelopes. Lines: without their newline; the last need not have one, and an empty blob has
// none. Stops one past `max_items`. Errors: frame.* of core/wire, frame.truncated.
[[nodiscard]] Result<std::vector<Blob>> split_items(const Blob& blob, flow::Each each, std::uint32_t max_items);

// In the order given. Frames get their envelopes; to a line answer that is not empty and lacks it, a newline is added.
[[nodiscard]] Blob join_items(std::span<const Blob> answers, flow::Each each);

// One frame: envelope and payload.
[[nodiscard]] Blob to_frame(const Blob& payload);

}  // namespace weft::host
