#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tollweir/providers/provider.hpp"

namespace tollweir {

/// Where a provider's deployments go when the configuration does not say: environment names in the
/// order they are asked, and a default base. Empty base: `api_base` must be given.
struct ProviderDefaults {
    std::string_view base;
    std::span<const std::string_view> key_names;
    std::span<const std::string_view> base_names;
    std::string_view default_key;    // sent when no key is found (`fake-api-key` of vLLM servers)
    std::string_view base_of_model;  // of models with a host of their own; `{}` is the model
    bool is_azure = false;           // keys and tokens are found as Azure's are
};

/// The address where neither deployment nor environment names one; empty: there is none.
std::string default_base(const ProviderDefaults& defaults, std::string_view model);

/// A row of the list of providers. Those whose adapter comes with a later part have a Provider too:
/// it offers no endpoint, so that their deployments load and answer 501.
struct ProviderEntry {
    const Provider* provider;
    ProviderDefaults defaults;
};

std::span<const ProviderEntry> providers();

/// By LiteLLM's prefix, spellings from the wild included (`vllm`, `google`); null if unknown.
const ProviderEntry* find_provider(std::string_view name);

/// Whose model is `openai/gpt-4o`, `gpt-4o`, or `x` at api.groq.com? spec/config.md, 5.1.
struct ResolvedModel {
    const ProviderEntry* provider;
    std::string model;  // without the provider's prefix
};
/// Errors (`bad_request`): no provider known by prefix, host or name; the message says so.
Result<ResolvedModel> resolve_model(std::string_view model, std::string_view custom_llm_provider,
                                    std::string_view api_base);

}  // namespace tollweir
