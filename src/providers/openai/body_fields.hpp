#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace tollweir {

/// The body fields that OpenAI defines and that some rule asks about.
/// Source: spec/providers-openai-family.md 1.1, 1.5.
enum class Param : std::uint8_t {
    audio,
    best_of,
    dimensions,
    echo,
    encoding_format,
    frequency_penalty,
    function_call,
    functions,
    logit_bias,
    logprobs,
    max_completion_tokens,
    max_tokens,
    messages,
    metadata,
    modalities,
    moderation,
    n,
    parallel_tool_calls,
    prediction,
    presence_penalty,
    prompt_cache_key,
    prompt_cache_options,
    prompt_cache_retention,
    reasoning_effort,
    response_format,
    safety_identifier,
    seed,
    service_tier,
    stop,
    store,
    stream,
    stream_options,
    suffix,
    temperature,
    thinking,  // Anthropic's, but LiteLLM's clients send it to every model
    tool_choice,
    tools,
    top_logprobs,
    top_p,
    user,
    verbosity,
    web_search_options,
    count,
};
inline constexpr std::size_t kParamCount = static_cast<std::size_t>(Param::count);

using ParamSet = std::uint64_t;
static_assert(kParamCount <= 64);

constexpr ParamSet bit(Param param) {
    return ParamSet{1} << static_cast<unsigned>(param);
}

constexpr ParamSet set_of(std::initializer_list<Param> params) {
    ParamSet set = 0;
    for (const auto param : params) set |= bit(param);
    return set;
}

enum class FieldMeaning : std::uint8_t {
    unknown,      // goes upstream untouched
    param,        // one of Param
    control,      // for the gateway: never goes upstream
    credential,   // refused
    drop_params,  // these three: for the gateway, and read by the adapter
    additional_drop_params,
    allowed_openai_params,
};

struct FieldFacts {
    FieldMeaning meaning = FieldMeaning::unknown;
    Param param = Param::count;
};

FieldFacts field_facts(std::string_view name);

std::string_view name_of(Param param);

/// In the order of the enumeration, which is that of the alphabet.
std::vector<std::string_view> names_of(ParamSet params);

}  // namespace tollweir
