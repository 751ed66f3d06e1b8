#include "tollweir/gateway/deployment_endpoint.hpp"

namespace tollweir {

Endpoint main_endpoint(const Provider& provider) {
    for (const auto endpoint :
         {Endpoint::chat_completions, Endpoint::completions, Endpoint::embeddings})
        if (provider.dialect(endpoint)) return endpoint;
    return Endpoint::chat_completions;
}

Endpoint endpoint_of(const Deployment& deployment) {
    if (deployment.mode == "embedding") return Endpoint::embeddings;
    if (deployment.mode == "completion") return Endpoint::completions;
    if (deployment.mode == "moderation") return Endpoint::moderations;
    return main_endpoint(*deployment.provider);
}

}  // namespace tollweir
