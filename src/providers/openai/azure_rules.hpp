#pragma once

#include <string>
#include <string_view>

#include "providers/openai/adaptation.hpp"

namespace tollweir {

/// LiteLLM's default. Source: spec/providers-openai-family.md, section 3 (unconfirmed).
inline constexpr std::string_view kAzureApiVersion = "2025-02-01-preview";

/// The version in force: the call's, else the deployment's, else the default.
std::string_view azure_api_version(const Deployment& deployment, const UpstreamCall& call);

/// The version stands for the route without versions, `/openai/v1`.
bool is_azure_v1(std::string_view api_version);

/// The deployment's name at Azure: without `o_series/` or `gpt5_series/`.
std::string_view azure_deployment(std::string_view model);

/// The name that decides the rules of models: a prefix, the base model, or the deployment's own.
std::string_view azure_family(const Deployment& deployment, std::string_view model);

/// `azure/eu/gpt-4o` -> `gpt-4o`, as base models are written.
std::string_view last_segment(std::string_view name);

/// What Azure refuses beyond OpenAI: a tool_choice without tools, versions without `required` or
/// without json_schema.
Result<void> rewrite_for_azure(Adaptation& adaptation);

}  // namespace tollweir
