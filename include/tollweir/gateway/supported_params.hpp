#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tollweir/config/snapshot.hpp"

namespace tollweir {

/// The OpenAI parameters that every deployment of a group takes on the endpoint it serves (chat,
/// unless `mode` says otherwise): a client cannot know which one it gets. In the order of
/// `Provider::supported_params`. `requested` is the name the client used.
std::vector<std::string_view> supported_params(const GroupMatch& match, std::string_view requested);

/// The body of GET /utils/supported_openai_params: of a group, else of a model string such as
/// `groq/llama-3.3-70b`. Errors (`bad_request`, LiteLLM's `detail` beside): nobody knows the model.
Result<std::string> show_supported_params(const Snapshot& snapshot, std::string_view model);

}  // namespace tollweir
