#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tollweir {

/// What of a client's request goes upstream besides its body.
struct ForwardingConfig {
    bool client_headers = false;                        // `x-*` and `anthropic-beta`
    std::vector<std::string> client_headers_of_groups;  // the same for these groups only
    bool organization = false;                          // `OpenAI-Organization`
    bool traceparent = false;
    bool user_information = false;
    bool provider_auth_headers = false;

    friend bool operator==(const ForwardingConfig&, const ForwardingConfig&) = default;
};

/// Background answers of the Responses API; `litellm_settings.responses.background_mode`.
struct BackgroundResponses {
    bool polls_all = false;
    std::vector<std::string> polled_providers;
    std::vector<std::string> native_models;
    std::chrono::milliseconds ttl{3'600'000};

    friend bool operator==(const BackgroundResponses&, const BackgroundResponses&) = default;
};

/// How calls are shaped and answered; of `litellm_settings` and environment variables.
struct ProtocolConfig {
    using Milliseconds = std::chrono::milliseconds;

    bool add_function_to_prompt = false;
    bool cost_in_stream_usage = false;        // include_cost_in_streaming_usage
    bool validates_json_schema = false;       // enable_json_schema_validation
    bool asks_for_reasoning_summary = false;  // reasoning_auto_summary
    bool messages_through_chat = false;       // use_chat_completions_url_for_anthropic_messages
    bool chat_through_responses = false;      // route_all_chat_openai_to_responses
    bool sends_all_stop_sequences = false;    // disable_stop_sequence_limit
    bool counts_tokens = true;                // `disable_token_counter: true` clears it
    bool lists_models_of_keys = false;        // general_settings.infer_model_from_keys
    bool detailed_timing = false;             // LITELLM_DETAILED_TIMING
    std::int64_t default_max_tokens = 4096;
    std::int64_t anthropic_default_max_tokens = 4096;
    std::int64_t models_created_at = 1'677'610'602;
    std::int64_t repeated_chunk_limit = 100;
    Milliseconds cached_chunk_delay{20};
    std::optional<Milliseconds> max_stream_duration;
    std::size_t max_image_bytes = 50 * 1024 * 1024;  // fetched for a provider
    std::optional<std::size_t> max_response_bytes;   // general_settings.max_response_size_mb

    ForwardingConfig forwarding;
    BackgroundResponses background;

    friend bool operator==(const ProtocolConfig&, const ProtocolConfig&) = default;
};

}  // namespace tollweir
