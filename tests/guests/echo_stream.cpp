// A stream step that answers each frame with its length and itself; or, by its first argument, misbehaves.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>

#include "weft.hpp"

static std::string how;

int main(int argc, char** argv) {
  how = argc > 1 ? argv[1] : "";
  if (how == "early") return 0;
  return weft::serve([](std::span<const std::byte> frame, weft::Answer& answer) {
    std::fprintf(stderr, "frame of %zu\n", frame.size());
    if (how == "fail" || (how == "fail-long" && frame.size() > 8)) return 5;
    if (how == "trap") __builtin_trap();
    if (how == "twice") {
      const char extra[6] = {0, 0, 0, 0, 1, 'x'};
      if (write(1, extra, sizeof extra) < 0) return 6;
    }
    if (how == "random") {
      unsigned char byte = 0;
      getentropy(&byte, 1);
      answer.write(std::to_string(byte) + " ");
    }
    answer.write(std::to_string(frame.size()) + ":");
    answer.write(frame);
    return 0;
  });
}
