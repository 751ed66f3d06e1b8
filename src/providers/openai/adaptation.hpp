#pragma once

#include <string_view>

#include "providers/openai/body_draft.hpp"
#include "providers/openai/dialects.hpp"
#include "providers/openai/openai_models.hpp"
#include "providers/openai/param_policy.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {

/// What the steps of one request's adaptation share. Lives for one call.
struct Adaptation {
    BodyDraft& draft;
    const OpenAiDialect& row;
    const ParamPolicy& policy;
    std::string_view model;        // as errors name it
    std::string_view family;       // decides the rules of models
    std::string_view api_version;  // Azure's; else empty
    OpenAiModelRules rules;
    AnswerNeeds needs;

    bool has(Quirk quirk) const { return row.quirks.has(quirk); }
    /// Present, and not to pass unchanged.
    bool may_change(Param param) const { return draft.has(param) && !policy.allows(param); }
    /// The value can be neither sent nor mapped: the parameter is dropped if settings say so.
    Result<void> refuse_value(Param param) const {
        if (!policy.drops_unsupported) return refuse_params({param}, row.name, model);
        draft.remove(param);
        return {};
    }
};

}  // namespace tollweir
