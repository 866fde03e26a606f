#include "host/document/read_document.h"

#include <libfyaml.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/flow/limits.h"
#include "core/flow/problems.h"

namespace weft::document {
namespace {

using flow::Code;
using flow::Entry;
using flow::Node;
using flow::Problems;
using flow::Span;

struct Freer {
  void operator()(fy_diag* diag) const { fy_diag_destroy(diag); }
  void operator()(fy_parser* parser) const { fy_parser_destroy(parser); }
};
using DiagPtr = std::unique_ptr<fy_diag, Freer>;
using ParserPtr = std::unique_ptr<fy_parser, Freer>;

// An event, given back to its parser at the end of its scope.
class Event {
 public:
  explicit Event(fy_parser* parser) : parser_(parser), event_(fy_parser_parse(parser)) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() {
    if (event_ != nullptr) fy_parser_event_free(parser_, event_);
  }
  [[nodiscard]] fy_event* get() const { return event_; }

 private:
  fy_parser* parser_;
  fy_event* event_;
};

// libfyaml counts lines and columns (in code points) from 0.
Span span_of(const fy_mark* start, const fy_mark* end) {
  if (start == nullptr) return {};
  if (end == nullptr) end = start;
  const auto one_based = [](int value) { return static_cast<std::uint32_t>(value) + 1; };
  return {one_based(start->line), one_based(start->column), one_based(end->line), one_based(end->column)};
}

// With the `&` or `*` before the name, which the marks leave out.
Span with_sigil(Span span) {
  if (span.column > 1) --span.column;
  return span;
}

Span span_of(fy_token* token) { return span_of(fy_token_start_mark(token), fy_token_end_mark(token)); }

Node node_of(Node::Kind kind, const Span& span) {
  Node node;
  node.kind = kind;
  node.span = span;
  return node;
}

bool is_quoted(fy_scalar_style style) { return style != FYSS_PLAIN && style != FYSS_ANY; }

// A node that is not whole yet: its children are being read.
struct Open {
  Node node;
  std::string key;  // of a mapping: the key that waits for its value
  Span key_span;
  bool has_key = false;
};

// Builds the tree from the parser's events. It keeps its own stack, so a deep document cannot exhaust ours.
class Builder {
 public:
  Builder(Problems& problems, std::string_view text) : problems_(problems), text_(text) {}

  enum class Next { more, stop };
  Next take(fy_event* event);

  // Whether a whole document was seen; a tree that problems left half built is of no use.
  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] Node take_root() { return std::move(root_); }

 private:
  Next take_by_type(fy_event* event);
  Next begin_document(fy_event* event);
  Next begin_collection(fy_event* event, Node::Kind kind);
  Next end_collection(fy_event* event);
  Next scalar(fy_event* event);
  Next finish(Node node);
  Next refuse_decoration(fy_event* event);
  [[nodiscard]] bool expects_key() const {
    return !open_.empty() && open_.back().node.kind == Node::Kind::mapping && !open_.back().has_key;
  }
  // A value that has no text of its own stands behind what came before it.
  [[nodiscard]] Span empty_span() const;
  [[nodiscard]] Span block_header_span(const fy_mark* start) const;

  Problems& problems_;
  std::string_view text_;
  std::size_t last_end_ = 0;  // in bytes: where the last scalar or bracket ended
  std::vector<Open> open_;
  Node root_;
  std::size_t nodes_ = 0;
  bool complete_ = false;
  bool seen_document_ = false;
};

Span Builder::empty_span() const {
  if (open_.empty()) return {};
  const Open& top = open_.back();
  Span before = top.has_key ? top.key_span : top.node.span;
  if (!top.node.items.empty()) before = top.node.items.back().span;
  return {before.end_line, before.end_column, before.end_line, before.end_column};
}

// libfyaml marks the lines of a literal or folded scalar; its `|` or `>` is what stands behind the key.
Span Builder::block_header_span(const fy_mark* start) const {
  const std::size_t end = std::min(start->input_pos, text_.size());
  std::size_t at = std::min(last_end_, end);
  while (at < end && text_[at] != '|' && text_[at] != '>') {
    if (text_[at] == '#') at = std::min(text_.find('\n', at), end);
    if (at < end) ++at;
  }
  if (at >= end) return span_of(start, start);
  const std::string_view before = text_.substr(0, at);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto column = static_cast<std::uint32_t>(count_code_points(before.substr(line_start)) + 1);
  const auto skipped = static_cast<std::uint32_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at),
                                                             text_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
  const std::uint32_t line = static_cast<std::uint32_t>(start->line) + 1 - skipped;
  return {line, column, line, column + 1};
}

Builder::Next Builder::take(fy_event* event) {
  const Next next = take_by_type(event);
  if (const fy_mark* end = fy_event_end_mark(event)) last_end_ = end->input_pos;
  return next;
}

Builder::Next Builder::take_by_type(fy_event* event) {
  switch (event->type) {
    case FYET_DOCUMENT_START:
      return begin_document(event);
    case FYET_MAPPING_START:
      return begin_collection(event, Node::Kind::mapping);
    case FYET_SEQUENCE_START:
      return begin_collection(event, Node::Kind::sequence);
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END:
      return end_collection(event);
    case FYET_SCALAR:
      return scalar(event);
    case FYET_ALIAS:
      problems_.add(Code::alias, with_sigil(span_of(event->alias.anchor)), "aliases (`*name`) are not taken",
                    "write the value out again");
      return finish(node_of(Node::Kind::scalar, span_of(event->alias.anchor)));
    case FYET_STREAM_END:
      return Next::stop;
    default:
      return Next::more;
  }
}

Builder::Next Builder::begin_document(fy_event* event) {
  const Span span = span_of(fy_event_start_mark(event), fy_event_end_mark(event));
  if (seen_document_) {
    problems_.add(Code::second_document, span, "a second document begins here, and a file holds one workflow",
                  "put it into a file of its own");
    return Next::stop;
  }
  seen_document_ = true;
  const fy_document_state* const_state = event->document_start.document_state;
  auto* state = const_cast<fy_document_state*>(const_state);  // the accessors take no const
  const fy_version* version = fy_document_state_version(state);
  const bool other_version =
      fy_document_state_version_explicit(state) && version != nullptr && (version->major != 1 || version->minor != 2);
  if (other_version || fy_document_state_tags_explicit(state)) {
    problems_.add(Code::directive, {1, 1, 1, 2}, "the document has a `%` directive that is not taken",
                  "leave it out; only `%YAML 1.2` may stand there");
  }
  return Next::more;
}

Builder::Next Builder::refuse_decoration(fy_event* event) {
  if (fy_token* anchor = fy_event_get_anchor_token(event)) {
    problems_.add(Code::anchor, with_sigil(span_of(anchor)), "anchors (`&name`) are not taken", "leave it out");
  }
  if (fy_token* tag = fy_event_get_tag_token(event)) {
    problems_.add(Code::tag, span_of(tag), "tags (`!name`) are not taken", "leave it out; a text can be put in quotes");
  }
  if (++nodes_ <= flow::limits::kNodes) return Next::more;
  problems_.add(Code::too_large, span_of(fy_event_start_mark(event), nullptr),
                "the document has more than " + std::to_string(flow::limits::kNodes) + " values");
  return Next::stop;
}

Builder::Next Builder::begin_collection(fy_event* event, Node::Kind kind) {
  if (refuse_decoration(event) == Next::stop) return Next::stop;
  Node node = node_of(kind, span_of(fy_event_start_mark(event), fy_event_end_mark(event)));
  if (open_.size() >= flow::limits::kDepth) {
    problems_.add(Code::too_deep, node.span,
                  "lists and mappings are nested more than " + std::to_string(flow::limits::kDepth) + " deep here",
                  "a workflow needs five at most");
    return Next::stop;
  }
  if (expects_key()) {
    problems_.add(Code::complex_key, node.span, "a key is a list or a mapping here", "keys are single words");
    return Next::stop;
  }
  open_.push_back({.node = std::move(node), .key = {}, .key_span = {}});
  return Next::more;
}

Builder::Next Builder::end_collection(fy_event* event) {
  Node node = std::move(open_.back().node);
  open_.pop_back();
  const Span end = span_of(fy_event_start_mark(event), fy_event_end_mark(event));
  // The end of a block collection is where the next thing begins, lines further on: its last value says better where
  // it ends. A flow collection ends with its bracket.
  const bool flow_style = end.end_column > end.column && end.line == end.end_line;
  if (flow_style) {
    node.span.end_line = end.end_line;
    node.span.end_column = end.end_column;
  } else if (!node.entries.empty()) {
    const Entry& last = node.entries.back();
    node.span.end_line = last.value.span.end_line;
    node.span.end_column = last.value.span.end_column;
  } else if (!node.items.empty()) {
    node.span.end_line = node.items.back().span.end_line;
    node.span.end_column = node.items.back().span.end_column;
  }
  return finish(std::move(node));
}

Builder::Next Builder::scalar(fy_event* event) {
  if (refuse_decoration(event) == Next::stop) return Next::stop;
  Node node;
  fy_token* token = event->scalar.value;
  if (token == nullptr) {
    node.span = empty_span();
    return finish(std::move(node));
  }
  std::size_t size = 0;
  const char* text = fy_token_get_text(token, &size);
  if (text != nullptr) node.text.assign(text, size);
  const fy_scalar_style style = fy_token_scalar_style(token);
  node.quoting = is_quoted(style) ? Node::Quoting::quoted : Node::Quoting::plain;
  node.span = span_of(token);
  if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) {
    --node.span.column;  // the marks are those of the text between the quotes
    ++node.span.end_column;
  }
  if (style == FYSS_LITERAL || style == FYSS_FOLDED) node.span = block_header_span(fy_token_start_mark(token));
  if (expects_key() && node.text == "<<" && node.quoting == Node::Quoting::plain) {
    problems_.add(Code::merge_key, node.span, "merge keys (`<<`) are not taken", "write the keys out");
  }
  return finish(std::move(node));
}

// `node` is whole: it becomes a key, a value, an item or the root.
Builder::Next Builder::finish(Node node) {
  if (open_.empty()) {
    root_ = std::move(node);
    complete_ = true;
    return Next::more;
  }
  Open& top = open_.back();
  if (top.node.kind == Node::Kind::sequence) {
    top.node.items.push_back(std::move(node));
  } else if (!top.has_key) {
    top.key = std::move(node.text);
    top.key_span = node.span;
    top.has_key = true;
  } else {
    top.node.entries.push_back({std::move(top.key), top.key_span, std::move(node)});
    top.has_key = false;
  }
  return Next::more;
}

// Goes through the text once before any parser sees it, for what no parser needs to see.
class TextCheck {
 public:
  TextCheck(Problems& problems, std::string_view text) : problems_(problems), text_(text) {}

  // Too many bytes, no UTF-8, control characters, a flood of blank lines.
  [[nodiscard]] bool passes() {
    if (text_.size() > flow::limits::kDocumentBytes) {
      problems_.add(Code::too_large, Span{},
                    "the document has " + format_bytes(text_.size()) + ", more than " +
                        format_bytes(flow::limits::kDocumentBytes));
      return false;
    }
    const bool utf8 = is_utf8(text_);
    for (std::size_t i = 0; i < text_.size();) {
      const auto byte = static_cast<unsigned char>(text_[i]);
      std::size_t size = 1;
      while (!utf8 && byte >= 0x80 && size <= 4 && !is_utf8(text_.substr(i, size))) ++size;
      if (size > 4) return refuse(i, Code::encoding, "the text is not UTF-8 here", "save the file as UTF-8");
      if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F) {
        return refuse(i, Code::encoding, "a control character stands here",
                      "leave it out, or write it as an escape in double quotes");
      }
      i += size;
      if (byte != '\n' && byte != '\r') {
        blank_ = blank_ && (byte == ' ' || byte == '\t');
      } else if (!end_line(i, byte)) {
        return refuse(i, Code::too_large,
                      "there are more than " + std::to_string(flow::limits::kBlankLines) + " blank lines in a row here",
                      "leave them out");
      }
    }
    return true;
  }

 private:
  // A line has ended before `next`, at a CR, an LF or both.
  bool end_line(std::size_t next, unsigned char byte) {
    const bool first_of_two = byte == '\r' && next < text_.size() && text_[next] == '\n';
    if (first_of_two) return true;
    blank_lines_ = blank_ ? blank_lines_ + 1 : 0;
    blank_ = true;
    ++line_;
    line_start_ = next;
    return blank_lines_ <= flow::limits::kBlankLines;
  }

  bool refuse(std::size_t at, Code code, std::string message, std::string hint) {
    const auto line = static_cast<std::uint32_t>(line_);
    const auto column = static_cast<std::uint32_t>(count_code_points(text_.substr(line_start_, at - line_start_)) + 1);
    problems_.add(code, {line, column, line, column + 1}, std::move(message), std::move(hint));
    return false;
  }

  Problems& problems_;
  std::string_view text_;
  std::size_t line_ = 1;
  std::size_t line_start_ = 0;
  std::size_t blank_lines_ = 0;
  bool blank_ = true;
};

// What libfyaml said, in its words but at our place. It repeats itself further up the stack: the first is the cause.
void add_syntax_error(Problems& problems, fy_diag* diag) {
  void* iterator = nullptr;
  const fy_diag_error* error = fy_diag_errors_iterate(diag, &iterator);
  if (error == nullptr || error->msg == nullptr) {
    problems.add(Code::syntax, Span{}, "the text is not YAML or JSON");
    return;
  }
  const auto line = static_cast<std::uint32_t>(std::max(error->line, 1));
  const auto column = static_cast<std::uint32_t>(std::max(error->column, 1));
  problems.add(Code::syntax, {line, column, line, column + 1},
               "the text is not YAML or JSON: " + std::string(error->msg));
}

DiagPtr make_silent_diag() {
  fy_diag_cfg cfg;
  fy_diag_cfg_default(&cfg);
  cfg.fp = nullptr;
  cfg.output_fn = [](fy_diag*, void*, const char*, std::size_t) {};
  cfg.level = FYET_ERROR;
  cfg.colorize = false;
  DiagPtr diag(fy_diag_create(&cfg));
  if (diag) fy_diag_set_collect_errors(diag.get(), true);
  return diag;
}

ParserPtr make_parser(fy_diag* diag, std::string_view text) {
  fy_parse_cfg cfg{};
  cfg.diag = diag;
  cfg.flags = static_cast<fy_parse_cfg_flags>(FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DEFAULT_VERSION_1_2 |
                                              FYPCF_JSON_NONE | FYPCF_ALLOW_DUPLICATE_KEYS);
  ParserPtr parser(fy_parser_create(&cfg));
  if (parser && fy_parser_set_string(parser.get(), text.data(), text.size()) != 0) parser.reset();
  return parser;
}

}  // namespace

ReadDocument read_document(std::string_view text) {
  Problems problems;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (!TextCheck(problems, text).passes()) return {std::nullopt, problems.take()};
  const DiagPtr diag = make_silent_diag();
  const ParserPtr parser = diag ? make_parser(diag.get(), text) : nullptr;
  if (!parser) {
    problems.add(Code::syntax, Span{}, "the YAML reader could not be started");
    return {std::nullopt, problems.take()};
  }
  Builder builder(problems, text);
  while (true) {
    const Event event(parser.get());
    if (event.get() == nullptr) {
      // The end of the events without an end of the stream is a text that could not be read on.
      add_syntax_error(problems, diag.get());
      break;
    }
    if (builder.take(event.get()) == Builder::Next::stop) break;
  }
  if (problems.empty() && !builder.complete()) {
    problems.add(Code::empty_document, Span{1, 1, 1, 2}, "there is nothing in the document", "start with `weft: 1`");
  }
  if (!problems.empty()) return {std::nullopt, problems.take()};
  return {builder.take_root(), {}};
}

std::size_t count_events(std::string_view text) {
  fy_parse_cfg cfg{};
  cfg.flags = static_cast<fy_parse_cfg_flags>(FYPCF_QUIET | FYPCF_JSON_NONE | FYPCF_DEFAULT_VERSION_1_2);
  fy_parser* parser = fy_parser_create(&cfg);
  std::size_t count = 0;
  if (parser != nullptr && fy_parser_set_string(parser, text.data(), text.size()) == 0) {
    while (fy_event* event = fy_parser_parse(parser)) {
      ++count;
      fy_parser_event_free(parser, event);
    }
  }
  fy_parser_destroy(parser);
  return count;
}

}  // namespace weft::document
