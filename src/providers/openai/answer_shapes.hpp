#pragma once

#include <bitset>

#include "tollweir/core/json_tree.hpp"

namespace tollweir {

/// OpenAI's `n` goes to 128.
using StartedChoices = std::bitset<128>;

/// A text completion's answer or chunk as one of chat. `started`: the choices that have begun in
/// the stream; the first delta of each names the role.
bool text_to_chat(JsonNode& root, bool is_chunk, StartedChoices& started);

/// An answer or chunk of Mistral's fill-in-the-middle, which looks like chat, as a text completion.
bool chat_to_text(JsonNode& root);

}  // namespace tollweir
