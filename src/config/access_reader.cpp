#include <array>

#include "config/scalar.hpp"
#include "config/setting_readers.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 2> kNames = {"internal_user", "customer"};

/// Paths as rules name them; those that begin with `/` are compared with the request's.
std::vector<std::string> read_routes(const Section& general, std::string_view key) {
    std::vector<std::string> routes;
    for (auto& route : general.texts(key)) {
        const auto star = route.find('*');
        if (star != std::string::npos && star + 1 != route.size())
            general.warn(key, "a `*` counts at the end only: `" + route.substr(0, 80) + '`');
        if (!route.empty()) routes.push_back(std::move(route));
    }
    return routes;
}

std::vector<UserHeader> read_user_headers(const Section& general) {
    std::vector<UserHeader> headers;
    for (const Section& item : general.items("user_header_mappings")) {
        UserHeader header;
        const auto name = item.header_name("header_name");
        if (!name && item.find("header_name") == nullptr)
            item.error("header_name", "is missing: the header that names the user");
        set_from(item.choice<UserHeader::Names>("litellm_user_role", kNames), header.names);
        if (!name) continue;
        header.header = *name;
        headers.push_back(std::move(header));
    }
    return headers;
}

int read_budget_status(const Section& general) {
    const auto status = general.integer("budget_exceeded_status", 400, 429);
    if (!status || *status == 400 || *status == 429) return static_cast<int>(status.value_or(429));
    general.error("budget_exceeded_status",
                  "expected 429, or 400 as in old LiteLLM, found " + std::to_string(*status));
    return 429;
}

}  // namespace

AccessConfig read_access_rules(const LoadContext& context) {
    const Section general = section_of(context, "general_settings");
    const Section ours = section_of(context, "tollweir_settings");
    AccessConfig access;
    access.allowed_ips = general.ip_ranges("allowed_ips");
    set_from(general.boolean("use_x_forwarded_for"), access.use_x_forwarded_for);
    access.trusted_proxies = ours.section("server").ip_ranges("trusted_proxies");
    access.allowed_routes = read_routes(general, "allowed_routes");
    access.admin_only_routes = read_routes(general, "admin_only_routes");
    access.public_routes = read_routes(general, "public_routes");
    access.user_headers = read_user_headers(general);
    access.user_header = general.header_name("user_header_name").value_or("");
    set_from(general.boolean("enforce_user_param"), access.enforce_user_param);
    set_from(general.boolean("reject_clientside_metadata_tags"),
             access.reject_clientside_metadata_tags);
    set_from(general.boolean("default_team_disabled"), access.default_team_disabled);
    access.enforced_params = general.texts("enforced_params");
    access.service_account_enforced_params =
        general.section("service_account_settings").texts("enforced_params");
    set_from(general.boolean("allow_client_side_credentials"),
             access.allow_client_side_credentials);
    set_from(general.boolean("disable_responses_id_security"),
             access.disable_responses_id_security);
    set_from(general.duration("user_api_key_cache_ttl", milliseconds(0)), access.key_cache_ttl);
    set_from(ours.section("auth").duration("stale_for", milliseconds(0)), access.stale_for);
    access.budget_exceeded_status = read_budget_status(general);
    access.return_master_key = !general.boolean("disable_master_key_return").value_or(false);
    access.add_master_key_hash_to_db =
        !general.boolean("disable_adding_master_key_hash_to_db").value_or(false);
    return access;
}

}  // namespace tollweir
