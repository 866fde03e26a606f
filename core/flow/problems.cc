#include "core/flow/problems.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/base/text.h"

namespace weft::flow {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "`";
  std::size_t points = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U && ++points > limits::kQuotedCodePoints) {
      out += "...";
      break;
    }
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\x";
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('`');
  return out;
}

void Problems::add(Code code, const Span& span, std::string message, std::string hint) {
  if (full()) {
    ++left_out_;
    return;
  }
  found_.push_back({std::string(text_of(code)), std::move(message), std::move(hint), span});
}

std::string Problems::did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  if (full() || word.size() > 4 * limits::kNameBytes) return {};
  std::size_t cells = 0;
  for (const std::string_view candidate : candidates) {
    // A candidate whose length is too different is dismissed at sight.
    const bool near = candidate.size() <= word.size() + 3 && word.size() <= candidate.size() + 3;
    cells += near ? (word.size() + 1) * (candidate.size() + 1) : 1;
  }
  if (cells > cells_left_) return {};
  cells_left_ -= cells;
  const std::string_view best = nearest(word, candidates);
  return best.empty() ? std::string() : "did you mean " + quoted(best) + "?";
}

Diagnostics Problems::take() {
  std::sort(found_.begin(), found_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    const auto key = [](const Diagnostic& d) { return std::tie(d.span.line, d.span.column, d.code, d.message); };
    return key(a) < key(b);
  });
  if (left_out_ > 0) {
    found_.push_back({std::string(text_of(Code::more_problems)),
                      "there are " + std::to_string(left_out_) + " more problems; put these right first", "", Span{}});
  }
  return std::exchange(found_, {});
}

}  // namespace weft::flow
