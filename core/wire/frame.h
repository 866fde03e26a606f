// The envelope of a frame: 1 byte of flags, 4 bytes of length (big-endian), payload. The layout that gRPC and Connect use;
// on the wire and on the stdin and stdout of `stream` steps. Pure; owns no payload.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/error.h"

namespace weft::wire {

constexpr std::size_t kHeaderBytes = 5;
constexpr std::uint32_t kMaxFrameBytes = 64U << 20;  // SPEC section 1, defaults

enum FrameFlag : std::uint8_t {
  kFrameCompressed = 0x01,  // refused for now
  kFrameLast = 0x02,        // payload: JSON summary of the stream
  kFrameProblem = 0x04,     // payload: problem JSON in place of bytes
};

struct FrameHeader {
  std::uint8_t flags = 0;
  std::uint32_t size_bytes = 0;
  friend bool operator==(const FrameHeader&, const FrameHeader&) = default;
};

[[nodiscard]] std::array<std::byte, kHeaderBytes> encode_header(FrameHeader header);

// Before anything is allocated for the payload. Errors: frame.flags (an unknown or compressed one), frame.too_large
// (over `max_bytes`).
[[nodiscard]] Result<FrameHeader> decode_header(std::span<const std::byte, kHeaderBytes> bytes,
                                                std::uint32_t max_bytes = kMaxFrameBytes);

}  // namespace weft::wire
