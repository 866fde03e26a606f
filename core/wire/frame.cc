#include "core/wire/frame.h"

#include <string>

#include "core/base/text.h"

namespace weft::wire {

std::array<std::byte, kHeaderBytes> encode_header(FrameHeader header) {
  const std::uint32_t size = header.size_bytes;
  return {static_cast<std::byte>(header.flags), static_cast<std::byte>(size >> 24), static_cast<std::byte>(size >> 16),
          static_cast<std::byte>(size >> 8), static_cast<std::byte>(size)};
}

Result<FrameHeader> decode_header(std::span<const std::byte, kHeaderBytes> bytes, std::uint32_t max_bytes) {
  FrameHeader header;
  header.flags = std::to_integer<std::uint8_t>(bytes[0]);
  for (std::size_t i = 1; i < kHeaderBytes; ++i)
    header.size_bytes = header.size_bytes << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  if ((header.flags & kFrameCompressed) != 0) return fail("frame.flags", "the frame is compressed, which is not supported; send it as it is");
  if ((header.flags & ~unsigned{kFrameLast | kFrameProblem}) != 0)
    return fail("frame.flags", "the frame has unknown flags " + std::to_string(header.flags) + "; are these frames (1 byte of flags, 4 of length, payload)?");
  if (header.size_bytes > max_bytes)
    return fail("frame.too_large", "the frame has " + format_bytes(header.size_bytes) + ", more than the bound of " + format_bytes(max_bytes));
  return header;
}

}  // namespace weft::wire
