#pragma once

#include "providers/openai/body_fields.hpp"

namespace tollweir {

/// LiteLLM's general list, "G" in the table of providers. Source: spec/providers-openai-family.md,
/// section 4.
inline constexpr ParamSet kGeneral = set_of({Param::audio,
                                             Param::frequency_penalty,
                                             Param::function_call,
                                             Param::functions,
                                             Param::logit_bias,
                                             Param::logprobs,
                                             Param::max_completion_tokens,
                                             Param::max_tokens,
                                             Param::modalities,
                                             Param::n,
                                             Param::parallel_tool_calls,
                                             Param::prediction,
                                             Param::presence_penalty,
                                             Param::prompt_cache_key,
                                             Param::response_format,
                                             Param::safety_identifier,
                                             Param::seed,
                                             Param::service_tier,
                                             Param::stop,
                                             Param::store,
                                             Param::stream,
                                             Param::stream_options,
                                             Param::temperature,
                                             Param::tool_choice,
                                             Param::tools,
                                             Param::top_logprobs,
                                             Param::top_p,
                                             Param::verbosity,
                                             Param::web_search_options});

/// All of OpenAI's own chat parameters.
inline constexpr ParamSet kEveryChatParam =
    kGeneral | set_of({Param::metadata, Param::moderation, Param::prompt_cache_options,
                       Param::prompt_cache_retention, Param::reasoning_effort, Param::user});

/// Of text completions. Source: section 1.5.
inline constexpr ParamSet kTextParams = set_of(
    {Param::best_of, Param::echo, Param::frequency_penalty, Param::logit_bias, Param::logprobs,
     Param::max_tokens, Param::n, Param::presence_penalty, Param::seed, Param::stop, Param::stream,
     Param::stream_options, Param::suffix, Param::temperature, Param::top_p, Param::user});

inline constexpr ParamSet kEmbeddingParams =
    set_of({Param::dimensions, Param::encoding_format, Param::user});

}  // namespace tollweir
