// weft.h for C++: one source that runs as `command` and as `stream` step.
//
//   int main() {
//     return weft::serve([](std::span<const std::byte> frame, weft::Answer& answer) {
//       answer.write(frame);
//       return 0;  // or an exit code that fails this frame
//     });
//   }
//
// Copy this file and weft.h; works without exceptions.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "weft.h"

namespace weft {

class Answer {
 public:
  explicit Answer(weft_answer* out) : out_(out) {}
  // False when memory is out.
  bool write(std::span<const std::byte> bytes) { return weft_write(out_, bytes.data(), bytes.size()) == 0; }
  bool write(std::string_view text) { return weft_write(out_, text.data(), text.size()) == 0; }
  // Room to fill in place; empty when memory is out.
  std::span<std::byte> extend(std::size_t size) {
    auto* at = reinterpret_cast<std::byte*>(weft_extend(out_, size));
    return at ? std::span(at, size) : std::span<std::byte>();
  }

 private:
  weft_answer* out_;
};

// `step` takes a frame and an Answer and returns an int; it must not capture anything.
template <class Step>
int serve(Step) {
  return weft_serve([](const unsigned char* in, std::size_t size, weft_answer* out) {
    Answer answer(out);
    return Step{}(std::span(reinterpret_cast<const std::byte*>(in), size), answer);
  });
}

}  // namespace weft
