#pragma once

#include <string>
#include <string_view>

#include "tollweir/gateway/request_context.hpp"

namespace tollweir {

/// What is changed in a request of `body`, so that its answer goes on behind what was said, as
/// members of a JSON object: `messages` with the beginning of the answer as the last one, for
/// models that take that up (`supports_assistant_prefill`), and what is left of `max_tokens`.
/// `changes_json`: what the target changes anyway; empty: nothing. Errors (`unavailable`): the
/// answer cannot be taken up in its middle, since it is more than plain text.
Result<std::string> continuation_changes(std::string_view body, std::string_view changes_json,
                                         const BrokenStream& broken);

}  // namespace tollweir
