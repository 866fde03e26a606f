// Scalars, lists and free mappings of a document, read into values by YAML 1.2's core schema. Each function reports
// what is wrong to `problems` and answers nullopt then; `what` names the value in messages ("`timeout` of step
// `edges`").
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/flow/problems.h"
#include "core/flow/tree.h"

namespace weft::flow {

// A plain scalar that is empty or null, Null, NULL, ~. Nothing in a workflow takes it.
[[nodiscard]] bool is_null(const Node& node);
// "a list", "a mapping", "a text", "no value".
[[nodiscard]] std::string_view shape_text(const Node& node);
// [a-z][a-z0-9_-]{0,62}
[[nodiscard]] bool is_name(std::string_view text);

struct IntegerRange {
  std::uint64_t min;
  std::uint64_t max;
};

// Any scalar that is not null, as its text: 10 and true are texts where a text is expected. NUL is refused.
[[nodiscard]] std::optional<std::string> read_text(Problems& problems, const Node& node, std::string_view what);
[[nodiscard]] std::optional<std::uint64_t> read_integer(Problems& problems, const Node& node, std::string_view what,
                                                        IntegerRange range);
// A whole number, or its digits as a text, because JSON tools lose digits beyond 2^53.
[[nodiscard]] std::optional<std::uint64_t> read_seed(Problems& problems, const Node& node, std::string_view what);
// In thousandths.
[[nodiscard]] std::optional<std::uint32_t> read_factor(Problems& problems, const Node& node, std::string_view what);
[[nodiscard]] std::optional<std::int64_t> read_duration(Problems& problems, const Node& node, std::string_view what,
                                                        std::int64_t min_us, std::int64_t max_us);
[[nodiscard]] std::optional<std::uint64_t> read_size(Problems& problems, const Node& node, std::string_view what,
                                                     std::uint64_t min_bytes, std::uint64_t max_bytes);
// The position of the word in `words`.
[[nodiscard]] std::optional<std::size_t> read_word(Problems& problems, const Node& node, std::string_view what,
                                                   std::span<const std::string_view> words);
[[nodiscard]] bool check_name(Problems& problems, std::string_view name, const Span& span, std::string_view what);

// A list, or a scalar as the list of it alone; its length is checked.
[[nodiscard]] std::span<const Node> read_list(Problems& problems, const Node& node, std::string_view what,
                                              std::size_t max);
// The entries of a mapping with free keys, repeated keys refused; its length is checked.
[[nodiscard]] std::vector<const Entry*> read_entries(Problems& problems, const Node& node, std::string_view what,
                                                     std::size_t max);

// Refuses `${` where parameters are not put in; true when there is none.
[[nodiscard]] bool check_no_params(Problems& problems, std::string_view text, const Span& span, std::string_view what);

}  // namespace weft::flow
