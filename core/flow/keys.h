// The keys of a workflow document as a table: where each may stand, what it takes, whether it must be there. The parser
// reads documents by it, and a test holds api/workflow.schema.json to it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/flow/problems.h"
#include "core/flow/tree.h"

namespace weft::flow {

enum class Group : std::uint8_t { document, step, retry, instances, when };
inline constexpr std::array kGroups = {Group::document, Group::step, Group::retry, Group::instances, Group::when};

enum class Presence : std::uint8_t { optional, required };

// What a key takes. `name` is that of the definition in the schema, `shapes` the kinds of node it may be.
struct ValueType {
  std::string_view name;
  std::uint8_t shapes;         // of kScalar, kSequence, kMapping
  std::string_view described;  // completes "`timeout` takes ..."
};
inline constexpr std::uint8_t kScalar = 1;
inline constexpr std::uint8_t kSequence = 2;
inline constexpr std::uint8_t kMapping = 4;

struct KeyRule {
  std::string_view name;
  const ValueType* type;
  Presence presence;
};

inline constexpr std::size_t kMaxKeys = 18;
[[nodiscard]] std::span<const KeyRule> keys_of(Group group);

// Whose keys they are, for messages: "step `edges`", "`retry` of step `edges`", "the workflow".
struct Owner {
  std::string_view step = {};  // name; empty: the document
  std::string_view part = {};  // "retry"; empty: the step or document itself
  [[nodiscard]] std::string text() const;
  // "`timeout` of step `edges`"; for the document only "`timeout`".
  [[nodiscard]] std::string text_of_key(std::string_view key) const;
};

// One mapping of the document, sorted into the keys of its group. Points into the document.
class Fields {
 public:
  // The value of `key`, of a shape that it takes; null when it is not there or was refused.
  [[nodiscard]] const Node* value(std::string_view key) const;
  // Where the key itself stands; null when the document does not have it.
  [[nodiscard]] const Span* place(std::string_view key) const;
  [[nodiscard]] bool has(std::string_view key) const { return place(key) != nullptr; }

 private:
  friend Fields read_fields(Problems& problems, Group group, const Node& mapping, const Owner& owner,
                            const Span& place);
  std::optional<Group> group_;  // none: nothing was read, so nothing is there
  std::array<const Entry*, kMaxKeys> entries_{};
  std::array<bool, kMaxKeys> refused_{};
};

// Refuses unknown and repeated keys, missing ones (said at `place`), and values of a wrong shape.
[[nodiscard]] Fields read_fields(Problems& problems, Group group, const Node& mapping, const Owner& owner,
                                 const Span& place);

}  // namespace weft::flow
