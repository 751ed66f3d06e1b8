#pragma once

#include <span>
#include <string_view>

#include "providers/openai/body_fields.hpp"
#include "tollweir/core/endpoint.hpp"

namespace tollweir {

/// What an upstream that speaks OpenAI's dialect does differently: data only. The whole of a new
/// OpenAI-shaped provider is a row of `openai_dialects`.
struct OpenAiDialect {
    std::string_view name;
    std::string_view base{};         // default; empty: `api_base` must be given
    std::string_view key_names{};    // environment, space between; empty: <NAME>_API_KEY
    std::string_view base_names{};   // likewise, <NAME>_API_BASE
    std::string_view default_key{};  // sent when no key is found
    unsigned endpoints = 0;          // bits 1 << Endpoint

    ParamSet supported = 0;               // chat parameters that it has a use for
    bool knows_openai_models = false;     // the rules of the o-series and gpt-5 apply
    bool keeps_developer_role = false;    // else it becomes `system`
    bool renames_max_completion = false;  // max_completion_tokens is sent as max_tokens
    bool stores_metadata = false;         // `metadata` goes on where `store` is true
    bool cleans_tools = false;            // no strict, additionalProperties or custom tools
    bool maps_thinking = false;           // Anthropic's thinking budget -> reasoning_effort
    bool has_video_parts = false;         // a video's file part -> video_url
    bool nests_json_schema = false;       // {type,schema} -> {type,json_schema:{schema}}
    bool floats_only = false;             // embeddings are never base64
    bool takes_stream_options = true;
};

std::span<const OpenAiDialect> openai_dialects();

}  // namespace tollweir
