#include "providers/openai/openai_provider.hpp"

#include "providers/openai/adapt.hpp"
#include "providers/openai/answers.hpp"
#include "providers/openai/azure_rules.hpp"
#include "providers/openai/head.hpp"
#include "providers/openai/supported_set.hpp"
#include "providers/openai/words.hpp"
#include "providers/upstream_error.hpp"

namespace tollweir {

std::optional<Dialect> OpenAiProvider::dialect(Endpoint endpoint) const {
    if ((row_.endpoints & on(endpoint)) == 0) return std::nullopt;
    return Dialect::openai;
}

Result<UpstreamHead> OpenAiProvider::head(const Deployment& deployment,
                                          const UpstreamCall& call) const {
    return openai_head(row_, deployment, call);
}

std::string OpenAiProvider::body_model(const UpstreamCall& call) const {
    if (row_.addressing == Addressing::azure) return std::string(azure_deployment(call.model));
    const bool is_short = !row_.model_prefix.empty() && call.endpoint != Endpoint::embeddings &&
                          !call.model.starts_with("accounts/") && !call.model.contains('#');
    return (is_short ? std::string(row_.model_prefix) : std::string()) + std::string(call.model);
}

Result<AnswerNeeds> OpenAiProvider::adapt(ObjectEdits& edits, const Deployment& deployment,
                                          const UpstreamCall& call) const {
    return adapt_openai_body(edits, row_, deployment, call);
}

std::unique_ptr<AnswerTidier> OpenAiProvider::open_answer(const Deployment& deployment,
                                                          Endpoint endpoint,
                                                          const AnswerNeeds& needs) const {
    return open_openai_answer(row_, deployment, endpoint, needs);
}

std::string_view OpenAiProvider::family(const Deployment& deployment,
                                        std::string_view model) const {
    return model_family(row_, deployment, model);
}

std::vector<std::string_view> OpenAiProvider::supported_params(Endpoint endpoint,
                                                               std::string_view family) const {
    if (!dialect(endpoint)) return {};
    auto names = names_of(supported_set(row_, endpoint, family));
    if (endpoint == Endpoint::chat_completions) append_words(row_.extra_params, names);
    return names;
}

StreamUsage OpenAiProvider::stream_usage(Endpoint endpoint) const {
    const auto supported = endpoint == Endpoint::completions ? row_.supported_text : row_.supported;
    return {(supported & bit(Param::stream_options)) != 0,
            row_.quirks.has(Quirk::usage_beside_choices)};
}

GatewayError OpenAiProvider::parse_error(int status, std::string_view body) const {
    return parse_openai_error(status, body);
}

}  // namespace tollweir
