#include "core/flow/templates.h"

#include <algorithm>
#include <map>
#include <span>

#include "core/base/assert.h"
#include "core/base/text.h"
#include "core/flow/limits.h"
#include "core/flow/parse.h"

namespace weft::flow {
namespace {

void append_literal(Template& value, std::string_view text) {
  if (text.empty()) return;
  if (value.pieces.empty() || value.pieces.back().kind != Template::Piece::Kind::literal) {
    value.pieces.push_back({Template::Piece::Kind::literal, {}});
  }
  value.pieces.back().text += text;
}

using Values = std::map<std::string_view, std::string_view>;

// Appends to `out`; false when the bound on all resolved text is passed.
bool put_in(const Template& value, const Values& values, std::string& out, std::size_t& bytes_left) {
  for (const Template::Piece& piece : value.pieces) {
    std::string_view text = piece.text;
    if (piece.kind == Template::Piece::Kind::param) {
      const auto at = values.find(piece.text);
      WEFT_ASSERT(at != values.end());
      text = at->second;
    }
    if (text.size() > bytes_left) return false;
    bytes_left -= text.size();
    out += text;
  }
  return true;
}

Result<Values> values_of(const Workflow& workflow, std::span<const ParamValue> overrides) {
  Values values;
  for (const auto& [name, value] : workflow.params) values[name] = value;
  for (const auto& [name, value] : overrides) {
    const auto at = values.find(name);
    if (at == values.end()) {
      std::vector<std::string_view> names;
      for (const auto& param : workflow.params) names.push_back(param.first);
      const std::string_view near = nearest(name, names);
      std::string hint;
      if (!near.empty()) hint = "; did you mean " + quoted(near) + "?";
      if (names.empty()) hint = "; it has no `params` at all";
      return fail(text_of(Code::unknown_param), "the workflow has no parameter " + quoted(name) + hint);
    }
    if (value.find('\0') != std::string::npos) {
      return fail(text_of(Code::bad_text), "the value of parameter " + quoted(name) + " holds a NUL");
    }
    at->second = value;
  }
  return values;
}

}  // namespace

bool is_param_name(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (text.empty() || text.size() > limits::kNameBytes || !is_letter(text.front())) return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; });
}

std::optional<Template> read_template(Problems& problems, std::string_view text, const Span& span,
                                      std::string_view what, std::span<const std::string_view> params) {
  Template value;
  bool good = true;
  while (!text.empty()) {
    const std::size_t dollar = text.find('$');
    append_literal(value, text.substr(0, dollar));
    if (dollar == std::string_view::npos) break;
    text.remove_prefix(dollar + 1);
    if (text.starts_with('$')) {
      append_literal(value, "$");
      text.remove_prefix(1);
      continue;
    }
    const std::size_t close = text.starts_with('{') ? text.find('}') : std::string_view::npos;
    if (close == std::string_view::npos) {
      problems.add(Code::bad_template, span,
                   std::string(what) + (text.starts_with('{') ? " has a `${` without its `}`" : " has a `$` alone"),
                   "write ${NAME} for a parameter, $$ for a dollar sign");
      return std::nullopt;
    }
    const std::string_view name = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
    if (std::binary_search(params.begin(), params.end(), name)) {
      value.pieces.push_back({Template::Piece::Kind::param, std::string(name)});
      continue;
    }
    std::string hint = problems.did_you_mean(name, params);
    if (hint.empty()) hint = "declare it in `params`, or write $$ for a dollar sign";
    problems.add(Code::unknown_param, span,
                 std::string(what) + " uses the parameter " + quoted(name) + ", which is not in `params`",
                 std::move(hint));
    good = false;
  }
  if (!good) return std::nullopt;
  return value;
}

std::string template_text(const Template& value) {
  std::string out;
  for (const Template::Piece& piece : value.pieces) {
    if (piece.kind == Template::Piece::Kind::param) {
      out += "${" + piece.text + "}";
      continue;
    }
    for (const char c : piece.text) {
      if (c == '$') out.push_back('$');
      out.push_back(c);
    }
  }
  return out;
}

Result<std::vector<ResolvedStep>> resolve_params(const Workflow& workflow, std::span<const ParamValue> overrides) {
  const Result<Values> values = values_of(workflow, overrides);
  if (!values) return std::unexpected(values.error());
  std::size_t bytes_left = limits::kResolvedBytes;
  bool fits = true;
  std::vector<ResolvedStep> resolved(workflow.steps.size());
  for (std::size_t i = 0; i < workflow.steps.size() && fits; ++i) {
    for (const Template& arg : workflow.steps[i].args) {
      fits = fits && put_in(arg, *values, resolved[i].args.emplace_back(), bytes_left);
    }
    for (const auto& [name, value] : workflow.steps[i].env) {
      fits = fits && put_in(value, *values, resolved[i].env.emplace_back(name, "").second, bytes_left);
    }
  }
  if (!fits) {
    return fail(text_of(Code::too_large), "arguments and variables are over " + format_bytes(limits::kResolvedBytes) +
                                              " with their parameters put in");
  }
  return resolved;
}

}  // namespace weft::flow
