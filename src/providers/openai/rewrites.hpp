#pragma once

#include <string_view>

#include "providers/openai/body_draft.hpp"
#include "providers/openai/dialects.hpp"

namespace tollweir {

/// Changes inside messages, tools and other nested values that a dialect's row asks for. Each looks
/// for a telling word first and leaves the usual body unparsed.
Result<void> rewrite_chat_body(BodyDraft& draft, const OpenAiDialect& row);

}  // namespace tollweir
