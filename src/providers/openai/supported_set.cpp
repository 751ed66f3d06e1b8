#include "providers/openai/supported_set.hpp"

#include "providers/openai/openai_models.hpp"
#include "providers/openai/words.hpp"

namespace tollweir {
namespace {

// Of a chat request that is sent as a completion: these mean something else there, or are no chat
// parameters.
constexpr ParamSet kTextOnly =
    set_of({Param::best_of, Param::echo, Param::logprobs, Param::suffix});

bool concerns(const ModelException& exception, std::string_view family) {
    return exception.words.empty() || holds_word_of(family, exception.words);
}

ParamSet supported_chat(const OpenAiDialect& row, std::string_view family) {
    auto supported = row.supported;
    if (row.quirks.has(Quirk::chat_as_text)) supported &= ~kTextOnly;
    if (row.quirks.has(Quirk::max_tokens_only)) supported |= bit(Param::max_completion_tokens);
    if (!row.effort_models.empty() && holds_word_of(family, row.effort_models)) {
        supported |= bit(Param::reasoning_effort);
    }
    if (!row.tool_models.empty() && !is_word_of(family, row.tool_models)) {
        supported &= ~row.tool_params;
    }
    for (const auto& exception : row.exceptions) {
        if (concerns(exception, family)) supported &= ~(exception.refused | exception.dropped);
    }
    if (row.quirks.has(Quirk::knows_openai_models)) {
        supported &= ~openai_model_rules(family).refused;
    }
    return supported;
}

}  // namespace

ParamSet supported_set(const OpenAiDialect& row, Endpoint endpoint, std::string_view family) {
    switch (endpoint) {
        case Endpoint::chat_completions:
            return supported_chat(row, family);
        case Endpoint::completions:
            return row.supported_text;
        case Endpoint::embeddings:
            return row.supported_embedding;
        case Endpoint::moderations:
            return 0;
    }
    return 0;
}

ParamSet dropped_set(const OpenAiDialect& row, std::string_view family) {
    ParamSet dropped = 0;
    for (const auto& exception : row.exceptions) {
        if (concerns(exception, family)) dropped |= exception.dropped;
    }
    return dropped;
}

}  // namespace tollweir
