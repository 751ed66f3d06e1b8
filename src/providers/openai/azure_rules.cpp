#include "providers/openai/azure_rules.hpp"

#include "providers/openai/json_tool.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kOSeries = "o_series/";
constexpr std::string_view kGpt5Series = "gpt5_series/";

bool is_dated(std::string_view api_version) {
    return api_version.size() >= 10 && api_version[0] >= '0' && api_version[0] <= '9';
}

// Dates of that form compare as texts.
bool is_before(std::string_view api_version, std::string_view date) {
    return is_dated(api_version) && api_version.substr(0, date.size()) < date;
}

bool is_gpt35(std::string_view family) {
    return family.contains("gpt-3.5") || family.contains("gpt-35");
}

}  // namespace

std::string_view azure_api_version(const Deployment& deployment, const UpstreamCall& call) {
    if (!call.api_version.empty()) return call.api_version;
    if (!deployment.api_version.empty()) return deployment.api_version;
    return kAzureApiVersion;
}

bool is_azure_v1(std::string_view api_version) {
    return api_version == "v1" || api_version == "latest" || api_version == "preview";
}

std::string_view azure_deployment(std::string_view model) {
    for (const auto prefix : {kOSeries, kGpt5Series}) {
        if (model.starts_with(prefix)) return model.substr(prefix.size());
    }
    return model;
}

std::string_view azure_family(const Deployment& deployment, std::string_view model) {
    const auto name = azure_deployment(model);
    const auto rules = openai_model_rules(name);
    // The prefix says what the name may not.
    if (model.starts_with(kOSeries)) return rules.renames_max_tokens ? name : "o1";
    if (model.starts_with(kGpt5Series)) return rules.renames_max_tokens ? name : "gpt-5";
    if (deployment.base_model.empty()) return name;
    return last_segment(deployment.base_model);
}

std::string_view last_segment(std::string_view name) {
    return name.substr(name.rfind('/') + 1);
}

Result<void> rewrite_for_azure(Adaptation& adaptation) {
    auto& draft = adaptation.draft;
    if (draft.has(Param::tool_choice) && !draft.has(Param::tools)) draft.remove(Param::tool_choice);
    // The versions of January to May 2024.
    const bool lacks_required = !is_before(adaptation.api_version, "2024-01-01") &&
                                is_before(adaptation.api_version, "2024-06-01");
    if (lacks_required && adaptation.may_change(Param::tool_choice) &&
        draft.value(Param::tool_choice) == R"("required")") {
        if (auto done = adaptation.refuse_value(Param::tool_choice); !done) return done;
    }
    if (is_before(adaptation.api_version, "2024-08-01") || is_gpt35(adaptation.family)) {
        return schema_to_tool(adaptation);
    }
    return {};
}

}  // namespace tollweir
