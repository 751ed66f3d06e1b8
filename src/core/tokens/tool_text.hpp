#pragma once

#include <string>
#include <string_view>

namespace tollweir::tokens {

/// Tool definitions in the form that OpenAI's models read them in, as LiteLLM writes it
/// (spec/providers-openai-family.md, section 6): TypeScript types in a namespace. `tools`: the JSON
/// array of a request's `tools` (OpenAI's shape, or Anthropic's) or `functions`. What is not of
/// their shape is left out; nesting beyond 8 levels is `any`.
std::string tool_text(std::string_view tools);

}  // namespace tollweir::tokens
