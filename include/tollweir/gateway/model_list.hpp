#pragma once

#include <string>
#include <string_view>

#include "tollweir/config/snapshot.hpp"

namespace tollweir {

/// The body of GET /models: groups and shown aliases; patterns only when asked for.
std::string list_models(const Snapshot& snapshot, bool with_patterns);

/// The body of GET /models/{id}. Errors: not_found, worded as OpenAI's.
Result<std::string> show_model(const Snapshot& snapshot, std::string_view id);

}  // namespace tollweir
