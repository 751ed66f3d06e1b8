#include "providers/openai/dialects.hpp"

#include <array>

#include "providers/openai/tool_models.hpp"

namespace tollweir {
namespace {

using enum Param;

constexpr unsigned kChat = on(Endpoint::chat_completions);
constexpr unsigned kText = on(Endpoint::completions);
constexpr unsigned kEmbed = on(Endpoint::embeddings);
constexpr unsigned kModerate = on(Endpoint::moderations);

constexpr ParamSet kPenalties = set_of({frequency_penalty, presence_penalty});
constexpr ParamSet kLimits = set_of({max_tokens, max_completion_tokens});
constexpr ParamSet kToolParams =
    set_of({tools, tool_choice, parallel_tool_calls, functions, function_call});
constexpr ParamSet kNone = 0;

constexpr std::string_view kOpenAiBase = "https://api.openai.com/v1";
constexpr std::string_view kOpenAiBaseNames = "OPENAI_API_BASE OPENAI_BASE_URL";

// The parameters of Mistral's chat models.
constexpr ParamSet kMistral = set_of({stream, temperature, top_p, tools, tool_choice, seed, stop,
                                      response_format, parallel_tool_calls}) |
                              kLimits;
constexpr Rename kMistralRenames[] = {{seed, "random_seed"}};
constexpr Quirks kMistralQuirks = {
    Quirk::flat_texts,          Quirk::names_on_tools_only, Quirk::no_nulls,
    Quirk::no_empty_assistants, Quirk::bare_tool_calls,     Quirk::file_ids,
    Quirk::takes_no_reasoning,  Quirk::no_schema_ids,       Quirk::any_for_choice,
    Quirk::max_tokens_only,     Quirk::content_blocks,      Quirk::no_content_beside_calls,
    Quirk::usage_beside_choices};
constexpr ParamSet kFim = set_of({stream, temperature, top_p, max_tokens, stop, seed, suffix});

constexpr ModelException kXaiExceptions[] = {
    {"", kNone, bit(web_search_options)},
    {"grok-3-mini grok-4 grok-code-fast", bit(stop)},
    {"grok-4 grok-code-fast", bit(frequency_penalty)},
};
constexpr ModelException kNvidiaExceptions[] = {
    {"gemma", kToolParams | bit(response_format)},
    {"gemma-2 recurrentgemma", kPenalties},
    {"codegemma", bit(seed)},
    {"nemotron-4", kToolParams | kPenalties | set_of({response_format, stop, seed})},
    {"nemotron-4-340b-reward", kLimits | set_of({temperature, top_p})},
};
constexpr ModelException kMoonshotExceptions[] = {
    {"thinking kimi-k2.5 kimi-k2.6", kNone, bit(temperature)},
};

// One with nothing of its own but the address.
constexpr OpenAiDialect plain(std::string_view name, std::string_view base,
                              unsigned endpoints = kChat) {
    return {.name = name, .base = base, .endpoints = endpoints};
}

constexpr OpenAiDialect with_key(OpenAiDialect row, std::string_view key_names,
                                 std::string_view base_names = {}) {
    row.key_names = key_names;
    row.base_names = base_names;
    return row;
}

// LiteLLM's JSON list knows max_tokens only.
constexpr OpenAiDialect listed(std::string_view name, std::string_view base, Quirks quirks = {}) {
    auto row = plain(name, base);
    row.quirks = quirks | Quirks{Quirk::max_tokens_only};
    return row;
}

constexpr OpenAiDialect with_embeddings(OpenAiDialect row, ParamSet params) {
    row.endpoints |= kEmbed;
    row.supported_embedding = params;
    return row;
}

// Source: spec/providers-openai-family.md, section 4. Where two rows have one address, the first
// is the one that `api_base` alone stands for.
constexpr std::array kDialects{
    OpenAiDialect{.name = "openai",
                  .base = kOpenAiBase,
                  .base_names = kOpenAiBaseNames,
                  .endpoints = kChat | kText | kEmbed | kModerate,
                  .supported = kEveryChatParam,
                  .quirks = {Quirk::knows_openai_models, Quirk::keeps_developer_role,
                             Quirk::stores_metadata, Quirk::takes_token_arrays}},
    OpenAiDialect{.name = "text-completion-openai",
                  .base = kOpenAiBase,
                  .key_names = "OPENAI_API_KEY",
                  .base_names = kOpenAiBaseNames,
                  .endpoints = kChat | kText,
                  .supported = kTextParams,
                  .effort_models = {},
                  .quirks = {Quirk::chat_as_text, Quirk::max_tokens_only}},
    OpenAiDialect{.name = "custom_openai",
                  .key_names = "OPENAI_LIKE_API_KEY",
                  .base_names = "OPENAI_LIKE_API_BASE",
                  .endpoints = kChat | kText | kEmbed,
                  .quirks = {Quirk::max_tokens_only}},
    OpenAiDialect{.name = "openai_like",
                  .endpoints = kChat | kText | kEmbed,
                  .quirks = {Quirk::max_tokens_only}},
    OpenAiDialect{
        .name = "azure",
        .endpoints = kChat | kText | kEmbed,
        .addressing = Addressing::azure,
        .supported = kEveryChatParam,
        .quirks = {Quirk::knows_openai_models, Quirk::keeps_developer_role, Quirk::stores_metadata,
                   Quirk::takes_token_arrays, Quirk::filter_chunks}},
    OpenAiDialect{.name = "azure_text",
                  .key_names = "AZURE_API_KEY",
                  .base_names = "AZURE_API_BASE",
                  .endpoints = kChat | kText,
                  .addressing = Addressing::azure,
                  .supported = kTextParams,
                  .effort_models = {},
                  .quirks = {Quirk::chat_as_text, Quirk::max_tokens_only, Quirk::filter_chunks}},
    OpenAiDialect{.name = "azure_ai",
                  .endpoints = kChat | kEmbed,
                  .addressing = Addressing::azure_ai,
                  .supported_embedding = set_of({dimensions, encoding_format}),
                  .quirks = {Quirk::filter_chunks}},
    OpenAiDialect{
        .name = "hosted_vllm",
        .default_key = "fake-api-key",
        .endpoints = kChat | kText | kEmbed,
        .effort_models = "*",
        .quirks = {Quirk::plain_schemas, Quirk::budget_to_effort, Quirk::video_parts,
                   Quirk::goes_on_when_told, Quirk::takes_token_arrays, Quirk::copies_reasoning}},
    OpenAiDialect{.name = "mistral",
                  .base = "https://api.mistral.ai/v1",
                  .key_names = "MISTRAL_AZURE_API_KEY MISTRAL_API_KEY",
                  .base_names = "MISTRAL_AZURE_API_BASE MISTRAL_API_BASE",
                  .endpoints = kChat | kEmbed,
                  .supported = kMistral,
                  .supported_embedding = kNone,
                  .effort_models = {},
                  .renames = kMistralRenames,
                  .quirks = kMistralQuirks,
                  .base_suffix = "/v1"},
    OpenAiDialect{.name = "codestral",
                  .base = "https://codestral.mistral.ai/v1",
                  .endpoints = kChat | kText,
                  .supported = kMistral,
                  .supported_text = kFim,
                  .effort_models = {},
                  .renames = kMistralRenames,
                  .quirks = kMistralQuirks | Quirks{Quirk::fim},
                  .base_suffix = "/v1"},
    OpenAiDialect{.name = "text-completion-codestral",
                  .base = "https://codestral.mistral.ai/v1",
                  .key_names = "CODESTRAL_API_KEY",
                  .base_names = "CODESTRAL_API_BASE",
                  .endpoints = kText,
                  .supported_text = kFim,
                  .renames = kMistralRenames,
                  .quirks = {Quirk::fim, Quirk::usage_beside_choices},
                  .base_suffix = "/v1"},
    OpenAiDialect{
        .name = "groq",
        .base = "https://api.groq.com/openai/v1",
        .endpoints = kChat,
        .quirks = {Quirk::no_nulls, Quirk::takes_no_reasoning, Quirk::json_by_tool,
                   Quirk::copies_reasoning, Quirk::groq_extension, Quirk::usage_beside_choices}},
    OpenAiDialect{
        .name = "together_ai",
        .base = "https://api.together.xyz/v1",
        .key_names = "TOGETHER_API_KEY TOGETHER_AI_API_KEY TOGETHERAI_API_KEY TOGETHER_AI_TOKEN",
        .endpoints = kChat | kText | kEmbed,
        .supported_embedding = kNone,
        .tool_models = kTogetherToolModels,
        .tool_params = kToolParams | bit(response_format),
        .quirks = {Quirk::no_text_format, Quirk::usage_beside_choices}},
    OpenAiDialect{
        .name = "fireworks_ai",
        .base = "https://api.fireworks.ai/inference/v1",
        .key_names = "FIREWORKS_API_KEY FIREWORKS_AI_API_KEY FIREWORKSAI_API_KEY "
                     "FIREWORKS_AI_TOKEN",
        .base_names = "FIREWORKS_API_BASE",
        .endpoints = kChat | kText | kEmbed,
        .supported = kLimits | kPenalties |
                     set_of({stream, tools, tool_choice, temperature, top_p, n, stop,
                             response_format, user, logprobs}),
        .supported_embedding = bit(dimensions),
        .quirks = {Quirk::any_for_required, Quirk::schema_in_json_object, Quirk::max_tokens_only,
                   Quirk::inline_images, Quirk::usage_beside_choices},
        .model_prefix = "accounts/fireworks/models/"},
    OpenAiDialect{.name = "deepseek",
                  .base = "https://api.deepseek.com/beta",
                  .endpoints = kChat,
                  .supported = kGeneral | bit(thinking),
                  .effort_models = "*",
                  .thinking_types = "enabled disabled",
                  .quirks = {Quirk::flat_texts, Quirk::functions_only, Quirk::json_object_only,
                             Quirk::effort_to_thinking, Quirk::reasoning_when_thinking,
                             Quirk::cache_hit_tokens, Quirk::usage_beside_choices}},
    OpenAiDialect{.name = "xai",
                  .base = "https://api.x.ai/v1",
                  .endpoints = kChat,
                  .effort_models = "grok-3-mini",
                  .exceptions = kXaiExceptions,
                  .quirks = {Quirk::no_names, Quirk::no_strict, Quirk::max_tokens_only,
                             Quirk::finish_by_calls, Quirk::reasoning_beside_completion,
                             Quirk::usage_beside_choices}},
    OpenAiDialect{
        .name = "perplexity",
        .base = "https://api.perplexity.ai",
        .key_names = "PERPLEXITYAI_API_KEY PERPLEXITY_API_KEY",
        .endpoints = kChat,
        .supported = kLimits | kPenalties | set_of({response_format, stream, temperature, top_p}),
        .quirks = {Quirk::max_tokens_only, Quirk::no_message_in_chunks,
                   Quirk::usage_beside_choices}},
    OpenAiDialect{
        .name = "openrouter",
        .base = "https://openrouter.ai/api/v1",
        .endpoints = kChat | kEmbed,
        .extra_params = "models route transforms",
        .effort_models = "*",
        .quirks = {Quirk::usage_include, Quirk::copies_reasoning, Quirk::usage_beside_choices}},
    OpenAiDialect{
        .name = "deepinfra",
        .base = "https://api.deepinfra.com/v1/openai",
        .endpoints = kChat | kEmbed,
        .supported = kLimits | kPenalties |
                     set_of({stream, functions, function_call, logit_bias, n, stop, temperature,
                             top_p, response_format, tools, tool_choice}),
        .supported_embedding = bit(dimensions),
        .quirks = {Quirk::auto_or_none, Quirk::max_tokens_only, Quirk::usage_beside_choices}},
    OpenAiDialect{.name = "nvidia_nim",
                  .base = "https://integrate.api.nvidia.com/v1",
                  .endpoints = kChat | kEmbed,
                  .supported = kLimits | kPenalties |
                               set_of({stream, temperature, top_p, stop, seed, tools, tool_choice,
                                       parallel_tool_calls, response_format}),
                  .exceptions = kNvidiaExceptions,
                  .quirks = {Quirk::max_tokens_only, Quirk::usage_beside_choices}},
    OpenAiDialect{.name = "cerebras",
                  .base = "https://api.cerebras.ai/v1",
                  .endpoints = kChat,
                  .supported = kLimits | set_of({response_format, seed, stop, stream, temperature,
                                                 top_p, tools, tool_choice, user}),
                  .quirks = {Quirk::max_tokens_only, Quirk::usage_beside_choices}},
    OpenAiDialect{
        .name = "sambanova",
        .base = "https://api.sambanova.ai/v1",
        .endpoints = kChat | kEmbed,
        .supported = kLimits | set_of({response_format, stop, stream, stream_options, temperature,
                                       top_p, tools, tool_choice, parallel_tool_calls}),
        .supported_embedding = kNone,
        .extra_params = "top_k",
        .tool_models = kSambanovaToolModels,
        .tool_params = kToolParams,
        .quirks = {Quirk::flat_texts, Quirk::max_tokens_only, Quirk::usage_beside_choices},
        .own_header = "X-Integration-Source: tollweir"},
    OpenAiDialect{.name = "anyscale",
                  .base = "https://api.endpoints.anyscale.com/v1",
                  .endpoints = kChat,
                  .supported = kLimits | kPenalties | set_of({temperature, top_p, stream, stop}),
                  .quirks = {Quirk::max_tokens_only, Quirk::usage_beside_choices}},
    OpenAiDialect{
        .name = "lm_studio",
        .base = "http://localhost:1234/v1",
        .default_key = "fake-api-key",
        .endpoints = kChat | kText | kEmbed,
        .quirks = {Quirk::nests_json_schema, Quirk::floats_only, Quirk::copies_reasoning}},
    OpenAiDialect{
        .name = "llamafile", .base = "http://127.0.0.1:8080/v1", .endpoints = kChat | kText},
    OpenAiDialect{.name = "xinference",
                  .base = "http://127.0.0.1:9997/v1",
                  .endpoints = kEmbed,
                  .supported_embedding = set_of({dimensions, encoding_format})},
    OpenAiDialect{.name = "volcengine",
                  .base = "https://ark.cn-beijing.volces.com/api/v3",
                  .endpoints = kChat | kEmbed,
                  .supported = (kGeneral & ~bit(response_format)) | bit(thinking),
                  .supported_embedding = set_of({encoding_format, user}),
                  .thinking_types = "enabled disabled auto",
                  .quirks = {Quirk::max_tokens_only, Quirk::usage_beside_choices}},
    OpenAiDialect{.name = "dashscope",
                  .base = "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
                  .endpoints = kChat,
                  .quirks = {Quirk::flat_texts, Quirk::usage_beside_choices}},
    OpenAiDialect{.name = "moonshot",
                  .base = "https://api.moonshot.ai/v1",
                  .endpoints = kChat | kText,
                  .supported = kGeneral & ~bit(functions),
                  .exceptions = kMoonshotExceptions,
                  .temperature = {.most = 1, .least_if_several = 0.3},
                  .quirks = {Quirk::flat_texts, Quirk::reasoning_with_calls, Quirk::asks_for_a_call,
                             Quirk::max_tokens_only, Quirk::usage_beside_choices}},
    OpenAiDialect{
        .name = "zai",
        .base = "https://api.z.ai/api/paas/v4",
        .endpoints = kChat,
        .supported = kLimits | set_of({stream, stream_options, temperature, top_p, stop, tools,
                                       tool_choice, thinking}),
        .effort_models = {},
        .thinking_types = "enabled disabled",
        .quirks = {Quirk::flat_tool_texts, Quirk::max_tokens_only, Quirk::usage_beside_choices}},
    OpenAiDialect{.name = "minimax",
                  .base = "https://api.minimax.io/v1",
                  .endpoints = kChat,
                  .supported = kGeneral | bit(thinking),
                  .extra_params = "reasoning_split",
                  .quirks = {Quirk::reasoning_details, Quirk::usage_beside_choices}},
    OpenAiDialect{.name = "infinity",
                  .endpoints = kEmbed,
                  .supported_embedding = set_of({dimensions, encoding_format})},
    OpenAiDialect{.name = "nebius",
                  .base = "https://api.studio.nebius.ai/v1",
                  .endpoints = kChat | kText | kEmbed,
                  .quirks = {Quirk::takes_token_arrays}},
    plain("novita", "https://api.novita.ai/v3/openai"),
    plain("hyperbolic", "https://api.hyperbolic.xyz/v1", kChat | kText),
    with_key(plain("lambda_ai", "https://api.lambda.ai/v1", kChat | kText), "LAMBDA_API_KEY",
             "LAMBDA_API_BASE"),
    with_key(plain("friendliai", "https://api.friendli.ai/serverless/v1"),
             "FRIENDLIAI_API_KEY FRIENDLI_TOKEN", "FRIENDLI_API_BASE"),
    plain("galadriel", "https://api.galadriel.com/v1"),
    with_key(plain("meta_llama", "https://api.llama.com/compat/v1", kChat | kText), "LLAMA_API_KEY",
             "LLAMA_API_BASE"),
    with_key(plain("featherless_ai", "https://api.featherless.ai/v1", kChat | kText),
             "FEATHERLESS_API_KEY", "FEATHERLESS_API_BASE"),
    plain("nscale", "https://inference.api.nscale.com/v1"),
    plain("github", "https://models.inference.ai.azure.com"),
    OpenAiDialect{.name = "vercel_ai_gateway",
                  .base = "https://ai-gateway.vercel.sh/v1",
                  .key_names = "VERCEL_AI_GATEWAY_API_KEY VERCEL_OIDC_TOKEN",
                  .endpoints = kChat | kEmbed,
                  .extra_params = "providerOptions",
                  .effort_models = "*"},
    OpenAiDialect{
        .name = "baseten",
        .base = "https://inference.baseten.co/v1",
        .endpoints = kChat,
        .base_of_model = "https://model-{}.api.baseten.co/environments/production/sync/v1"},
    OpenAiDialect{.name = "gradient_ai",
                  .base = "https://inference.do-ai.run/v1",
                  .base_names = "GRADIENT_AI_AGENT_ENDPOINT GRADIENT_AI_API_BASE",
                  .endpoints = kChat,
                  .supported = kLimits | kPenalties |
                               set_of({stop, stream, stream_options, temperature, top_p}),
                  .extra_params = "k kb_filters",
                  .effort_models = {},
                  .base_suffix = "/api/v1"},
    plain("v0", "https://api.v0.dev/v1"),
    plain("morph", "https://api.morphllm.com/v1"),
    plain("empower", "https://app.empower.dev/api/v1"),
    plain("wandb", "https://api.inference.wandb.ai/v1"),
    with_embeddings(plain("aiml", "https://api.aimlapi.com/v1"),
                    set_of({dimensions, encoding_format})),
    with_embeddings(with_key(plain("cometapi", "https://api.cometapi.com/v1"), "COMETAPI_KEY"),
                    kEmbeddingParams),
    plain("clarifai", "https://api.clarifai.com/v2/ext/openai/v1"),
    plain("inception", "https://api.inceptionlabs.ai/v1"),
    plain("modelscope", "https://api-inference.modelscope.cn/v1"),
    plain("compactifai", "https://api.compactif.ai/v1"),
    plain("amazon_nova", "https://api.nova.amazon.com/v1"),
    plain("ovhcloud", "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1"),
    plain("docker_model_runner", ""),
    plain("lemonade", ""),
    plain("heroku", ""),
    with_key(plain("datarobot", ""), "DATAROBOT_API_TOKEN"),
    plain("ragflow", ""),
    OpenAiDialect{
        .name = "litellm_proxy",
        .endpoints = kChat | kText | kEmbed | kModerate,
        .supported = kEveryChatParam,
        .quirks = {Quirk::keeps_developer_role, Quirk::stores_metadata, Quirk::takes_token_arrays}},
    listed("publicai", "https://api.publicai.co/v1", {Quirk::flat_texts}),
    listed("xiaomi_mimo", "https://api.xiaomimimo.com/v1"),
    listed("synthetic", "https://api.synthetic.new/openai/v1"),
    with_key(listed("apertis", "https://api.stima.tech/v1"), "STIMA_API_KEY"),
    with_key(listed("nano-gpt", "https://nano-gpt.com/api/v1"), "NANOGPT_API_KEY"),
    listed("poe", "https://api.poe.com/v1"),
    listed("chutes", "https://llm.chutes.ai/v1"),
    listed("llamagate", "https://api.llamagate.dev/v1"),
    listed("charity_engine", "https://api.charityengine.services/remotejobs/v2/inference"),
    listed("crusoe", "https://managed-inference-api-proxy.crusoecloud.com/v1"),
    OpenAiDialect{.name = "sarvam",
                  .base = "https://api.sarvam.ai/v1",
                  .endpoints = kChat,
                  .quirks = {Quirk::max_tokens_only},
                  .key_header = "api-subscription-key"},
    plain("helicone", "https://ai-gateway.helicone.ai"),
    with_key(plain("veniceai", "https://api.venice.ai/api/v1"), "VENICE_AI_API_KEY"),
    with_key(plain("scaleway", "https://api.scaleway.ai/v1"), "SCW_SECRET_KEY"),
    plain("abliteration", "https://api.abliteration.ai/v1"),
    plain("gmi", "https://api.gmi-serving.com/v1"),
    plain("assemblyai", "https://llm-gateway.assemblyai.com/v1"),
    plain("aihubmix", "https://aihubmix.com/v1"),
};

}  // namespace

std::span<const OpenAiDialect> openai_dialects() {
    return kDialects;
}

}  // namespace tollweir
