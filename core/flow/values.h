// Typed values out of document nodes, after the YAML 1.2 core schema: what a scalar means is decided here, for every
// parser alike. Each reader reports what is wrong and answers nothing then. Private to core/flow.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/flow/problems.h"
#include "core/flow/tree.h"

namespace weft::flow {

[[nodiscard]] bool is_null(const Node& node);

class Values {
 public:
  explicit Values(Problems& problems) : problems_(problems) {}

  // `what` names the place in messages: "`timeout` of step `edges`".
  // Any scalar but null is a string, as it is written: `args: [10]` passes "10".
  [[nodiscard]] std::optional<std::string> text(const Node& node, std::string_view what);
  [[nodiscard]] std::optional<std::uint64_t> integer(const Node& node, std::string_view what, std::uint64_t min, std::uint64_t max);
  [[nodiscard]] std::optional<std::int64_t> duration(const Node& node, std::string_view what);
  [[nodiscard]] std::optional<std::uint64_t> size(const Node& node, std::string_view what, std::uint64_t min, std::uint64_t max);
  // A factor with up to three decimals, in thousandths.
  [[nodiscard]] std::optional<std::uint32_t> thousandths(const Node& node, std::string_view what, std::uint32_t min, std::uint32_t max);
  // One of `names`; its position.
  [[nodiscard]] std::optional<std::size_t> choice(const Node& node, std::string_view what, std::span<const std::string_view> names);
  // The items of a sequence, or the scalar itself as the only one.
  [[nodiscard]] std::span<const Node> list(const Node& node, std::string_view what);
  // Whether it is a mapping with known, distinct keys; unknown and repeated ones are reported. No `keys`: any key.
  [[nodiscard]] bool mapping(const Node& node, std::string_view what, std::span<const std::string_view> keys);

  Problems& problems() { return problems_; }

 private:
  Problems& problems_;
};

// A signed integer of the core schema: decimal, 0x, 0o.
[[nodiscard]] std::optional<std::int64_t> integer_of(const Node& node);

}  // namespace weft::flow
