#include "providers/openai/dialects.hpp"

#include <array>

#include "providers/openai/param_lists.hpp"

namespace tollweir {
namespace {

constexpr unsigned on(Endpoint endpoint) {
    return 1u << static_cast<unsigned>(endpoint);
}
constexpr unsigned kChat = on(Endpoint::chat_completions);
constexpr unsigned kText = on(Endpoint::completions);
constexpr unsigned kEmbed = on(Endpoint::embeddings);
constexpr unsigned kModerate = on(Endpoint::moderations);

// Source: spec/providers-openai-family.md, section 4.
constexpr std::array kDialects{
    OpenAiDialect{.name = "openai",
                  .base = "https://api.openai.com/v1",
                  .base_names = "OPENAI_API_BASE OPENAI_BASE_URL",
                  .endpoints = kChat | kText | kEmbed | kModerate,
                  .supported = kEveryChatParam,
                  .knows_openai_models = true,
                  .keeps_developer_role = true,
                  .stores_metadata = true},
    OpenAiDialect{.name = "text-completion-openai",
                  .base = "https://api.openai.com/v1",
                  .key_names = "OPENAI_API_KEY",
                  .base_names = "OPENAI_API_BASE OPENAI_BASE_URL",
                  .endpoints = kText,
                  .keeps_developer_role = true},
    OpenAiDialect{.name = "custom_openai",
                  .key_names = "OPENAI_LIKE_API_KEY",
                  .base_names = "OPENAI_LIKE_API_BASE",
                  .endpoints = kChat | kText | kEmbed,
                  .supported = kGeneral,
                  .renames_max_completion = true},
    OpenAiDialect{.name = "openai_like",
                  .endpoints = kChat | kText | kEmbed,
                  .supported = kGeneral,
                  .renames_max_completion = true},
    OpenAiDialect{.name = "hosted_vllm",
                  .default_key = "fake-api-key",
                  .endpoints = kChat | kText | kEmbed,
                  .supported = kGeneral | bit(Param::reasoning_effort),
                  .cleans_tools = true,
                  .maps_thinking = true,
                  .has_video_parts = true},
    OpenAiDialect{.name = "litellm_proxy",
                  .endpoints = kChat | kText | kEmbed | kModerate,
                  .supported = kEveryChatParam,
                  .keeps_developer_role = true,
                  .stores_metadata = true},
    OpenAiDialect{.name = "lm_studio",
                  .base = "http://localhost:1234/v1",
                  .default_key = "fake-api-key",
                  .endpoints = kChat | kText | kEmbed,
                  .supported = kGeneral,
                  .nests_json_schema = true,
                  .floats_only = true},
    OpenAiDialect{.name = "llamafile",
                  .base = "http://127.0.0.1:8080/v1",
                  .endpoints = kChat | kText,
                  .supported = kGeneral},
};

}  // namespace

std::span<const OpenAiDialect> openai_dialects() {
    return kDialects;
}

}  // namespace tollweir
