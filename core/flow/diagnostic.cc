#include "core/flow/diagnostic.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "core/base/json_writer.h"
#include "core/base/text.h"
#include "core/flow/limits.h"
#include "core/flow/problems.h"

namespace weft::flow {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::size_t kShownWordBytes = 80;

// Control characters as \xNN, a tab as one space, so that a line shows as many columns as it has code points.
std::string visible(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\t') {
      out.push_back(' ');
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "?";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

// By place; those of one place in the order they were found, those of none last.
Diagnostics sorted(const Diagnostics& diagnostics) {
  std::vector<std::size_t> order(diagnostics.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto place = [&](std::size_t i) {
    const Span& span = diagnostics[i].span;
    return std::tuple(span.line == 0 ? UINT32_MAX : span.line, span.column, i);
  };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return place(a) < place(b); });
  Diagnostics out;
  for (const std::size_t i : order) out.push_back(diagnostics[i]);
  return out;
}

std::vector<std::string_view> lines_of(std::string_view source) {
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = source.find('\n');
    std::string_view line = source.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    if (end == std::string_view::npos) return lines;
    source.remove_prefix(end + 1);
  }
}

// Code points [from, from + count) of `line`.
std::string_view columns(std::string_view line, std::size_t from, std::size_t count) {
  std::size_t begin = line.size();
  std::size_t end = line.size();
  std::size_t seen = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if ((static_cast<unsigned char>(line[i]) & 0xC0U) == 0x80U) continue;
    if (seen == from) begin = i;
    if (seen == from + count) {
      end = i;
      break;
    }
    ++seen;
  }
  return line.substr(std::min(begin, end), end - std::min(begin, end));
}

// The offending line and a caret under the span; a long line is cut around it.
std::string excerpt(const Diagnostic& d, std::string_view line) {
  const std::size_t column = d.span.column - 1;
  const std::size_t from = column > kShownLineColumns / 2 ? column - kShownLineColumns / 2 : 0;
  const std::string shown = visible(columns(line, from, kShownLineColumns));
  const std::size_t width = count_code_points(shown);
  const std::string number = std::to_string(d.span.line);
  std::size_t carets = 1;
  if (d.span.end_line == d.span.line && d.span.end_column > d.span.column) carets = d.span.end_column - d.span.column;
  if (d.span.end_line > d.span.line) carets = width > column - from ? width - (column - from) : 1;
  carets = std::clamp<std::size_t>(carets, 1, width > column - from ? width - (column - from) : 1);
  std::string out = "  " + number + " | " + shown + "\n";
  out += "  " + std::string(number.size(), ' ') + " | " + std::string(column - from, ' ') + std::string(carets, '^');
  if (!d.hint.empty()) out += " " + visible(d.hint);
  return out + "\n";
}

}  // namespace

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string_view best = nearest(word, candidates);
  return best.empty() ? "" : "did you mean `" + std::string(best) + "`?";
}

std::string quoted(std::string_view text) {
  std::string out = "`";
  for (const char c : text.substr(0, kShownWordBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    } else {
      out.push_back(c);
    }
  }
  if (text.size() > kShownWordBytes) out += "...";
  return out + "`";
}

std::string render(const Diagnostics& diagnostics, std::string_view file, std::string_view source) {
  const std::vector<std::string_view> lines = lines_of(source);
  std::string out;
  for (const Diagnostic& d : sorted(diagnostics)) {
    out += file;
    if (d.span.line > 0) out += ":" + std::to_string(d.span.line) + ":" + std::to_string(d.span.column);
    out += ": error[" + d.code + "]: " + visible(d.message) + "\n";
    if (d.span.line > 0 && d.span.line <= lines.size()) {
      out += excerpt(d, lines[d.span.line - 1]);
    } else if (!d.hint.empty()) {
      out += "  " + visible(d.hint) + "\n";
    }
  }
  const std::string count = diagnostics.size() == 1 ? "1 error" : std::to_string(diagnostics.size()) + " errors";
  return out + count + "; nothing was run\n";
}

std::string render_json(const Diagnostics& diagnostics) {
  JsonWriter json;
  json.begin_array();
  for (const Diagnostic& d : sorted(diagnostics)) {
    json.begin_object().key("code").string(d.code).key("message").string(d.message).key("hint").string(d.hint);
    json.key("line").unsigned_integer(d.span.line).key("column").unsigned_integer(d.span.column);
    json.key("end_line").unsigned_integer(d.span.end_line).key("end_column").unsigned_integer(d.span.end_column);
    json.end_object();
  }
  json.end_array();
  return json.take();
}

}  // namespace weft::flow
