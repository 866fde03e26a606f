// Collects what is wrong with a document while it is read. Private to core/flow and the readers of documents.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/flow/diagnostic.h"
#include "core/flow/limits.h"

namespace weft::flow {

class Problems {
 public:
  void add(std::string_view code, Span span, std::string message, std::string hint = {}) {
    if (diagnostics_.size() < kMaxDiagnostics) {
      diagnostics_.push_back({std::string(code), std::move(message), std::move(hint), span});
    } else if (left_out_++ == 0) {
      diagnostics_.push_back({"flow.too_many_problems", "there are more problems than are shown; mend these first", {}, {}});
    }
  }
  [[nodiscard]] bool none() const { return diagnostics_.empty(); }
  [[nodiscard]] std::size_t count() const { return diagnostics_.size(); }
  [[nodiscard]] Diagnostics take() { return std::move(diagnostics_); }

 private:
  Diagnostics diagnostics_;
  std::size_t left_out_ = 0;
};

// For `hint`: "did you mean `gray`?", or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);
// A word of the user's in a message: in backquotes, control characters escaped, cut when it is long.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace weft::flow
