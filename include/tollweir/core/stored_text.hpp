#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tollweir {

/// A JSON text as a spend row keeps it (`store_prompts_in_spend_logs`): of a string of over
/// `most_characters` the first 35 % and the last 65 % of so many, with LiteLLM's mark between;
/// members that hold credentials without their values; no NUL and no lone surrogate, which jsonb
/// cannot hold. `{}` where the text is no JSON. Source: spec/management-api.md, 5.3.
std::string stored_text(std::string_view json, std::size_t most_characters);

}  // namespace tollweir
