"""What the specification says of each provider that speaks OpenAI's dialect, written out by hand
and not taken from the program: address, names of variables, and what becomes of one request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

OWN_BASE = "https://own.test/v1"  # given as `api_base` where a provider has no address of its own


@dataclass(frozen=True)
class Row:
    name: str
    base: str = ""  # without https://; "": none
    key_variable: str = ""  # "": <NAME>_API_KEY
    endpoints: str = "C"  # C chat, T completions, E embeddings
    flat: bool = False  # lists of text parts become strings
    max_tokens: bool = False  # max_completion_tokens is sent as max_tokens
    user: bool = False
    developer: bool = False  # the role stays
    stream_options: bool = True
    embedding: tuple[str, ...] = ("dimensions", "encoding_format")
    model: str = ""  # the body's, where it is another than asked for
    key_header: str = "authorization"
    headers: dict[str, str] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)

    @property
    def variable(self) -> str:
        return self.key_variable or self.name.upper().replace("-", "_") + "_API_KEY"

    @property
    def url(self) -> str:
        if not self.base:
            return OWN_BASE
        return self.base if self.base.startswith("http:") else "https://" + self.base


ALL = ("dimensions", "encoding_format", "user")
NONE: tuple[str, ...] = ()
AZURE = "/openai/deployments/the-model"
VERSION = "?api-version=2025-02-01-preview"
AZURE_PATHS = {
    "C": f"{AZURE}/chat/completions{VERSION}",
    "T": f"{AZURE}/completions{VERSION}",
    "E": f"{AZURE}/embeddings{VERSION}",
}


def plain(name: str, base: str, key: str = "", endpoints: str = "C", **more: Any) -> Row:
    return Row(name, base, key, endpoints, **more)


ROWS = [
    Row("openai", "api.openai.com/v1", endpoints="CTE", user=True, developer=True, embedding=ALL),
    Row(
        "text-completion-openai", "api.openai.com/v1", "OPENAI_API_KEY", "T",
        max_tokens=True, user=True,
    ),
    Row("custom_openai", key_variable="OPENAI_LIKE_API_KEY", endpoints="CTE", max_tokens=True,
        embedding=ALL),
    Row("openai_like", endpoints="CTE", max_tokens=True, embedding=ALL),
    Row(
        "azure", endpoints="CTE", user=True, developer=True, embedding=ALL, key_header="api-key",
        paths=AZURE_PATHS,
    ),
    Row("azure_text", "", "AZURE_API_KEY", "T", key_header="api-key", paths=AZURE_PATHS),
    Row("azure_ai", endpoints="CE", key_header="api-key"),
    Row("hosted_vllm", endpoints="CTE", embedding=ALL),
    Row("mistral", "api.mistral.ai/v1", endpoints="CE", flat=True, max_tokens=True,
        stream_options=False, embedding=NONE),
    Row("codestral", "codestral.mistral.ai/v1", endpoints="CT", flat=True, max_tokens=True,
        stream_options=False, paths={"T": "/fim/completions"}),
    Row("text-completion-codestral", "codestral.mistral.ai/v1", "CODESTRAL_API_KEY", "T",
        paths={"T": "/fim/completions"}),
    Row("groq", "api.groq.com/openai/v1"),
    Row("together_ai", "api.together.xyz/v1", "TOGETHERAI_API_KEY", "CTE", embedding=NONE),
    Row("fireworks_ai", "api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY", "CTE",
        max_tokens=True, user=True, stream_options=False, embedding=("dimensions",),
        model="accounts/fireworks/models/the-model"),
    Row("deepseek", "api.deepseek.com/beta", flat=True),
    Row("xai", "api.x.ai/v1", max_tokens=True),
    Row("perplexity", "api.perplexity.ai", "PERPLEXITYAI_API_KEY", max_tokens=True,
        stream_options=False),
    Row("openrouter", "openrouter.ai/api/v1", endpoints="CE", embedding=ALL,
        extra={"usage": {"include": True}}),
    Row("deepinfra", "api.deepinfra.com/v1/openai", endpoints="CE", max_tokens=True,
        stream_options=False, embedding=("dimensions",)),
    Row("nvidia_nim", "integrate.api.nvidia.com/v1", endpoints="CE", max_tokens=True,
        stream_options=False, embedding=ALL),
    Row("cerebras", "api.cerebras.ai/v1", max_tokens=True, user=True, stream_options=False),
    Row("sambanova", "api.sambanova.ai/v1", endpoints="CE", flat=True, max_tokens=True,
        embedding=NONE, headers={"x-integration-source": "tollweir"}),
    Row("anyscale", "api.endpoints.anyscale.com/v1", max_tokens=True, stream_options=False),
    Row("lm_studio", "http://localhost:1234/v1", endpoints="CTE", embedding=ALL),
    Row("llamafile", "http://127.0.0.1:8080/v1", endpoints="CT"),
    Row("xinference", "http://127.0.0.1:9997/v1", endpoints="E"),
    Row("volcengine", "ark.cn-beijing.volces.com/api/v3", endpoints="CE", max_tokens=True,
        embedding=("encoding_format", "user")),
    Row("dashscope", "dashscope-intl.aliyuncs.com/compatible-mode/v1", flat=True),
    Row("moonshot", "api.moonshot.ai/v1", endpoints="CT", flat=True, max_tokens=True),
    Row("zai", "api.z.ai/api/paas/v4", max_tokens=True),
    Row("minimax", "api.minimax.io/v1"),
    Row("infinity", endpoints="E"),
    Row("nebius", "api.studio.nebius.ai/v1", endpoints="CTE", embedding=ALL),
    plain("novita", "api.novita.ai/v3/openai"),
    plain("hyperbolic", "api.hyperbolic.xyz/v1", endpoints="CT"),
    plain("lambda_ai", "api.lambda.ai/v1", "LAMBDA_API_KEY", "CT"),
    plain("friendliai", "api.friendli.ai/serverless/v1", "FRIENDLI_TOKEN"),
    plain("galadriel", "api.galadriel.com/v1"),
    plain("meta_llama", "api.llama.com/compat/v1", "LLAMA_API_KEY", "CT"),
    plain("featherless_ai", "api.featherless.ai/v1", "FEATHERLESS_API_KEY", "CT"),
    plain("nscale", "inference.api.nscale.com/v1"),
    plain("github", "models.inference.ai.azure.com"),
    Row("vercel_ai_gateway", "ai-gateway.vercel.sh/v1", "VERCEL_OIDC_TOKEN", "CE", embedding=ALL),
    plain("baseten", "inference.baseten.co/v1"),
    plain("gradient_ai", "inference.do-ai.run/v1"),
    plain("v0", "api.v0.dev/v1"),
    plain("morph", "api.morphllm.com/v1"),
    plain("empower", "app.empower.dev/api/v1"),
    plain("wandb", "api.inference.wandb.ai/v1"),
    plain("aiml", "api.aimlapi.com/v1", endpoints="CE"),
    plain("cometapi", "api.cometapi.com/v1", "COMETAPI_KEY", "CE", embedding=ALL),
    plain("clarifai", "api.clarifai.com/v2/ext/openai/v1"),
    plain("inception", "api.inceptionlabs.ai/v1"),
    plain("modelscope", "api-inference.modelscope.cn/v1"),
    plain("compactifai", "api.compactif.ai/v1"),
    plain("amazon_nova", "api.nova.amazon.com/v1"),
    plain("ovhcloud", "oai.endpoints.kepler.ai.cloud.ovh.net/v1"),
    plain("docker_model_runner", ""),
    plain("lemonade", ""),
    plain("heroku", ""),
    plain("datarobot", "", "DATAROBOT_API_TOKEN"),
    plain("ragflow", ""),
    Row("litellm_proxy", endpoints="CTE", user=True, developer=True, embedding=ALL),
    plain("publicai", "api.publicai.co/v1", max_tokens=True, flat=True),
    plain("xiaomi_mimo", "api.xiaomimimo.com/v1", max_tokens=True),
    plain("synthetic", "api.synthetic.new/openai/v1", max_tokens=True),
    plain("apertis", "api.stima.tech/v1", "STIMA_API_KEY", max_tokens=True),
    plain("nano-gpt", "nano-gpt.com/api/v1", "NANOGPT_API_KEY", max_tokens=True),
    plain("poe", "api.poe.com/v1", max_tokens=True),
    plain("chutes", "llm.chutes.ai/v1", max_tokens=True),
    plain("llamagate", "api.llamagate.dev/v1", max_tokens=True),
    plain("charity_engine", "api.charityengine.services/remotejobs/v2/inference", max_tokens=True),
    plain("crusoe", "managed-inference-api-proxy.crusoecloud.com/v1", max_tokens=True),
    plain("sarvam", "api.sarvam.ai/v1", max_tokens=True,
          headers={"api-subscription-key": "key-of-sarvam"}),
    plain("helicone", "ai-gateway.helicone.ai"),
    plain("veniceai", "api.venice.ai/api/v1", "VENICE_AI_API_KEY"),
    plain("scaleway", "api.scaleway.ai/v1", "SCW_SECRET_KEY"),
    plain("abliteration", "api.abliteration.ai/v1"),
    plain("gmi", "api.gmi-serving.com/v1"),
    plain("assemblyai", "llm-gateway.assemblyai.com/v1"),
    plain("aihubmix", "aihubmix.com/v1"),
]
