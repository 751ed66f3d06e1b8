#include <algorithm>

#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

struct NameStart {
    std::string_view start;
    std::string_view provider;
};

// Bare names whose owner is known, the first match counts. Source: spec/config.md 5.1.
constexpr NameStart kNameStarts[] = {
    {"text-embedding-004", "vertex_ai"},
    {"text-embedding-005", "vertex_ai"},
    {"textembedding-gecko", "vertex_ai"},
    {"gpt-", "openai"},
    {"chatgpt-", "openai"},
    {"text-embedding-", "openai"},
    {"omni-moderation-", "openai"},
    {"text-moderation-", "openai"},
    {"ft:gpt-", "openai"},
    {"ft:davinci-", "openai"},
    {"ft:babbage-", "openai"},
    {"davinci-", "openai"},
    {"babbage-", "openai"},
    {"dall-e-", "openai"},
    {"whisper-1", "openai"},
    {"tts-1", "openai"},
    {"claude-", "anthropic"},
    {"gemini-", "vertex_ai"},
    {"command-", "cohere"},
    {"embed-english-", "cohere"},
    {"embed-multilingual-", "cohere"},
    {"jamba-", "ai21"},
    {"anthropic.", "bedrock"},
    {"amazon.", "bedrock"},
    {"us.anthropic.", "bedrock"},
    {"us.amazon.", "bedrock"},
    {"eu.anthropic.", "bedrock"},
    {"apac.anthropic.", "bedrock"},
};

// o1, o3-mini, o4-mini-2025-04-16.
bool is_o_series(std::string_view name) {
    return name.size() >= 2 && name[0] == 'o' && name[1] >= '1' && name[1] <= '9' &&
           (name.size() == 2 || name[2] == '-');
}

std::string_view provider_of_name(std::string_view name) {
    if (is_o_series(name)) return "openai";
    if (name == "command") return "cohere";
    for (const auto& [start, provider] : kNameStarts) {
        if (name.starts_with(start)) return provider;
    }
    return {};
}

// `https://api.groq.com:443/openai/v1` -> `api.groq.com`.
std::string host_of(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find_first_of("/?#"));
    const auto userinfo = url.rfind('@');
    if (userinfo != std::string_view::npos) url.remove_prefix(userinfo + 1);
    if (!url.starts_with('[')) url = url.substr(0, url.find(':'));
    std::string host(url);
    for (auto& c : host) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return host;
}

bool is_local(std::string_view host) {
    return host == "localhost" || host.starts_with("127.") || host.starts_with('[');
}

// Whose public address is this?
const ProviderEntry* provider_at(std::string_view api_base) {
    const auto host = host_of(api_base);
    if (host.empty() || is_local(host)) return nullptr;
    for (const std::string_view azure : {".openai.azure.com", ".cognitiveservices.azure.com"}) {
        if (host.ends_with(azure)) return find_provider("azure");
    }
    for (const auto& entry : providers()) {
        if (!entry.defaults.base.empty() && host_of(entry.defaults.base) == host) return &entry;
    }
    return nullptr;
}

Result<ResolvedModel> resolve_named(std::string_view model, std::string_view provider) {
    const auto* entry = find_provider(provider);
    if (entry == nullptr) {
        return fail(ErrorKind::bad_request,
                    "custom_llm_provider '" + std::string(provider) + "' is not known.",
                    ErrorSource::gateway);
    }
    const auto prefix = model.substr(0, model.find('/'));
    const bool is_repeated = prefix.size() < model.size() && find_provider(prefix) == entry;
    if (is_repeated) model.remove_prefix(prefix.size() + 1);
    return ResolvedModel{entry, std::string(model)};
}

std::unexpected<GatewayError> refuse(std::string_view model, bool has_base) {
    const std::string name(model);
    std::string message = "no provider is known for the model '" + name + "'. ";
    message += has_base ? "For a server that speaks OpenAI's API write `openai/" + name + "`."
                        : "Write `<provider>/" + name + "`, or `openai/" + name +
                              "` with `api_base` for a server that speaks OpenAI's API.";
    return fail(ErrorKind::bad_request, std::move(message), ErrorSource::gateway);
}

}  // namespace

Result<ResolvedModel> resolve_model(std::string_view model, std::string_view custom_llm_provider,
                                    std::string_view api_base) {
    if (model.empty()) {
        return fail(ErrorKind::bad_request, "the model's name is empty.", ErrorSource::gateway);
    }
    if (!custom_llm_provider.empty()) return resolve_named(model, custom_llm_provider);

    const auto slash = model.find('/');
    if (slash != std::string_view::npos && slash + 1 < model.size()) {
        if (const auto* entry = find_provider(model.substr(0, slash))) {
            return ResolvedModel{entry, std::string(model.substr(slash + 1))};
        }
    }
    if (const auto* entry = provider_at(api_base)) return ResolvedModel{entry, std::string(model)};
    // A lone `*` stands for what can be told from a bare name, which is OpenAI's in the first
    // place; Snapshot::find_group keeps other providers' names away from it.
    const auto owner = model == "*" ? "openai" : provider_of_name(model);
    if (!owner.empty()) return ResolvedModel{find_provider(owner), std::string(model)};
    return refuse(model, !api_base.empty());
}

}  // namespace tollweir
