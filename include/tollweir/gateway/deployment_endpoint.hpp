#pragma once

#include "tollweir/core/deployment.hpp"
#include "tollweir/core/endpoint.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {

/// Chat where the provider has it, as in LiteLLM; else what it has.
Endpoint main_endpoint(const Provider& provider);

/// What the deployment is for: as `mode` says, else its provider's main endpoint.
Endpoint endpoint_of(const Deployment& deployment);

}  // namespace tollweir
