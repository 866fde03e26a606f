// ${NAME} in arguments and environment values: read once, put in for every run.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/flow/model.h"
#include "core/flow/problems.h"

namespace weft::flow {

// [A-Za-z_][A-Za-z0-9_-]{0,62}: wider than other names, because parameters are often written in capitals.
[[nodiscard]] bool is_param_name(std::string_view text);

// `params` are the declared names, sorted. Reports a lone `$`, a `${` that does not end, an unknown name.
[[nodiscard]] std::optional<Template> read_template(Problems& problems, std::string_view text, const Span& span,
                                                    std::string_view what, std::span<const std::string_view> params);

// As it would be written: `$$` for a dollar sign, ${NAME} for a parameter.
[[nodiscard]] std::string template_text(const Template& value);

}  // namespace weft::flow
