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
    KnownProviderRow{"anthropic", "https://api.anthropic.com",
                     "ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN",
                     "ANTHROPIC_API_BASE ANTHROPIC_BASE_URL"},
    KnownProviderRow{"bedrock", "", "AWS_BEARER_TOKEN_BEDROCK AWS_ACCESS_KEY_ID",
                     "AWS_BEDROCK_RUNTIME_ENDPOINT"},
    KnownProviderRow{"gemini", "https://generativelanguage.googleapis.com/v1beta",
                     "GEMINI_API_KEY GOOGLE_API_KEY", ""},
    KnownProviderRow{"vertex_ai", "", "VERTEXAI_CREDENTIALS GOOGLE_APPLICATION_CREDENTIALS",
                     "VERTEXAI_API_BASE"},
    KnownProviderRow{"ollama", "http://localhost:11434", "", ""},
    KnownProviderRow{"ollama_chat", "http://localhost:11434", "OLLAMA_API_KEY", "OLLAMA_API_BASE"},
    KnownProviderRow{"github_copilot", "https://api.githubcopilot.com", "", ""},
    KnownProviderRow{"databricks", "", "DATABRICKS_API_KEY DATABRICKS_CLIENT_ID", ""},
    KnownProviderRow{"snowflake", "", "SNOWFLAKE_JWT", ""},
    KnownProviderRow{"cloudflare", "", "", ""},
    KnownProviderRow{"voyage", "https://api.voyageai.com/v1",
                     "VOYAGE_API_KEY VOYAGE_AI_API_KEY VOYAGE_AI_TOKEN", ""},
    KnownProviderRow{"jina_ai", "https://api.jina.ai/v1", "JINA_AI_API_KEY JINA_AI_TOKEN", ""},
    KnownProviderRow{"ai21", "https://api.ai21.com/studio/v1", "", ""},
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

Result<UpstreamHead> KnownProvider::head(const Deployment&, const UpstreamCall&) const {
    return not_built(row_.name);
}

Result<AnswerNeeds> KnownProvider::adapt(ObjectEdits&, const Deployment&,
                                         const UpstreamCall&) const {
    return not_built(row_.name);
}

GatewayError KnownProvider::parse_error(int status, std::string_view body) const {
    return parse_openai_error(status, body);
}

}  // namespace tollweir
