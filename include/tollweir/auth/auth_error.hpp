#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/error.hpp"

namespace tollweir {

/// A refusal worded as spec/management-api.md 1.4 has it; `code` is the kind's status. Empty
/// `param`: null.
GatewayError auth_error(ErrorKind kind, std::string message, std::string_view type = "auth_error",
                        std::string_view param = {});

/// `['a', 'b']`: clients match texts that LiteLLM makes of Python lists.
std::string python_list(const std::vector<std::string>& items);

/// `u-l***3f`: enough to recognise an id of one's own.
std::string masked_id(std::string_view id);

}  // namespace tollweir
