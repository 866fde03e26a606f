// JPEG or PNG in, PPM out. Decoding is stb_image's.
#include <cstdint>
#include <cstdio>
#include <string_view>

#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#define STBI_NO_THREAD_LOCALS
#include <stb_image.h>

#include "pnm.hpp"
#include "weft.hpp"

int main() {
  return weft::serve([](std::span<const std::byte> frame, weft::Answer& answer) {
    int width = 0, height = 0, channels = 0;
    stbi_uc* pixels = stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(frame.data()), static_cast<int>(frame.size()), &width, &height, &channels, 3);
    if (!pixels) {
      std::fprintf(stderr, "decode: not a JPEG or PNG: %s\n", stbi_failure_reason());
      return 1;
    }
    char header[32];
    const std::size_t size = vision::pnm_header(header, static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), 3);
    std::fprintf(stderr, "decode: %dx%d, %d channels\n", width, height, channels);
    const bool good = answer.write(std::string_view(header, size)) &&
                      answer.write(std::span(reinterpret_cast<const std::byte*>(pixels), static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3));
    stbi_image_free(pixels);
    return good ? 0 : 2;
  });
}
