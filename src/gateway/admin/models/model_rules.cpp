#include "gateway/admin/models/model_rules.hpp"

#include <algorithm>
#include <array>

#include "gateway/admin/models/model_fields.hpp"
#include "gateway/admin/sent_references.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "tollweir/auth/permissions.hpp"

namespace tollweir {
namespace {

constexpr std::array<std::string_view, 5> kAddresses = {
    "api_base", "base_url", "custom_llm_provider", "aws_bedrock_runtime_endpoint",
    "aws_sts_endpoint"};
// They lend the gateway's credentials, let clients bring an address, or send requests elsewhere.
constexpr std::array<std::string_view, 4> kAdminParams = {"litellm_credential_name",
                                                          "configurable_clientside_auth_params",
                                                          "use_in_pass_through", "silent_model"};
constexpr std::array<std::string_view, 4> kNamesOfLists = {"*", "all-proxy-models",
                                                           "all-team-models", "no-default-models"};

std::unexpected<GatewayError> refuse(std::string message, std::string_view param) {
    return row_error(ErrorKind::bad_request, std::move(message), kModelErrors, param);
}

std::unexpected<GatewayError> deny(std::string message, std::string_view param) {
    return row_error(ErrorKind::permission_denied, std::move(message), kModelErrors, param);
}

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

std::string path_of(std::string_view name) {
    return "litellm_params." + std::string(name.substr(0, 80));
}

bool is_price(std::string_view name) {
    return name.contains("cost_per") || name.ends_with("_cost") || name.contains("_cost_") ||
           name == "tiered_pricing";
}

bool is_filled(const std::string& value) {
    return value != "null" && value != "\"\"";
}

}  // namespace

Result<void> refuse_references(const JsonFields& params) {
    for (const auto& [name, value] : params) {
        if (holds_reference(value))
            return refuse(reference_refused(path_of(name)) +
                              ", or name an entry of credential_list in litellm_credential_name",
                          name);
    }
    const auto vertex = text_field(params, "vertex_credentials");
    if (!vertex.empty() && vertex.find_first_not_of(" \t\r\n") != vertex.find('{'))
        return refuse(
            "litellm_params.vertex_credentials must be the JSON itself: files are read for "
            "the configuration file only",
            "vertex_credentials");
    return {};
}

Result<void> permit_new_address(const JsonFields& before, const JsonFields& changes) {
    const auto holds_credential = [](const JsonFields& fields) {
        return std::ranges::any_of(fields, [](const auto& field) {
            return is_credential_param(field.first) && is_filled(field.second);
        });
    };
    if (!holds_credential(before) || holds_credential(changes)) return {};
    for (const auto name : kAddresses) {
        const auto* value = find_field(changes, name);
        if (value == nullptr || text_field(changes, name) == text_field(before, name)) continue;
        return refuse(path_of(name) +
                          " says where the stored credential is sent: give the credential again "
                          "with it",
                      name);
    }
    return {};
}

Result<void> permit_team_fields(const JsonFields& params, const JsonFields& info,
                                bool may_name_address) {
    for (const auto* fields : {&params, &info})
        for (const auto& [name, value] : *fields)
            if (is_price(name))
                return deny("Only proxy admins can set model pricing fields (e.g. " +
                                name.substr(0, 80) + ").",
                            name);
    for (const auto& [name, value] : params) {
        if (is_among(kAdminParams, name) && value != "null")
            return deny("Only proxy admins can set " + path_of(name) + ".", name);
        if (is_among(kAddresses, name) && name != "custom_llm_provider" && !may_name_address &&
            is_filled(value))
            return deny("Only proxy admins can set " + path_of(name) +
                            ", unless general_settings.allow_client_side_credentials is true.",
                        name);
    }
    return {};
}

Result<void> need_own_credential(const JsonFields& params) {
    for (const std::string_view name : {"api_key", "aws_secret_access_key", "vertex_credentials",
                                        "azure_ad_token", "client_secret"})
        if (!text_field(params, name).empty()) return {};
    return refuse(
        "Team-scoped models must provide their own credential (e.g. "
        "litellm_params.api_key) and cannot inherit the proxy's global keys.",
        "api_key");
}

Result<void> permit_team_name(const Snapshot& snapshot, const TeamRow& team,
                              const std::string& name, bool is_admin) {
    if (is_among(kNamesOfLists, name))
        return refuse("'" + name + "' stands for lists of models: give the model another name",
                      "model_name");
    if (is_admin) return {};
    if (name.contains('*'))
        return deny("Only proxy admins can give a team a model whose name is a pattern.",
                    "model_name");
    const bool is_access_group = std::ranges::any_of(snapshot.groups(), [&](const auto* group) {
        return std::ranges::find(group->access_groups, name) != group->access_groups.end();
    });
    const auto match = snapshot.find_group(name);
    const AllowedModels allowed(team.models);
    const bool opens =
        match && !admits(allowed, {name, match->group->name, match->group->access_groups});
    if (opens || (is_access_group && !allowed.admits_all() && !allowed.holds(name)))
        return deny("The name '" + name +
                        "' is taken by models that the team may not use: give the model another "
                        "name",
                    "model_name");
    return {};
}

}  // namespace tollweir
