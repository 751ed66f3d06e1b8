#include "config/prepare_deployment.hpp"

#include <array>

#include "tollweir/core/splice.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {
namespace {

constexpr std::array<Endpoint, kEndpointCount> kEndpoints{
    Endpoint::chat_completions, Endpoint::completions, Endpoint::embeddings, Endpoint::moderations};

// What the adapter cannot read in the deployment (a malformed drop path) shows on any body.
Result<void> try_adapting(const Deployment& deployment, Endpoint endpoint) {
    constexpr std::string_view kEmpty = "{}";
    std::string body(kEmpty);
    body.append(kJsonPadding, '\0');
    ObjectView view;
    if (auto scanned = view.scan({body.data(), kEmpty.size()}); !scanned) return scanned;
    ObjectEdits edits;
    edits.reset(view);
    const auto adapted =
        deployment.provider->adapt(edits, deployment, {endpoint, deployment.model, {}});
    if (!adapted) return std::unexpected(adapted.error());
    return {};
}

}  // namespace

Result<void> prepare_deployment(Deployment& deployment) {
    if (deployment.mock_response || deployment.provider == nullptr) return {};
    const auto& provider = *deployment.provider;
    for (const auto endpoint : kEndpoints) {
        if (!provider.dialect(endpoint)) continue;
        if (auto tried = try_adapting(deployment, endpoint); !tried) return tried;
        auto head = provider.head(deployment, {endpoint, deployment.model, {}});
        if (!head) return std::unexpected(head.error());
        if (deployment.model.contains('*')) continue;
        deployment.heads[static_cast<std::size_t>(endpoint)] = std::move(*head);
    }
    return {};
}

}  // namespace tollweir
