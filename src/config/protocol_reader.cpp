#include "config/scalar.hpp"
#include "config/setting_readers.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

ForwardingConfig read_forwarding(const Section& general, const Section& litellm) {
    ForwardingConfig forwarding;
    set_from(general.boolean("forward_client_headers_to_llm_api"), forwarding.client_headers);
    forwarding.client_headers_of_groups =
        litellm.section("model_group_settings").texts("forward_client_headers_to_llm_api");
    set_from(general.boolean("forward_openai_org_id"), forwarding.organization);
    set_from(litellm.boolean("forward_traceparent_to_llm_provider"), forwarding.traceparent);
    set_from(litellm.boolean("add_user_information_to_llm_headers"), forwarding.user_information);
    set_from(general.boolean("forward_llm_provider_auth_headers"),
             forwarding.provider_auth_headers);
    return forwarding;
}

BackgroundResponses read_background(const Section& mode) {
    BackgroundResponses background;
    for (auto& provider : mode.texts_or_one("polling_via_cache")) {
        if (provider == "all") {
            background.polls_all = true;
        } else {
            background.polled_providers.push_back(std::move(provider));
        }
    }
    background.native_models = mode.texts("native_background_mode");
    set_from(mode.duration("ttl", milliseconds(1000)), background.ttl);
    return background;
}

void read_variables(const Section& variables, ProtocolConfig& protocol) {
    set_from(variables.boolean("LITELLM_DETAILED_TIMING"), protocol.detailed_timing);
    set_from(variables.integer("DEFAULT_MAX_TOKENS", 1, kMostCount), protocol.default_max_tokens);
    set_from(variables.integer("DEFAULT_ANTHROPIC_CHAT_MAX_TOKENS", 1, kMostCount),
             protocol.anthropic_default_max_tokens);
    set_from(variables.limit("DEFAULT_MODEL_CREATED_AT_TIME"), protocol.models_created_at);
    set_from(variables.limit("REPEATED_STREAMING_CHUNK_LIMIT"), protocol.repeated_chunk_limit);
    set_from(variables.duration("CACHED_STREAMING_CHUNK_DELAY", milliseconds(0)),
             protocol.cached_chunk_delay);
    protocol.max_stream_duration =
        variables.duration("LITELLM_MAX_STREAMING_DURATION_SECONDS", milliseconds(1));
    set_from(variables.megabytes("MAX_IMAGE_URL_DOWNLOAD_SIZE_MB"), protocol.max_image_bytes);
}

}  // namespace

ProtocolConfig read_protocol(const LoadContext& context) {
    const Section litellm = section_of(context, "litellm_settings");
    const Section general = section_of(context, "general_settings");
    ProtocolConfig protocol;
    set_from(litellm.boolean("add_function_to_prompt"), protocol.add_function_to_prompt);
    set_from(litellm.boolean("include_cost_in_streaming_usage"), protocol.cost_in_stream_usage);
    set_from(litellm.boolean("enable_json_schema_validation"), protocol.validates_json_schema);
    set_from(litellm.boolean("reasoning_auto_summary"), protocol.asks_for_reasoning_summary);
    set_from(litellm.boolean("use_chat_completions_url_for_anthropic_messages"),
             protocol.messages_through_chat);
    set_from(litellm.boolean("route_all_chat_openai_to_responses"),
             protocol.chat_through_responses);
    set_from(litellm.boolean("disable_stop_sequence_limit"), protocol.sends_all_stop_sequences);
    protocol.counts_tokens = !litellm.boolean("disable_token_counter").value_or(false);
    set_from(general.boolean("infer_model_from_keys"), protocol.lists_models_of_keys);
    protocol.max_response_bytes = general.megabytes("max_response_size_mb");
    read_variables(variables_of(context), protocol);
    protocol.forwarding = read_forwarding(general, litellm);
    protocol.background = read_background(litellm.section("responses").section("background_mode"));
    return protocol;
}

}  // namespace tollweir
