#pragma once

#include <string>
#include <string_view>

#include "tollweir/auth/identity.hpp"
#include "tollweir/config/snapshot.hpp"

namespace tollweir {

/// The body of GET /models: groups and shown aliases that the caller may use, and the names that
/// its lists single out of a pattern; patterns themselves only when asked for.
std::string list_models(const Snapshot& snapshot, const Identity& caller, bool with_patterns);

/// The body of GET /models/{id}. Errors: not_found, worded as OpenAI's, also for a model that the
/// caller may not use.
Result<std::string> show_model(const Snapshot& snapshot, const Identity& caller,
                               std::string_view id);

}  // namespace tollweir
