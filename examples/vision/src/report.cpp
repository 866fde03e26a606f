// /in/edges (PGM) and /in/histogram (JSON) in, a page of text out.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>

#include "pnm.hpp"

namespace {

bool read_file(const char* path, std::string& out) {
  std::FILE* file = std::fopen(path, "rb");
  if (!file) return false;
  char buffer[65536];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) out.append(buffer, n);
  std::fclose(file);
  return true;
}

// The number behind `"key":`, or -1.
long number_of(const std::string& json, const std::string& key) {
  const std::size_t at = json.find("\"" + key + "\":");
  return at == std::string::npos ? -1 : std::strtol(json.c_str() + at + key.size() + 3, nullptr, 10);
}

// The 256 counts in 16 groups.
bool groups_of(const std::string& json, std::array<long, 16>& groups) {
  std::size_t at = json.find("\"counts\":[");
  if (at == std::string::npos) return false;
  const char* text = json.c_str() + at + 10;
  for (std::size_t i = 0; i < 256; ++i) {
    char* end = nullptr;
    groups[i / 16] += std::strtol(text, &end, 10);
    if (end == text) return false;
    text = end + 1;
  }
  return true;
}

}  // namespace

int main() {
  std::string edges, histogram;
  if (!read_file("/in/edges", edges) || !read_file("/in/histogram", histogram)) {
    std::fprintf(stderr, "report: /in/edges or /in/histogram is missing\n");
    return 1;
  }
  const auto image = vision::parse_pnm(std::as_bytes(std::span(edges)));
  std::array<long, 16> groups{};
  if (!image || !groups_of(histogram, groups)) {
    std::fprintf(stderr, "report: the inputs are no PGM and histogram\n");
    return 1;
  }
  std::uint64_t white = 0;
  for (const std::byte sample : image->samples) white += sample == std::byte{255} ? 1 : 0;
  const std::uint64_t thousandths = white * 1000 / image->samples.size();
  std::printf("image      %u x %u\n", image->width, image->height);
  std::printf("edges      %llu pixels, %llu.%llu %%\n", static_cast<unsigned long long>(white), static_cast<unsigned long long>(thousandths / 10),
              static_cast<unsigned long long>(thousandths % 10));
  std::printf("brightness mean %ld, median %ld\n", number_of(histogram, "mean"), number_of(histogram, "median"));
  long most = 1;
  for (const long count : groups) most = count > most ? count : most;
  for (std::size_t i = 0; i < groups.size(); ++i)
    std::printf("%3zu-%3zu %8ld %s\n", i * 16, i * 16 + 15, groups[i], std::string(static_cast<std::size_t>(groups[i] * 40 / most), '#').c_str());
  return 0;
}
