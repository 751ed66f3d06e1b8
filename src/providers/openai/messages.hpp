#pragma once

#include "providers/openai/adaptation.hpp"

namespace tollweir {

/// The rules of a row that concern `messages`. Looks for telling words first and leaves the usual
/// conversation unparsed. `thinks`: the model is going to reason.
Result<void> rewrite_messages(Adaptation& adaptation, bool thinks);

/// One prompt for an upstream that has no chat: the texts of all messages, a line each, under
/// `prompt`. Errors (`bad_request`): a part that is no text.
Result<void> messages_to_prompt(Adaptation& adaptation);

/// Appends a message of the user's that asks for a call of one of the tools.
Result<void> ask_for_a_call(Adaptation& adaptation);

}  // namespace tollweir
