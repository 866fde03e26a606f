#include "core/module/grow_watch.h"

#include <array>
#include <utility>

#include "core/module/cursor.h"

namespace weft::module {
namespace {

using Bytes = std::vector<std::byte>;

// Section ids, and their order in a module (core specification section 5.5): not the order of the ids.
enum Section : std::uint8_t { kCustom = 0, kType = 1, kImport = 2, kFunction = 3, kTable = 4, kMemory = 5, kGlobal = 6, kExport = 7, kStart = 8, kElement = 9, kCode = 10, kData = 11, kDataCount = 12, kTag = 13 };
constexpr std::array<std::uint8_t, 13> kOrder = {kType, kImport, kFunction, kTable, kMemory, kTag, kGlobal, kExport, kStart, kElement, kDataCount, kCode, kData};

constexpr std::uint8_t kMemoryGrow = 0x40, kCall = 0x10;

std::size_t rank_of(std::uint8_t id) {
  for (std::size_t i = 0; i < kOrder.size(); ++i)
    if (kOrder[i] == id) return i;
  return kOrder.size();
}

void put_number(Bytes& out, std::uint64_t value) {
  do {
    const auto low = static_cast<std::uint8_t>(value & 0x7FU);
    value >>= 7;
    out.push_back(static_cast<std::byte>(low | (value != 0 ? 0x80U : 0U)));
  } while (value != 0);
}
void put(Bytes& out, std::span<const std::byte> bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }
void put(Bytes& out, std::initializer_list<int> bytes) {
  for (const int b : bytes) out.push_back(static_cast<std::byte>(b));
}
void put_section(Bytes& out, std::uint8_t id, std::span<const std::byte> body) {
  put(out, {id});
  put_number(out, body.size());
  put(out, body);
}

// Skips what follows an opcode of the portable set; gives up on any other.
void skip_simd(Cursor& in) {
  const std::uint64_t op = in.number();
  if (op <= 11 || op == 92 || op == 93) return static_cast<void>(in.number()), static_cast<void>(in.number());
  if (op == 12 || op == 13) return static_cast<void>(in.take(16));
  if (op >= 21 && op <= 34) return static_cast<void>(in.byte());
  if (op >= 84 && op <= 91) return static_cast<void>(in.number()), static_cast<void>(in.number()), static_cast<void>(in.byte());
  if (op > 255) in.give_up();
}

void skip_prefixed(Cursor& in) {
  const std::uint64_t op = in.number();
  if (op <= 7) return;                                                                                  // saturating conversions
  if (op == 8 || op == 10 || op == 12 || op == 14) return static_cast<void>(in.number()), static_cast<void>(in.number());
  if (op <= 17) return static_cast<void>(in.number());
  in.give_up();
}

void skip_branch_table(Cursor& in) {
  const std::uint64_t count = in.number();
  for (std::uint64_t i = 0; i <= count && in.good(); ++i) static_cast<void>(in.number());
}

void skip_immediates(Cursor& in, std::uint8_t op) {
  if (op >= 0x45 && op <= 0xC4) return;  // numeric, without any
  if (op >= 0x28 && op <= 0x3E) return static_cast<void>(in.number()), static_cast<void>(in.number());  // loads and stores
  switch (op) {
    case 0x00: case 0x01: case 0x05: case 0x0B: case 0x0F: case 0x1A: case 0x1B: case 0xD1: return;
    case 0x02: case 0x03: case 0x04:  // block types: a type index is a signed number, which is as long as an unsigned one
    case 0x0C: case 0x0D: case 0x10: case 0x20: case 0x21: case 0x22: case 0x23: case 0x24: case 0x25: case 0x26:
    case 0x3F: case 0x40: case 0x41: case 0x42: case 0xD0: case 0xD2: return static_cast<void>(in.number());
    case 0x11: return static_cast<void>(in.number()), static_cast<void>(in.number());
    case 0x0E: return skip_branch_table(in);
    case 0x1C:
      for (std::uint64_t i = in.number(); i > 0 && in.good(); --i) static_cast<void>(in.byte());
      return;
    case 0x43: return static_cast<void>(in.take(4));
    case 0x44: return static_cast<void>(in.take(8));
    case 0xFC: return skip_prefixed(in);
    case 0xFD: return skip_simd(in);
    default: in.give_up(); return;
  }
}

// The instructions of one function with each memory.grow replaced by a call; whether there was one.
bool rewrite_body(std::span<const std::byte> body, std::uint64_t watcher, Bytes& out, bool& good) {
  Cursor in(body);
  for (std::uint64_t groups = in.number(); groups > 0 && in.good(); --groups) static_cast<void>(in.number()), static_cast<void>(in.byte());
  std::size_t copied = 0;
  bool found = false;
  while (!in.at_end() && in.good()) {
    const std::size_t at = body.size() - in.left();
    const std::uint8_t op = in.byte();
    skip_immediates(in, op);
    if (op != kMemoryGrow || !in.good()) continue;
    found = true;
    put(out, body.subspan(copied, at - copied));
    put(out, {kCall});
    put_number(out, watcher);
    copied = body.size() - in.left();
  }
  put(out, body.subspan(copied));
  good = good && in.good();
  return found;
}

// A section that is a vector, with one more element at its end.
Bytes with_one_more(std::span<const std::byte> section, const Bytes& element) {
  Cursor in(section);
  const std::uint64_t count = section.empty() ? 0 : in.number();
  Bytes out;
  put_number(out, count + 1);
  put(out, section.subspan(section.size() - in.left()));
  put(out, element);
  return out;
}

std::uint64_t count_of(std::span<const std::byte> section) { return section.empty() ? 0 : Cursor(section).number(); }

// How many functions and globals come from outside.
struct Imported {
  std::uint64_t functions = 0, globals = 0;
};

void skip_limits(Cursor& in) {
  const std::uint8_t flags = in.byte();
  static_cast<void>(in.number());
  if ((flags & 1U) != 0) static_cast<void>(in.number());
}

Imported count_imports(std::span<const std::byte> section, bool& good) {
  Imported imported;
  if (section.empty()) return imported;
  Cursor in(section);
  for (std::uint64_t i = in.number(); i > 0 && in.good(); --i) {
    static_cast<void>(in.name()), static_cast<void>(in.name());
    switch (in.byte()) {
      case 0: ++imported.functions, static_cast<void>(in.number()); break;
      case 1: static_cast<void>(in.byte()), skip_limits(in); break;
      case 2: skip_limits(in); break;
      case 3: ++imported.globals, static_cast<void>(in.byte()), static_cast<void>(in.byte()); break;
      default: in.give_up();
    }
  }
  good = good && in.good();
  return imported;
}

Bytes watcher_body(std::uint64_t global) {
  Bytes code;
  put(code, {0});                        // no locals of its own
  put(code, {0x20, 0, 0x40, 0, 0x22, 0});  // local.get 0, memory.grow, local.tee 0
  put(code, {0x41, 0x7F, 0x46, 0x04, 0x40});  // i32.const -1, i32.eq, if
  put(code, {0x41, 1, 0x24});            // i32.const 1, global.set
  put_number(code, global);
  put(code, {0x0B, 0x20, 0, 0x0B});      // end, local.get 0, end
  Bytes body;
  put_number(body, code.size());
  put(body, code);
  return body;
}

struct Sections {
  std::array<std::span<const std::byte>, 14> bodies{};
  std::array<bool, 14> present{};
};

class Watch {
 public:
  explicit Watch(std::span<const std::byte> module) : module_(module) {}

  std::optional<Bytes> run() {
    if (!index() || !sections_.present[kCode]) return std::nullopt;
    const Imported imported = count_imports(sections_.bodies[kImport], good_);
    function_ = imported.functions + count_of(sections_.bodies[kFunction]);
    global_ = imported.globals + count_of(sections_.bodies[kGlobal]);
    Bytes code;
    if (!rewrite_code(code) || !good_) return std::nullopt;
    return assemble(code);
  }

 private:
  // Where each section is; nothing that stands twice or is unknown.
  bool index() {
    if (module_.size() < 8) return false;
    Cursor in(module_.subspan(8));
    while (!in.at_end() && in.good()) {
      const std::uint8_t id = in.byte();
      const auto body = in.take(in.number());
      if (!in.good() || id > kTag) return false;
      if (id == kCustom) continue;
      if (std::exchange(sections_.present[id], true)) return false;
      sections_.bodies[id] = body;
    }
    return in.good();
  }

  bool rewrite_code(Bytes& out) {
    Cursor in(sections_.bodies[kCode]);
    const std::uint64_t count = in.number();
    if (count != count_of(sections_.bodies[kFunction])) return false;
    put_number(out, count + 1);
    bool found = false;
    Bytes body;
    for (std::uint64_t i = 0; i < count && in.good() && good_; ++i) {
      body.clear();
      found = rewrite_body(in.take(in.number()), function_, body, good_) || found;
      put_number(out, body.size());
      put(out, body);
    }
    put(out, watcher_body(global_));
    good_ = good_ && in.good() && in.at_end();
    return found;
  }

  // The module again, section by section, those that gain something or were missing in their places.
  Bytes assemble(const Bytes& code) {
    Bytes out;
    out.reserve(module_.size() + 256);
    put(out, module_.first(8));
    std::array<bool, 14> done{};
    const auto emit = [&](std::uint8_t id) {
      if (std::exchange(done[id], true)) return;
      if (id == kCode) return put_section(out, id, code);
      const Bytes more = added(id);
      if (!more.empty()) return put_section(out, id, with_one_more(sections_.bodies[id], more));
      if (sections_.present[id]) put_section(out, id, sections_.bodies[id]);
    };
    const auto emit_before = [&](std::size_t rank) {
      for (std::size_t i = 0; i < rank; ++i) emit(kOrder[i]);
    };
    Cursor in(module_.subspan(8));
    while (!in.at_end()) {
      const std::uint8_t id = in.byte();
      const auto body = in.take(in.number());
      if (id == kCustom) {
        put_section(out, id, body);  // custom sections may stand anywhere, and stay where they are
        continue;
      }
      emit_before(rank_of(id));
      emit(id);
    }
    emit_before(kOrder.size());
    return out;
  }

  // The element a section gains; empty for one that gains none.
  [[nodiscard]] Bytes added(std::uint8_t id) const {
    Bytes element;
    switch (id) {
      case kType: put(element, {0x60, 1, 0x7F, 1, 0x7F}); break;  // (i32) -> i32
      case kFunction: put_number(element, count_of(sections_.bodies[kType])); break;
      case kGlobal: put(element, {0x7F, 1, 0x41, 0, 0x0B}); break;  // (mut i32) 0
      case kExport:
        put_number(element, kGrowRefused.size());
        put(element, std::as_bytes(std::span(kGrowRefused)));
        put(element, {3});
        put_number(element, global_);
        break;
      default: break;
    }
    return element;
  }

  std::span<const std::byte> module_;
  Sections sections_;
  std::uint64_t function_ = 0;
  std::uint64_t global_ = 0;
  bool good_ = true;
};

}  // namespace

std::optional<std::vector<std::byte>> watch_growth(std::span<const std::byte> module) { return Watch(module).run(); }

}  // namespace weft::module
