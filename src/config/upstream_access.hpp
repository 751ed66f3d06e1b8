#pragma once

#include <string>

#include "config/deployment_reader.hpp"
#include "tollweir/providers/registry.hpp"

namespace tollweir {

/// One entry while it is read. `params` is the entry's `litellm_params` with what stands elsewhere
/// taken in: the credential's values, `rpm` and `tpm` of the entry.
struct DeploymentEntry {
    const DeploymentContext& context;
    Section params;
    Section info;
    std::string group;
    const ProviderEntry* provider = nullptr;

    const Environment& environment() const { return context.load.environment; }
};

/// Finds the provider by `model`, `custom_llm_provider` and `api_base`, and fills the names in.
/// False after an error.
bool resolve_provider(DeploymentEntry& entry, Deployment& deployment);

/// Address, key and headers: from the entry, else from the provider's variables, else its defaults.
/// After `resolve_provider` and the mock (a mock needs neither address nor key).
void read_access(const DeploymentEntry& entry, Deployment& deployment);

}  // namespace tollweir
