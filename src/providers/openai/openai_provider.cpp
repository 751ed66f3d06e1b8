#include "providers/openai/openai_provider.hpp"

#include "providers/openai/adapt.hpp"
#include "providers/openai/head.hpp"
#include "providers/openai/supported_set.hpp"
#include "providers/upstream_error.hpp"

namespace tollweir {

std::optional<Dialect> OpenAiProvider::dialect(Endpoint endpoint) const {
    if ((row_.endpoints & (1u << static_cast<unsigned>(endpoint))) == 0) return std::nullopt;
    return Dialect::openai;
}

Result<UpstreamHead> OpenAiProvider::head(const Deployment& deployment, Endpoint endpoint,
                                          std::string_view) const {
    return openai_head(deployment, endpoint, row_.default_key);
}

Result<void> OpenAiProvider::adapt(ObjectEdits& edits, const Deployment& deployment,
                                   Endpoint endpoint, std::string_view model) const {
    return adapt_openai_body(edits, row_, deployment, endpoint, model);
}

std::vector<std::string_view> OpenAiProvider::supported_params(Endpoint endpoint,
                                                               std::string_view model) const {
    if (!dialect(endpoint)) return {};
    return names_of(supported_set(row_, endpoint, model));
}

GatewayError OpenAiProvider::parse_error(int status, std::string_view body) const {
    return parse_openai_error(status, body);
}

}  // namespace tollweir
