// PGM in, PGM out: Sobel's gradient, white where it is above the threshold (first argument, 0 to 255). Integers only.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "pnm.hpp"
#include "weft.hpp"

namespace {

int threshold = 96;

void sobel(const vision::Image& image, std::byte* out) {
  const auto width = image.width, height = image.height;
  const auto* in = reinterpret_cast<const std::uint8_t*>(image.samples.data());
  std::memset(out, 0, image.samples.size());
  for (std::uint32_t y = 1; y + 1 < height; ++y) {
    const std::uint8_t* above = in + (y - 1) * width;
    const std::uint8_t* here = in + y * width;
    const std::uint8_t* below = in + (y + 1) * width;
    for (std::uint32_t x = 1; x + 1 < width; ++x) {
      const int gx = above[x + 1] - above[x - 1] + 2 * (here[x + 1] - here[x - 1]) + below[x + 1] - below[x - 1];
      const int gy = below[x - 1] - above[x - 1] + 2 * (below[x] - above[x]) + below[x + 1] - above[x + 1];
      if (std::abs(gx) + std::abs(gy) > 4 * threshold) out[y * width + x] = std::byte{255};
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) threshold = std::atoi(argv[1]);
  if (threshold < 0 || threshold > 255) {
    std::fprintf(stderr, "edges: the threshold is 0 to 255, not %s\n", argv[1]);
    return 2;
  }
  return weft::serve([](std::span<const std::byte> frame, weft::Answer& answer) {
    const auto image = vision::parse_pnm(frame);
    if (!image || image->channels != 1) {
      std::fprintf(stderr, "edges: stdin is no PGM (P5, 8 bits)\n");
      return 1;
    }
    std::fprintf(stderr, "edges: %ux%u, threshold %d\n", image->width, image->height, threshold);
    char header[32];
    if (!answer.write(std::string_view(header, vision::pnm_header(header, image->width, image->height, 1)))) return 3;
    const auto out = answer.extend(image->samples.size());
    if (out.empty()) return 3;
    sobel(*image, out.data());
    return 0;
  });
}
