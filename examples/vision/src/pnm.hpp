// Images as the steps hand them on: binary PGM (P5, one channel) and PPM (P6, three), 8 bits a sample.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <span>

namespace vision {

constexpr std::uint32_t kMaxSide = 32'768;

struct Image {
  std::uint32_t width = 0, height = 0, channels = 0;
  std::span<const std::byte> samples;  // rows from the top, no padding
};

// A number of a PNM header and the white space before it.
inline std::optional<std::uint32_t> header_number(std::span<const std::byte>& bytes) {
  std::size_t at = 0;
  const auto byte = [&](std::size_t i) { return std::to_integer<unsigned char>(bytes[i]); };
  while (at < bytes.size() && (byte(at) == ' ' || byte(at) == '\n')) ++at;
  std::uint32_t value = 0;
  std::size_t digits = 0;
  for (; at < bytes.size() && byte(at) >= '0' && byte(at) <= '9' && digits < 6; ++at, ++digits) value = value * 10 + (byte(at) - '0');
  if (digits == 0) return std::nullopt;
  bytes = bytes.subspan(at);
  return value;
}

inline std::optional<Image> parse_pnm(std::span<const std::byte> bytes) {
  if (bytes.size() < 3 || (std::memcmp(bytes.data(), "P5", 2) != 0 && std::memcmp(bytes.data(), "P6", 2) != 0)) return std::nullopt;
  Image image;
  image.channels = bytes[1] == std::byte{'5'} ? 1 : 3;
  bytes = bytes.subspan(2);
  const auto width = header_number(bytes), height = header_number(bytes), depth = header_number(bytes);
  if (!width || !height || depth != 255U || *width == 0 || *height == 0 || *width > kMaxSide || *height > kMaxSide || bytes.empty()) return std::nullopt;
  image.width = *width;
  image.height = *height;
  image.samples = bytes.subspan(1);
  const auto size = static_cast<std::uint64_t>(*width) * *height * image.channels;
  return image.samples.size() == size ? std::optional(image) : std::nullopt;
}

// "P5\n640 480\n255\n" into `text`; its length.
inline std::size_t pnm_header(char (&text)[32], std::uint32_t width, std::uint32_t height, std::uint32_t channels) {
  return static_cast<std::size_t>(std::snprintf(text, sizeof text, "P%c\n%u %u\n255\n", channels == 1 ? '5' : '6', width, height));
}

}  // namespace vision
