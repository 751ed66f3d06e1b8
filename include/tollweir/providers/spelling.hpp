#pragma once

#include <string_view>

namespace tollweir {

/// The name under which a request may send the same parameter (`max_tokens` for
/// `max_completion_tokens`); empty where there is one name only. A default or an extra field of the
/// deployment must not meet the other spelling in the body: `Provider::adapt` could not tell whose
/// value counts.
std::string_view other_spelling(std::string_view name);

}  // namespace tollweir
