// Collects what is wrong with a document while it is read, bounded in number and in the work spent on suggestions.
// Owner: one parse. Every text of the document that goes into a message goes through quoted().
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/flow/codes.h"
#include "core/flow/diagnostic.h"
#include "core/flow/limits.h"

namespace weft::flow {

// `text` between backquotes, control characters escaped, cut where it is long.
[[nodiscard]] std::string quoted(std::string_view text);

class Problems {
 public:
  void add(Code code, const Span& span, std::string message, std::string hint = {});

  // "did you mean `gray`?", or empty. Gives up once the whole document has had its share of searching.
  [[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

  [[nodiscard]] bool empty() const { return found_.empty(); }
  // No more are kept: expensive searches for further ones can stop.
  [[nodiscard]] bool full() const { return found_.size() >= limits::kDiagnostics; }

  // Sorted by place; when some were left out, the last says how many.
  [[nodiscard]] Diagnostics take();

 private:
  Diagnostics found_;
  std::size_t left_out_ = 0;
  std::size_t cells_left_ = limits::kSuggestionCells;
};

}  // namespace weft::flow
