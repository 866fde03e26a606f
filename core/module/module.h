// What a WebAssembly module says of itself: imports, exports, memories, sizes, declared features. Reads section heads
// only; nothing is validated beyond what reading them needs (engines do that). Pure; linear; no allocation that the
// module's own size does not cover.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace weft::module {

enum class ExternKind : std::uint8_t { function, table, memory, global, tag };

struct Import {
  std::string module;
  std::string name;
  ExternKind kind;
};

struct Export {
  std::string name;
  ExternKind kind;
};

struct Memory {
  std::uint64_t min_pages = 0;  // of 64 KiB
  std::optional<std::uint64_t> max_pages;
  bool shared = false;
  bool is_64 = false;
};

struct ModuleFacts {
  std::vector<Import> imports;
  std::vector<Export> exports;
  std::vector<Memory> memories;  // imported ones first
  std::uint32_t functions = 0;   // defined, not imported
  std::uint64_t code_bytes = 0;
  std::uint64_t data_bytes = 0;
  bool has_start = false;  // a start function that runs at instantiation
  std::vector<std::string> target_features;  // as its compiler noted them: "+simd128"

  [[nodiscard]] bool exports_function(std::string_view name) const;
};

// Errors: module.not_wasm, module.component, module.version, module.truncated, module.invalid; messages go on after the
// module's name.
[[nodiscard]] Result<ModuleFacts> read_module(std::span<const std::byte> bytes);

}  // namespace weft::module
