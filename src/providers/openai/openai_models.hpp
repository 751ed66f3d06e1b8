#pragma once

#include <string_view>

#include "providers/openai/body_fields.hpp"

namespace tollweir {

/// What OpenAI's own models refuse, by name.
struct OpenAiModelRules {
    ParamSet refused = 0;                           // at any value but the default one
    bool renames_max_tokens = false;                // max_tokens is sent as max_completion_tokens
    bool fixes_temperature = false;                 // at 1
    bool frees_temperature_without_effort = false;  // unless reasoning_effort is "none"
    bool thinks_only_when_asked = false;            // no reasoning_effort means "none"
};

/// `ft:` names follow their base model. Source: spec/providers-openai-family.md 1.1 and 4.
OpenAiModelRules openai_model_rules(std::string_view model);

}  // namespace tollweir
