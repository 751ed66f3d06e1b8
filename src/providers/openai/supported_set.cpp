#include "providers/openai/supported_set.hpp"

#include <array>
#include <functional>
#include <string>

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

/// What was told of a family of models lately, by this thread: the words of names are compared once
/// and not for each request.
struct Told {
    const OpenAiDialect* row = nullptr;
    std::string family;
    ParamSet supported = 0;
};

ParamSet known_chat(const OpenAiDialect& row, std::string_view family) {
    constexpr std::size_t kTold = 64;
    thread_local std::array<Told, kTold> told;
    auto& entry = told[std::hash<std::string_view>{}(family) % kTold];
    if (entry.row == &row && entry.family == family) return entry.supported;
    entry.supported = supported_chat(row, family);
    entry.family.assign(family);
    entry.row = &row;
    return entry.supported;
}

}  // namespace

ParamSet supported_set(const OpenAiDialect& row, Endpoint endpoint, std::string_view family) {
    switch (endpoint) {
        case Endpoint::chat_completions:
            return known_chat(row, family);
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
