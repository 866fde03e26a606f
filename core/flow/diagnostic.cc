#include "core/flow/diagnostic.h"

#include <algorithm>
#include <tuple>

#include "core/base/json_writer.h"
#include "core/base/text.h"
#include "core/flow/codes.h"
#include "core/flow/limits.h"

namespace weft::flow {
namespace {

// What belongs to no place comes last. A total order, so that the same problems always read the same.
bool stands_before(const Diagnostic& a, const Diagnostic& b) {
  const auto key = [](const Diagnostic& d) {
    return std::tuple(d.span.line == 0, d.span.line, d.span.column, std::string_view(d.code),
                      std::string_view(d.message));
  };
  return key(a) < key(b);
}

std::vector<const Diagnostic*> by_place(const Diagnostics& diagnostics) {
  std::vector<const Diagnostic*> sorted;
  for (const Diagnostic& diagnostic : diagnostics) sorted.push_back(&diagnostic);
  std::sort(sorted.begin(), sorted.end(),
            [](const Diagnostic* a, const Diagnostic* b) { return stands_before(*a, *b); });
  return sorted;
}

struct Shown {
  std::string text;
  std::size_t width = 0;  // columns of a terminal, about
};

// Combining marks and the like: no column of their own.
bool is_zero_width(char32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x20D0 && c <= 0x20FF) ||
         (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xFE20 && c <= 0xFE2F);
}

// East Asian wide and emoji: two columns. Blocks, not the whole table: a caret that is off by one is no harm.
bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}

// Characters that move the cursor, turn the writing direction or are invisible, so that a line could show what it is
// not.
bool is_hostile(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0x61C || c >= 0xE0000;
}

// The sequence at the front of `text`, taken off it; U+FFFD and one byte where it is not UTF-8.
char32_t take_code_point(std::string_view& text, std::string_view& bytes) {
  std::size_t size = 1;
  while (size <= 4 && size <= text.size() && !is_utf8(text.substr(0, size))) ++size;
  if (size > 4 || size > text.size()) {
    bytes = "\xEF\xBF\xBD";
    text.remove_prefix(1);
    return 0xFFFD;
  }
  bytes = text.substr(0, size);
  text.remove_prefix(size);
  auto c = static_cast<char32_t>(static_cast<unsigned char>(bytes[0]));
  if (size > 1) c &= 0x7FU >> size;
  for (std::size_t i = 1; i < size; ++i) c = (c << 6) | (static_cast<unsigned char>(bytes[i]) & 0x3FU);
  return c;
}

void show(Shown& out, char32_t c, std::string_view bytes) {
  if (c == '\t') {
    out.text.push_back(' ');
    out.width += 1;
  } else if (is_hostile(c)) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string escape = "\\u{";
    bool leading = true;
    for (int shift = 20; shift >= 0; shift -= 4) {
      const auto digit = (c >> static_cast<unsigned>(shift)) & 15U;
      leading = leading && digit == 0 && shift >= 8;
      if (!leading) escape.push_back(kHex[digit]);
    }
    escape.push_back('}');
    out.text += escape;
    out.width += escape.size();
  } else {
    out.text += bytes;
    out.width += is_zero_width(c) ? 0 : is_wide(c) ? 2 : 1;
  }
}

std::string shown(std::string_view text) {
  Shown out;
  std::string_view bytes;
  while (!text.empty()) {
    const char32_t c = take_code_point(text, bytes);
    show(out, c, bytes);
  }
  return out.text;
}

// The part of `line` around columns [from, to) that is shown, and where the caret stands under it.
struct Excerpt {
  std::string text;
  std::size_t caret_column = 0;
  std::size_t caret_width = 1;
};

Excerpt excerpt_of(std::string_view line, std::size_t from, std::size_t to) {
  constexpr std::size_t kMax = limits::kSourceLineCodePoints;
  // A long line is shown from some way before the span, so that the span is in what is left of it.
  const std::size_t first = from > kMax / 2 ? from - kMax / 2 : 1;
  const std::size_t skip = count_code_points(line) > kMax ? first : 1;
  Shown out;
  if (skip > 1) out = {"...", 3};
  Excerpt excerpt;
  std::size_t column = 1;
  std::size_t caret_end = 0;
  std::string_view bytes;
  for (; !line.empty(); ++column) {
    if (column >= skip + kMax) {
      if (column <= from) excerpt.caret_column = out.width;
      out.text += "...";
      break;
    }
    if (column == from) excerpt.caret_column = out.width;
    const char32_t c = take_code_point(line, bytes);
    if (column < skip) continue;
    show(out, c, bytes);
    if (column < to) caret_end = out.width;
  }
  if (column <= from) excerpt.caret_column = out.width;
  excerpt.text = std::move(out.text);
  excerpt.caret_width = caret_end > excerpt.caret_column ? caret_end - excerpt.caret_column : 1;
  return excerpt;
}

// Where each line of a text begins, found once for all diagnostics.
std::vector<std::string_view> lines_of(std::string_view source) {
  std::vector<std::string_view> lines;
  if (source.starts_with("\xEF\xBB\xBF")) source.remove_prefix(3);
  while (true) {
    const std::size_t end = source.find_first_of("\r\n");
    lines.push_back(source.substr(0, end));
    if (end == std::string_view::npos) return lines;
    source.remove_prefix(end + (source.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

void append_excerpt(std::string& out, const Diagnostic& diagnostic, const std::vector<std::string_view>& lines) {
  const Span& span = diagnostic.span;
  const std::string hint = shown(diagnostic.hint);
  if (span.line == 0 || span.line > lines.size()) {
    if (!hint.empty()) out += "    = " + hint + "\n";
    return;
  }
  const std::string_view line = lines[span.line - 1];
  const std::size_t end = span.end_line == span.line ? span.end_column : count_code_points(line) + 1;
  const Excerpt excerpt = excerpt_of(line, span.column, std::max<std::size_t>(end, span.column + 1));
  const std::string number = std::to_string(span.line);
  out += "  " + number + " | " + excerpt.text + "\n";
  out += "  " + std::string(number.size(), ' ') + " | " + std::string(excerpt.caret_column, ' ') +
         std::string(excerpt.caret_width, '^');
  if (!hint.empty()) out += " " + hint;
  out += "\n";
}

}  // namespace

std::string render(const Diagnostics& diagnostics, std::string_view file, std::string_view source) {
  if (diagnostics.empty()) return {};
  const std::vector<std::string_view> lines = lines_of(source);
  std::string out;
  for (const Diagnostic* diagnostic : by_place(diagnostics)) {
    out += shown(file);
    if (diagnostic->span.line > 0) {
      out += ":" + std::to_string(diagnostic->span.line) + ":" + std::to_string(diagnostic->span.column);
    }
    out += ": error[" + diagnostic->code + "]: " + shown(diagnostic->message) + "\n";
    append_excerpt(out, *diagnostic, lines);
  }
  const bool more = diagnostics.back().code == text_of(Code::more_problems);
  const std::size_t count = diagnostics.size() - (more ? 1 : 0);
  out +=
      (more ? "more than " : "") + std::to_string(count) + (count == 1 ? " error" : " errors") + "; nothing was run\n";
  return out;
}

std::string render_json(const Diagnostics& diagnostics) {
  JsonWriter writer(JsonWriter::Style::indented);
  writer.begin_array();
  for (const Diagnostic* diagnostic : by_place(diagnostics)) {
    writer.begin_object();
    writer.key("code").string(diagnostic->code);
    writer.key("message").string(diagnostic->message);
    writer.key("hint").string(diagnostic->hint);
    writer.key("line").unsigned_integer(diagnostic->span.line);
    writer.key("column").unsigned_integer(diagnostic->span.column);
    writer.key("end_line").unsigned_integer(diagnostic->span.end_line);
    writer.key("end_column").unsigned_integer(diagnostic->span.end_column);
    writer.end_object();
  }
  writer.end_array();
  return writer.take();
}

}  // namespace weft::flow
