#include "core/module/module.h"

#include <algorithm>

#include "core/module/cursor.h"

namespace weft::module {
namespace {

// Section ids, WebAssembly core specification section 5.5.
enum Section : std::uint8_t { kCustom = 0, kImport = 2, kFunction = 3, kMemory = 5, kExport = 7, kStart = 8, kCode = 10, kData = 11 };
constexpr std::uint8_t kLimitMax = 1, kLimitShared = 2, kLimit64 = 4, kLimitPageSize = 8;

Memory read_memory(Cursor& in) {
  Memory memory;
  const std::uint8_t flags = in.byte();
  memory.min_pages = in.number();
  if ((flags & kLimitMax) != 0) memory.max_pages = in.number();
  if ((flags & kLimitPageSize) != 0) static_cast<void>(in.number());
  memory.shared = (flags & kLimitShared) != 0;
  memory.is_64 = (flags & kLimit64) != 0;
  return memory;
}

// A value or reference type; typed references carry a heap type behind them.
void skip_type(Cursor& in) {
  const std::uint8_t type = in.byte();
  if (type == 0x63 || type == 0x64) static_cast<void>(in.number());
}

void read_imports(Cursor in, ModuleFacts& facts, bool& good) {
  const std::uint64_t count = in.number();
  for (std::uint64_t i = 0; i < count && in.good(); ++i) {
    Import import{in.name(), in.name(), static_cast<ExternKind>(in.byte())};
    switch (import.kind) {
      case ExternKind::function: static_cast<void>(in.number()); break;
      case ExternKind::table: skip_type(in), static_cast<void>(read_memory(in)); break;
      case ExternKind::memory: facts.memories.push_back(read_memory(in)); break;
      case ExternKind::global: skip_type(in), static_cast<void>(in.byte()); break;
      case ExternKind::tag: static_cast<void>(in.byte()), static_cast<void>(in.number()); break;
      default: good = false; return;
    }
    if (in.good()) facts.imports.push_back(std::move(import));
  }
  good = good && in.good();
}

void read_exports(Cursor in, ModuleFacts& facts, bool& good) {
  const std::uint64_t count = in.number();
  for (std::uint64_t i = 0; i < count && in.good(); ++i) {
    Export exported{in.name(), static_cast<ExternKind>(in.byte())};
    static_cast<void>(in.number());
    if (in.good()) facts.exports.push_back(std::move(exported));
  }
  good = good && in.good();
}

void read_memories(Cursor in, ModuleFacts& facts, bool& good) {
  const std::uint64_t count = in.number();
  for (std::uint64_t i = 0; i < count && in.good(); ++i) facts.memories.push_back(read_memory(in));
  good = good && in.good();
}

// The tool conventions' section: a prefix ('+', '-', '=') and a name each. Whatever is wrong in it is no error.
void read_target_features(Cursor in, ModuleFacts& facts) {
  const std::uint64_t count = in.number();
  for (std::uint64_t i = 0; i < count && in.good(); ++i) {
    const char prefix = static_cast<char>(in.byte());
    std::string name = in.name();
    if (in.good()) facts.target_features.push_back(prefix + name);
  }
}

}  // namespace

bool ModuleFacts::exports_function(std::string_view name) const {
  return std::any_of(exports.begin(), exports.end(), [&](const Export& e) { return e.kind == ExternKind::function && e.name == name; });
}

Result<ModuleFacts> read_module(std::span<const std::byte> bytes) {
  constexpr std::string_view kMagic{"\0asm", 4};
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with(kMagic)) return fail("module.not_wasm", "is not a WebAssembly binary");
  if (bytes.size() < 8) return fail("module.truncated", "ends in the middle");
  if (text.substr(4, 4) == std::string_view("\x0d\0\1\0", 4)) return fail("module.component", "is a component, not a core module");
  if (text.substr(4, 4) != std::string_view("\1\0\0\0", 4)) return fail("module.version", "has an unknown version");
  ModuleFacts facts;
  Cursor in(bytes.subspan(8));
  bool good = true;
  while (!in.at_end()) {
    const std::uint8_t id = in.byte();
    const std::uint64_t size = in.number();
    if (!in.good() || size > in.left()) return fail("module.truncated", "ends in the middle");
    Cursor section(in.take(size));
    switch (id) {
      case kImport: read_imports(section, facts, good); break;
      case kFunction: facts.functions = static_cast<std::uint32_t>(section.number()); break;
      case kMemory: read_memories(section, facts, good); break;
      case kExport: read_exports(section, facts, good); break;
      case kStart: facts.has_start = true; break;
      case kCode: facts.code_bytes += size; break;
      case kData: facts.data_bytes += size; break;
      case kCustom:
        if (section.name() == "target_features" && section.good()) read_target_features(section, facts);
        break;
      default: break;
    }
    if (!good) return fail("module.invalid", "has a section that cannot be read");
  }
  return facts;
}

}  // namespace weft::module
