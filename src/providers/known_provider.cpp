#include "providers/known_provider.hpp"

#include <array>
#include <string>

#include "providers/upstream_error.hpp"

namespace tollweir {
namespace {

// Source: spec/providers-openai-family.md 3 and 4, spec/providers-anthropic-bedrock-google.md,
// spec/providers-other.md. What needs more than one key (SigV4, OAuth) names the one that tells
// whether the provider can be used at all.
constexpr std::array kRows{
    KnownProviderRow{"azure", "", "AZURE_API_KEY AZURE_AD_TOKEN", ""},
    KnownProviderRow{"azure_text", "", "AZURE_API_KEY AZURE_AD_TOKEN", "AZURE_API_BASE"},
    KnownProviderRow{"azure_ai", "", "", ""},
    KnownProviderRow{"anthropic", "https://api.anthropic.com",
                     "ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN",
                     "ANTHROPIC_API_BASE ANTHROPIC_BASE_URL"},
    KnownProviderRow{"bedrock", "", "AWS_BEARER_TOKEN_BEDROCK AWS_ACCESS_KEY_ID",
                     "AWS_BEDROCK_RUNTIME_ENDPOINT"},
    KnownProviderRow{"gemini", "https://generativelanguage.googleapis.com/v1beta",
                     "GEMINI_API_KEY GOOGLE_API_KEY", ""},
    KnownProviderRow{"vertex_ai", "", "VERTEXAI_CREDENTIALS GOOGLE_APPLICATION_CREDENTIALS",
                     "VERTEXAI_API_BASE"},
    KnownProviderRow{"mistral", "https://api.mistral.ai/v1",
                     "MISTRAL_AZURE_API_KEY MISTRAL_API_KEY",
                     "MISTRAL_AZURE_API_BASE MISTRAL_API_BASE"},
    KnownProviderRow{"codestral", "https://codestral.mistral.ai/v1", "", ""},
    KnownProviderRow{"text-completion-codestral", "https://codestral.mistral.ai/v1",
                     "CODESTRAL_API_KEY", "CODESTRAL_API_BASE"},
    KnownProviderRow{"groq", "https://api.groq.com/openai/v1", "", ""},
    KnownProviderRow{"together_ai", "https://api.together.xyz/v1",
                     "TOGETHER_API_KEY TOGETHER_AI_API_KEY TOGETHERAI_API_KEY TOGETHER_AI_TOKEN",
                     ""},
    KnownProviderRow{
        "fireworks_ai", "https://api.fireworks.ai/inference/v1",
        "FIREWORKS_API_KEY FIREWORKS_AI_API_KEY FIREWORKSAI_API_KEY FIREWORKS_AI_TOKEN",
        "FIREWORKS_API_BASE"},
    KnownProviderRow{"deepseek", "https://api.deepseek.com/beta", "", ""},
    KnownProviderRow{"xai", "https://api.x.ai/v1", "", ""},
    KnownProviderRow{"perplexity", "https://api.perplexity.ai",
                     "PERPLEXITYAI_API_KEY PERPLEXITY_API_KEY", ""},
    KnownProviderRow{"openrouter", "https://openrouter.ai/api/v1", "", ""},
    KnownProviderRow{"deepinfra", "https://api.deepinfra.com/v1/openai", "", ""},
    KnownProviderRow{"nvidia_nim", "https://integrate.api.nvidia.com/v1", "", ""},
    KnownProviderRow{"cerebras", "https://api.cerebras.ai/v1", "", ""},
    KnownProviderRow{"sambanova", "https://api.sambanova.ai/v1", "", ""},
    KnownProviderRow{"anyscale", "https://api.endpoints.anyscale.com/v1", "", ""},
    KnownProviderRow{"ollama", "http://localhost:11434", "", ""},
    KnownProviderRow{"ollama_chat", "http://localhost:11434", "OLLAMA_API_KEY", "OLLAMA_API_BASE"},
    KnownProviderRow{"xinference", "http://127.0.0.1:9997/v1", "", ""},
    KnownProviderRow{"github_copilot", "https://api.githubcopilot.com", "", ""},
    KnownProviderRow{"github", "https://models.inference.ai.azure.com", "", ""},
    KnownProviderRow{"databricks", "", "DATABRICKS_API_KEY DATABRICKS_CLIENT_ID", ""},
    KnownProviderRow{"snowflake", "", "SNOWFLAKE_JWT", ""},
    KnownProviderRow{"cloudflare", "", "", ""},
    KnownProviderRow{"volcengine", "https://ark.cn-beijing.volces.com/api/v3", "", ""},
    KnownProviderRow{"dashscope", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "", ""},
    KnownProviderRow{"moonshot", "https://api.moonshot.ai/v1", "", ""},
    KnownProviderRow{"zai", "https://api.z.ai/api/paas/v4", "", ""},
    KnownProviderRow{"minimax", "https://api.minimax.io/v1", "", ""},
    KnownProviderRow{"voyage", "https://api.voyageai.com/v1",
                     "VOYAGE_API_KEY VOYAGE_AI_API_KEY VOYAGE_AI_TOKEN", ""},
    KnownProviderRow{"jina_ai", "https://api.jina.ai/v1", "JINA_AI_API_KEY JINA_AI_TOKEN", ""},
    KnownProviderRow{"infinity", "", "", ""},
    KnownProviderRow{"nebius", "https://api.studio.nebius.ai/v1", "", ""},
    KnownProviderRow{"novita", "https://api.novita.ai/v3/openai", "", ""},
    KnownProviderRow{"hyperbolic", "https://api.hyperbolic.xyz/v1", "", ""},
    KnownProviderRow{"lambda_ai", "https://api.lambda.ai/v1", "LAMBDA_API_KEY", "LAMBDA_API_BASE"},
    KnownProviderRow{"friendliai", "https://api.friendli.ai/serverless/v1",
                     "FRIENDLIAI_API_KEY FRIENDLI_TOKEN", "FRIENDLI_API_BASE"},
    KnownProviderRow{"galadriel", "https://api.galadriel.com/v1", "", ""},
    KnownProviderRow{"meta_llama", "https://api.llama.com/compat/v1", "LLAMA_API_KEY",
                     "LLAMA_API_BASE"},
    KnownProviderRow{"featherless_ai", "https://api.featherless.ai/v1", "FEATHERLESS_API_KEY",
                     "FEATHERLESS_API_BASE"},
    KnownProviderRow{"nscale", "https://inference.api.nscale.com/v1", "", ""},
    KnownProviderRow{"ai21", "https://api.ai21.com/studio/v1", "", ""},
    KnownProviderRow{"vercel_ai_gateway", "https://ai-gateway.vercel.sh/v1",
                     "VERCEL_AI_GATEWAY_API_KEY VERCEL_OIDC_TOKEN", ""},
    KnownProviderRow{"baseten", "https://inference.baseten.co/v1", "", ""},
    KnownProviderRow{"gradient_ai", "https://inference.do-ai.run/v1", "",
                     "GRADIENT_AI_AGENT_ENDPOINT"},
    KnownProviderRow{"v0", "https://api.v0.dev/v1", "", ""},
    KnownProviderRow{"morph", "https://api.morphllm.com/v1", "", ""},
    KnownProviderRow{"empower", "https://app.empower.dev/api/v1", "", ""},
    KnownProviderRow{"wandb", "https://api.inference.wandb.ai/v1", "", ""},
    KnownProviderRow{"aiml", "https://api.aimlapi.com/v1", "", ""},
    KnownProviderRow{"cometapi", "https://api.cometapi.com/v1", "COMETAPI_KEY", ""},
    KnownProviderRow{"clarifai", "https://api.clarifai.com/v2/ext/openai/v1", "", ""},
    KnownProviderRow{"inception", "https://api.inceptionlabs.ai/v1", "", ""},
    KnownProviderRow{"modelscope", "https://api-inference.modelscope.cn/v1", "", ""},
    KnownProviderRow{"compactifai", "https://api.compactif.ai/v1", "", ""},
    KnownProviderRow{"amazon_nova", "https://api.nova.amazon.com/v1", "", ""},
    KnownProviderRow{"ovhcloud", "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1", "", ""},
    KnownProviderRow{"docker_model_runner", "", "", ""},
    KnownProviderRow{"lemonade", "", "", ""},
    KnownProviderRow{"heroku", "", "", ""},
    KnownProviderRow{"datarobot", "", "DATAROBOT_API_TOKEN", ""},
    KnownProviderRow{"ragflow", "", "", ""},
    KnownProviderRow{"publicai", "https://api.publicai.co/v1", "", ""},
    KnownProviderRow{"xiaomi_mimo", "https://api.xiaomimimo.com/v1", "", ""},
    KnownProviderRow{"synthetic", "https://api.synthetic.new/openai/v1", "", ""},
    KnownProviderRow{"apertis", "https://api.stima.tech/v1", "STIMA_API_KEY", ""},
    KnownProviderRow{"nano-gpt", "https://nano-gpt.com/api/v1", "NANOGPT_API_KEY", ""},
    KnownProviderRow{"poe", "https://api.poe.com/v1", "", ""},
    KnownProviderRow{"chutes", "https://llm.chutes.ai/v1", "", ""},
    KnownProviderRow{"llamagate", "https://api.llamagate.dev/v1", "", ""},
    KnownProviderRow{"charity_engine", "https://api.charityengine.services/remotejobs/v2/inference",
                     "", ""},
    KnownProviderRow{"crusoe", "https://managed-inference-api-proxy.crusoecloud.com/v1", "", ""},
    KnownProviderRow{"sarvam", "https://api.sarvam.ai/v1", "", ""},
    KnownProviderRow{"helicone", "https://ai-gateway.helicone.ai", "", ""},
    KnownProviderRow{"veniceai", "https://api.venice.ai/api/v1", "VENICE_AI_API_KEY", ""},
    KnownProviderRow{"scaleway", "https://api.scaleway.ai/v1", "SCW_SECRET_KEY", ""},
    KnownProviderRow{"abliteration", "https://api.abliteration.ai/v1", "", ""},
    KnownProviderRow{"gmi", "https://api.gmi-serving.com/v1", "", ""},
    KnownProviderRow{"assemblyai", "https://llm-gateway.assemblyai.com/v1", "", ""},
    KnownProviderRow{"aihubmix", "https://aihubmix.com/v1", "", ""},
    KnownProviderRow{"cohere", "https://api.cohere.com", "COHERE_API_KEY CO_API_KEY", ""},
    KnownProviderRow{"huggingface", "https://router.huggingface.co", "HF_TOKEN HUGGINGFACE_API_KEY",
                     "HF_API_BASE HUGGINGFACE_API_BASE"},
    KnownProviderRow{"replicate", "https://api.replicate.com/v1",
                     "REPLICATE_API_KEY REPLICATE_API_TOKEN", ""},
    KnownProviderRow{"sagemaker", "", "AWS_ACCESS_KEY_ID", ""},
    KnownProviderRow{"sagemaker_chat", "", "AWS_ACCESS_KEY_ID", ""},
    KnownProviderRow{"sagemaker_nova", "", "AWS_ACCESS_KEY_ID", ""},
    KnownProviderRow{"watsonx", "",
                     "WATSONX_APIKEY WATSONX_API_KEY WX_API_KEY WATSONX_TOKEN WATSONX_ZENAPIKEY",
                     "WATSONX_API_BASE WATSONX_URL WX_URL WML_URL"},
    KnownProviderRow{"watsonx_text", "",
                     "WATSONX_APIKEY WATSONX_API_KEY WX_API_KEY WATSONX_TOKEN WATSONX_ZENAPIKEY",
                     "WATSONX_API_BASE WATSONX_URL WX_URL WML_URL"},
    KnownProviderRow{"triton", "", "", ""},
    KnownProviderRow{"deepgram", "https://api.deepgram.com/v1", "", ""},
    KnownProviderRow{"elevenlabs", "https://api.elevenlabs.io", "", ""},
    KnownProviderRow{"stability", "https://api.stability.ai", "", ""},
    KnownProviderRow{"black_forest_labs", "https://api.bfl.ai",
                     "BFL_API_KEY BLACK_FOREST_LABS_API_KEY", "BFL_API_BASE"},
    KnownProviderRow{"recraft", "https://external.api.recraft.ai", "", ""},
    KnownProviderRow{"predibase", "https://serving.app.predibase.com", "", ""},
    KnownProviderRow{"petals", "https://chat.petals.dev", "", ""},
    KnownProviderRow{"nlp_cloud", "https://api.nlpcloud.io/v1", "", ""},
    KnownProviderRow{"aleph_alpha", "https://api.aleph-alpha.com",
                     "ALEPH_ALPHA_API_KEY ALEPHALPHA_API_KEY", ""},
    KnownProviderRow{"palm", "", "", ""},
    KnownProviderRow{"oci", "", "", ""},
    KnownProviderRow{"bytez", "", "", ""},
    KnownProviderRow{"chatgpt", "", "", ""},
    KnownProviderRow{"langgraph", "", "", ""},
    KnownProviderRow{"manus", "", "", ""},
};

std::unexpected<GatewayError> not_built(std::string_view name) {
    return fail(ErrorKind::not_implemented,
                "provider '" + std::string(name) +
                    "' is not built into this version yet, see docs/status.md",
                ErrorSource::gateway);
}

}  // namespace

std::span<const KnownProviderRow> known_provider_rows() {
    return kRows;
}

Result<UpstreamHead> KnownProvider::head(const Deployment&, Endpoint, std::string_view) const {
    return not_built(row_.name);
}

Result<void> KnownProvider::adapt(ObjectEdits&, const Deployment&, Endpoint,
                                  std::string_view) const {
    return not_built(row_.name);
}

GatewayError KnownProvider::parse_error(int status, std::string_view body) const {
    return parse_openai_error(status, body);
}

}  // namespace tollweir
