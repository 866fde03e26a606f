#include "host/document/read_document.h"

#include <libfyaml.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/flow/limits.h"
#include "core/flow/problems.h"

namespace weft::host {
namespace {

using flow::Node;
using flow::Span;

struct ParserDelete {
  void operator()(fy_parser* parser) const { fy_parser_destroy(parser); }
};
struct DiagDelete {
  void operator()(fy_diag* diag) const { fy_diag_destroy(diag); }
};

// libfyaml's own columns count differently across styles, so places are computed from byte offsets.
class Places {
 public:
  explicit Places(std::string_view text) : text_(text) {
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') line_starts_.push_back(i + 1);
  }

  void set_begin(Span& span, std::size_t offset) const { locate(offset, span.line, span.column); }
  void set_end(Span& span, std::size_t offset) const { locate(offset, span.end_line, span.end_column); }

 private:
  void locate(std::size_t offset, std::uint32_t& line, std::uint32_t& column) const {
    offset = std::min(offset, text_.size());
    const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    const std::size_t begin = *(next - 1);
    line = static_cast<std::uint32_t>(next - line_starts_.begin());
    column = static_cast<std::uint32_t>(count_code_points(text_.substr(begin, offset - begin)) + 1);
  }

  std::string_view text_;
  std::vector<std::size_t> line_starts_ = {0};
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text), places_(text) {}

  ReadDocument read() {
    if (!check_text()) return {std::nullopt, problems_.take()};
    fy_diag_cfg diag_cfg;
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = nullptr;
    diag_cfg.output_fn = [](fy_diag*, void*, const char*, size_t) {};
    const std::unique_ptr<fy_diag, DiagDelete> diag(fy_diag_create(&diag_cfg));
    fy_diag_set_collect_errors(diag.get(), true);
    fy_parse_cfg cfg{};
    cfg.flags = static_cast<fy_parse_cfg_flags>(FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_JSON_NONE |
                                                FYPCF_DEFAULT_VERSION_1_2 | FYPCF_ALLOW_DUPLICATE_KEYS);
    cfg.diag = diag.get();
    parser_.reset(fy_parser_create(&cfg));
    if (parser_ == nullptr || fy_parser_set_string(parser_.get(), text_.data(), text_.size()) != 0) {
      problems_.add("flow.syntax", {}, "the YAML reader could not be started");
      return {std::nullopt, problems_.take()};
    }
    read_stream();
    if (fy_parser_get_stream_error(parser_.get())) report_syntax(diag.get());
    parser_.reset();
    if (!problems_.none()) return {std::nullopt, problems_.take()};
    return {std::move(root_), {}};
  }

 private:
  bool check_text() {
    if (text_.size() > flow::kMaxDocumentBytes) {
      problems_.add("flow.document_too_large", {}, "the document is larger than " + format_bytes(flow::kMaxDocumentBytes));
      return false;
    }
    if (!is_utf8(text_) || text_.find('\0') != std::string_view::npos) {
      problems_.add("flow.not_text", first_bad_place(), "the document is not UTF-8 text", "save it as UTF-8 without NUL characters");
      return false;
    }
    return true;
  }

  Span first_bad_place() {
    std::size_t begin = 0;
    std::uint32_t line = 1;
    while (true) {
      const std::size_t end = std::min(text_.find('\n', begin), text_.size());
      const std::string_view whole = text_.substr(begin, end - begin);
      if (!is_utf8(whole) || whole.find('\0') != std::string_view::npos) return {line, 1, line, 1};
      if (end == text_.size()) return {};
      begin = end + 1;
      ++line;
    }
  }

  struct EventFree {
    fy_parser* parser;
    void operator()(fy_event* event) const { fy_parser_event_free(parser, event); }
  };
  using Event = std::unique_ptr<fy_event, EventFree>;
  Event next() { return Event(fy_parser_parse(parser_.get()), EventFree{parser_.get()}); }

  Span span_of(fy_event* event) const {
    Span span;
    if (const fy_mark* mark = fy_event_start_mark(event)) places_.set_begin(span, mark->input_pos);
    if (const fy_mark* mark = fy_event_end_mark(event)) places_.set_end(span, mark->input_pos);
    return span;
  }

  void refuse(fy_event* event, std::string_view what, std::string hint) {
    problems_.add("flow.yaml_feature", span_of(event), "the document uses " + std::string(what) + ", which a workflow cannot", std::move(hint));
  }

  void read_stream() {
    std::size_t documents = 0;
    while (Event event = next()) {
      if (event->type == FYET_STREAM_END) break;
      if (event->type == FYET_DOCUMENT_START) {
        if (++documents == 2) {
          problems_.add("flow.second_document", span_of(event.get()), "there is a second document; a file holds one workflow", "remove what follows `---`");
          return;
        }
        Event first = next();
        if (!first) return;
        Node node;
        if (!read_value(first, node)) return;
        root_ = std::move(node);
      }
    }
    const bool empty = !root_ || (root_->kind == Node::Kind::scalar && root_->text.empty());
    if (empty && problems_.none() && !fy_parser_get_stream_error(parser_.get()))
      problems_.add("flow.empty_document", {1, 1, 1, 1}, "the document is empty", "begin with `weft: 1`");
  }

  // Reads a value and all below it, without recursion of its own depth: bounded by kMaxDepth.
  bool read_value(Event& event, Node& node) {
    node.span = span_of(event.get());
    switch (event->type) {
      case FYET_SCALAR: return read_scalar(event.get(), node);
      case FYET_SEQUENCE_START: return enter(event.get(), event->sequence_start.anchor, event->sequence_start.tag) && read_sequence(node);
      case FYET_MAPPING_START: return enter(event.get(), event->mapping_start.anchor, event->mapping_start.tag) && read_mapping(node);
      case FYET_ALIAS: refuse(event.get(), "an alias (`*name`)", "write the value out"); return true;
      default: return false;
    }
  }

  bool enter(fy_event* event, fy_token* anchor, fy_token* tag) {
    check_properties(event, anchor, tag);
    if (++depth_ <= flow::kMaxDepth) return true;
    problems_.add("flow.too_deep", span_of(event), "the document nests deeper than " + std::to_string(flow::kMaxDepth) + " levels");
    return false;
  }

  void check_properties(fy_event* event, fy_token* anchor, fy_token* tag) {
    if (anchor != nullptr) refuse(event, "an anchor (`&name`)", "write the value out where it is used");
    if (tag != nullptr) refuse(event, "a tag (`!name`)", "remove it: types follow from the keys");
  }

  bool read_scalar(fy_event* event, Node& node) {
    check_properties(event, event->scalar.anchor, event->scalar.tag);
    node.kind = Node::Kind::scalar;
    std::size_t size = 0;
    const char* data = event->scalar.value != nullptr ? fy_token_get_text(event->scalar.value, &size) : nullptr;
    if (data != nullptr) node.text.assign(data, size);
    const bool plain = event->scalar.value == nullptr || fy_token_scalar_style(event->scalar.value) == FYSS_PLAIN;
    node.quoting = plain ? Node::Quoting::plain : Node::Quoting::quoted;
    return true;
  }

  bool read_sequence(Node& node) {
    node.kind = Node::Kind::sequence;
    while (Event event = next()) {
      if (event->type == FYET_SEQUENCE_END) {
        close(event.get(), node);
        return true;
      }
      if (!read_value(event, node.items.emplace_back())) return false;
    }
    return false;
  }

  bool read_mapping(Node& node) {
    node.kind = Node::Kind::mapping;
    while (Event event = next()) {
      if (event->type == FYET_MAPPING_END) {
        close(event.get(), node);
        return true;
      }
      flow::Entry& entry = node.entries.emplace_back();
      if (!read_key(event, entry)) return false;
      Event value = next();
      if (!value || !read_value(value, entry.value)) return false;
    }
    return false;
  }

  bool read_key(Event& event, flow::Entry& entry) {
    Node key;
    if (!read_value(event, key)) return false;
    entry.key_span = key.span;
    entry.key = key.text;
    if (key.kind != Node::Kind::scalar) {
      problems_.add("flow.yaml_feature", key.span, "the document has a key that is no text, which a workflow cannot");
    } else if (key.text == "<<" && key.quoting == Node::Quoting::plain) {
      problems_.add("flow.yaml_feature", key.span, "the document uses a merge key (`<<`), which a workflow cannot", "write the keys out");
    }
    return true;
  }

  void close(fy_event* event, Node& node) {
    --depth_;
    if (const fy_mark* mark = fy_event_end_mark(event)) places_.set_end(node.span, mark->input_pos);
    trim_end(node);
  }

  // A block collection is only closed where the next thing begins; its span ends with its last member.
  static void trim_end(Node& node) {
    const Span* last = nullptr;
    if (!node.items.empty()) last = &node.items.back().span;
    if (!node.entries.empty()) last = &node.entries.back().value.span;
    if (last == nullptr || last->end_line == 0) return;
    if (node.span.end_line > last->end_line) node.span.end_line = last->end_line, node.span.end_column = last->end_column;
  }

  void report_syntax(fy_diag* diag) {
    void* at = nullptr;
    bool any = false;
    while (const fy_diag_error* error = fy_diag_errors_iterate(diag, &at)) {
      if (error->type != FYET_ERROR) continue;
      any = true;
      Span span;
      if (error->line > 0) {
        span.line = span.end_line = static_cast<std::uint32_t>(error->line);
        span.column = static_cast<std::uint32_t>(std::max(error->column, 1));
        span.end_column = span.column + 1;
      }
      problems_.add("flow.syntax", span, std::string("this is not YAML: ") + (error->msg != nullptr ? error->msg : "syntax error"));
    }
    if (!any && problems_.none()) problems_.add("flow.syntax", {}, "this is not YAML");
  }

  std::string_view text_;
  Places places_;
  flow::Problems problems_;
  std::unique_ptr<fy_parser, ParserDelete> parser_;
  std::optional<Node> root_;
  std::size_t depth_ = 0;
};

}  // namespace

std::size_t count_events(std::string_view text) {
  fy_parse_cfg cfg{};
  cfg.flags = static_cast<fy_parse_cfg_flags>(FYPCF_QUIET | FYPCF_JSON_NONE | FYPCF_DEFAULT_VERSION_1_2);
  const std::unique_ptr<fy_parser, ParserDelete> parser(fy_parser_create(&cfg));
  if (parser == nullptr || fy_parser_set_string(parser.get(), text.data(), text.size()) != 0) return 0;
  std::size_t count = 0;
  while (fy_event* event = fy_parser_parse(parser.get())) {
    ++count;
    fy_parser_event_free(parser.get(), event);
  }
  return count;
}

ReadDocument read_document(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return Reader(text).read();
}

}  // namespace weft::host
