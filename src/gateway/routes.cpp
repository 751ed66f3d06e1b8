#include "tollweir/gateway/routes.hpp"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "tollweir/core/url_query.hpp"
#include "tollweir/gateway/admin/budgets.hpp"
#include "tollweir/gateway/admin/credentials.hpp"
#include "tollweir/gateway/admin/customers.hpp"
#include "tollweir/gateway/admin/keys.hpp"
#include "tollweir/gateway/admin/models.hpp"
#include "tollweir/gateway/admin/organizations.hpp"
#include "tollweir/gateway/admin/settings.hpp"
#include "tollweir/gateway/admin/spend.hpp"
#include "tollweir/gateway/admin/tags.hpp"
#include "tollweir/gateway/admin/teams.hpp"
#include "tollweir/gateway/admin/users.hpp"
#include "tollweir/gateway/calculate_spend.hpp"
#include "tollweir/gateway/count_tokens.hpp"
#include "tollweir/gateway/explain.hpp"
#include "tollweir/gateway/health_services.hpp"

namespace tollweir {

namespace {

constexpr std::uint8_t kGet = static_cast<std::uint8_t>(Method::get);
constexpr std::uint8_t kPost = static_cast<std::uint8_t>(Method::post);
constexpr std::uint8_t kPatch = static_cast<std::uint8_t>(Method::patch);
constexpr std::uint8_t kDelete = static_cast<std::uint8_t>(Method::del);
constexpr std::uint8_t kAll = 31;

// Groups as spec/management-api.md 1.5 has them.
constexpr RouteGroups kOpenAi = RouteGroup::openai;
constexpr RouteGroups kInfo = RouteGroup::info;
constexpr RouteGroups kModels = RouteGroup::openai | RouteGroup::info;
constexpr RouteGroups kKeys = RouteGroup::key_management;
constexpr RouteGroups kKeyInfo = RouteGroup::key_management | RouteGroup::info;
constexpr RouteGroups kManagement = RouteGroup::management;
constexpr RouteGroups kOrganization = RouteGroup::management | RouteGroup::organization;
constexpr RouteGroups kOrganizationInfo = kOrganization | RouteGroup::info;
constexpr RouteGroups kSpend = RouteGroup::spend_tracking;
constexpr RouteGroups kGlobalSpend = RouteGroup::global_spend_tracking;
// What may be seen is decided inside.
constexpr RouteGroups kOwnActivity = RouteGroup::management | RouteGroup::self_managed;
constexpr RouteGroups kTeamActivity = RouteGroup::management | RouteGroup::spend_tracking;
constexpr RouteGroups kAdminOnly{};
constexpr RouteGroups kMasterOnly = RouteGroup::master_only;

constexpr Route model_call(std::string_view path, Endpoint endpoint) {
    return {path, kPost, Handler::model_call, Access::data, kOpenAi, endpoint};
}

constexpr Route open(std::string_view path, Handler handler) {
    return {path, kGet, handler, Access::open, kInfo};
}

constexpr Route later(std::string_view path, RouteGroups groups) {
    return {path, kAll, Handler::not_built, Access::data, groups};
}

constexpr Route later_managed(std::string_view path, RouteGroups groups) {
    return {path, kAll, Handler::not_built, Access::managed, groups};
}

/// `name`: LiteLLM's, of the function behind it.
constexpr Route admin(std::string_view path, std::uint8_t methods, RouteGroups groups,
                      std::string_view name, AdminHandler handler) {
    return {path,    methods, Handler::admin, Access::managed, groups, Endpoint::chat_completions,
            handler, name};
}

constexpr auto kChat = Endpoint::chat_completions;
constexpr auto kText = Endpoint::completions;
constexpr auto kEmbed = Endpoint::embeddings;
constexpr auto kModerate = Endpoint::moderations;

constexpr Route kRoutes[] = {
    model_call("/v1/chat/completions", kChat),
    model_call("/chat/completions", kChat),
    model_call("/engines/{model}/chat/completions", kChat),
    model_call("/openai/deployments/{model}/chat/completions", kChat),
    model_call("/v1/completions", kText),
    model_call("/completions", kText),
    model_call("/engines/{model}/completions", kText),
    model_call("/openai/deployments/{model}/completions", kText),
    model_call("/v1/embeddings", kEmbed),
    model_call("/embeddings", kEmbed),
    model_call("/engines/{model}/embeddings", kEmbed),
    model_call("/openai/deployments/{model}/embeddings", kEmbed),
    model_call("/v1/moderations", kModerate),
    model_call("/moderations", kModerate),
    {"/v1/models", kGet, Handler::models, Access::data, kModels},
    {"/models", kGet, Handler::models, Access::data, kModels},
    {"/v1/models/{model}", kGet, Handler::model, Access::data, kModels},
    {"/models/{model}", kGet, Handler::model, Access::data, kModels},
    open("/health/liveliness", Handler::liveness),
    open("/health/liveness", Handler::liveness),
    open("/health/readiness", Handler::readiness),
    {"/health", kGet, Handler::health, Access::probe, kInfo},
    open("/test", Handler::test),
    open("/", Handler::home),
    open("/routes", Handler::routes),
    {"/metrics", kGet, Handler::metrics, Access::metrics, kInfo},
    {"/model/info", kGet, Handler::model_info, Access::data, kInfo},
    {"/v1/model/info", kGet, Handler::model_info, Access::data, kInfo},
    {"/v2/model/info", kGet, Handler::model_info_page, Access::data, kInfo},
    {"/model_group/info", kGet, Handler::group_info, Access::data, kInfo},
    {"/utils/supported_openai_params", kGet, Handler::supported_params, Access::data, kInfo},
    {"/utils/token_counter", kPost, Handler::admin, Access::data, kInfo, kChat, count_tokens,
     "token_counter"},
    admin("/debug/explain", kPost, kAdminOnly, "explain_request", explain_request),
    admin("/health/services", kGet, kAdminOnly, "health_services_endpoint", test_health_service),
    admin("/key/generate", kPost, kKeys, "generate_key_fn", generate_key),
    admin("/key/service-account/generate", kPost, kKeys, "generate_service_account_key_fn",
          generate_service_account_key),
    admin("/key/update", kPost, kKeys, "update_key_fn", update_key),
    admin("/key/bulk_update", kPost, kKeys, "bulk_update_keys", update_keys_in_bulk),
    admin("/key/delete", kPost, kKeys, "delete_key_fn", delete_keys),
    admin("/key/info", kGet, kKeyInfo, "info_key_fn", show_key),
    admin("/v2/key/info", kPost, kKeyInfo, "info_key_fn_v2", show_keys),
    admin("/key/list", kGet, kKeyInfo, "list_keys", list_keys),
    admin("/key/aliases", kGet, kKeyInfo, "key_aliases", list_key_aliases),
    admin("/key/block", kPost, kKeys, "block_key", block_key),
    admin("/key/unblock", kPost, kKeys, "unblock_key", unblock_key),
    admin("/key/regenerate", kPost, kKeys, "regenerate_key_fn", regenerate_key),
    admin("/key/{key}/regenerate", kPost, kKeys, "regenerate_key_fn", regenerate_key),
    admin("/key/{key}/reset_spend", kPost, kKeys, "reset_key_spend_fn", reset_key_spend),
    admin("/key/health", kPost, kKeyInfo, "key_health", check_key_health),
    admin("/spend/calculate", kPost, kSpend, "calculate_spend", show_calculated_spend),
    admin("/spend/logs", kGet, kSpend, "view_spend_logs", show_spend_logs),
    admin("/spend/logs/ui", kGet, kSpend, "ui_view_spend_logs", show_spend_log_page),
    admin("/spend/logs/v2", kGet, kSpend, "ui_view_spend_logs", show_spend_log_page),
    admin("/spend/logs/ui/{request_id}", kGet, kSpend, "ui_view_request_response_for_request_id",
          show_spend_log_texts),
    admin("/spend/logs/session/ui", kGet, kSpend, "ui_view_session_spend_logs", show_spend_session),
    admin("/spend/keys", kGet, kSpend, "spend_key_fn", show_spend_of_keys),
    admin("/spend/users", kGet, kSpend, "spend_user_fn", show_spend_of_users),
    admin("/spend/tags", kGet, kSpend, "view_spend_tags", show_spend_of_tags),
    admin("/global/spend", kGet, kGlobalSpend, "global_spend", show_global_spend),
    admin("/global/spend/logs", kGet, kGlobalSpend, "global_spend_logs", show_global_days),
    admin("/global/spend/keys", kGet, kGlobalSpend, "global_spend_keys", show_global_keys),
    admin("/global/spend/models", kGet, kGlobalSpend, "global_spend_models", show_global_models),
    admin("/global/spend/provider", kGet, kGlobalSpend, "get_global_activity_provider",
          show_global_providers),
    admin("/global/spend/teams", kGet, kGlobalSpend, "global_spend_per_team", show_global_teams),
    admin("/global/spend/end_users", kPost, kGlobalSpend, "global_spend_end_users",
          show_global_end_users),
    admin("/global/spend/tags", kGet, kGlobalSpend, "global_view_spend_tags", show_global_tags),
    admin("/global/spend/all_tag_names", kGet, kGlobalSpend, "global_get_all_tag_names",
          show_global_tag_names),
    admin("/global/all_tag_names", kGet, kGlobalSpend, "global_get_all_tag_names",
          show_global_tag_names),
    admin("/global/spend/report", kGet, kGlobalSpend, "get_global_spend_report", show_spend_report),
    admin("/global/activity", kGet, kGlobalSpend, "get_global_activity", show_global_activity),
    admin("/global/activity/model", kGet, kGlobalSpend, "get_global_activity_model",
          show_global_model_activity),
    admin("/global/activity/cache_hits", kGet, kGlobalSpend, "get_global_activity_cache_hits",
          show_global_cache_hits),
    admin("/user/daily/activity", kGet, kOwnActivity, "get_user_daily_activity",
          show_user_activity),
    admin("/user/daily/activity/aggregated", kGet, kOwnActivity,
          "get_user_daily_activity_aggregated", show_all_user_activity),
    admin("/team/daily/activity", kGet, kTeamActivity, "get_team_daily_activity",
          show_team_activity),
    admin("/team/daily/activity/aggregated", kGet, kTeamActivity,
          "get_team_daily_activity_aggregated", show_all_team_activity),
    admin("/tag/daily/activity", kGet, kManagement, "get_tag_daily_activity", show_tag_activity),
    admin("/tag/daily/activity/aggregated", kGet, kManagement, "get_tag_daily_activity_aggregated",
          show_all_tag_activity),
    admin("/customer/daily/activity", kGet, kManagement, "get_customer_daily_activity",
          show_customer_activity),
    admin("/customer/daily/activity/aggregated", kGet, kManagement,
          "get_customer_daily_activity_aggregated", show_all_customer_activity),
    admin("/end_user/daily/activity", kGet, kManagement, "get_customer_daily_activity",
          show_customer_activity),
    admin("/end_user/daily/activity/aggregated", kGet, kManagement,
          "get_customer_daily_activity_aggregated", show_all_customer_activity),
    admin("/organization/daily/activity", kGet, kOrganization, "get_organization_daily_activity",
          show_organization_activity),
    admin("/organization/daily/activity/aggregated", kGet, kOrganization,
          "get_organization_daily_activity_aggregated", show_all_organization_activity),
    admin("/global/spend/reset", kPost, kMasterOnly, "global_spend_reset", reset_global_spend),
    admin("/provider/budgets", kGet, kAdminOnly, "provider_budgets", show_provider_budgets),
    admin("/budget/new", kPost, kManagement, "new_budget", make_budget),
    admin("/budget/update", kPost, kManagement, "update_budget", update_budget),
    admin("/budget/info", kPost, kManagement, "info_budget", show_budgets),
    admin("/budget/list", kGet, kManagement, "list_budget", list_budgets),
    admin("/budget/settings", kGet, kManagement, "budget_settings", show_budget_settings),
    admin("/budget/delete", kPost, kManagement, "delete_budget", remove_budget),
    admin("/customer/new", kPost, kManagement, "new_end_user", make_customer),
    admin("/customer/info", kGet, kManagement, "end_user_info", show_customer),
    admin("/customer/update", kPost, kManagement, "update_end_user", update_customer),
    admin("/customer/delete", kPost, kManagement, "delete_end_user", remove_customers),
    admin("/customer/list", kGet, kManagement, "list_end_user", list_customers),
    admin("/customer/block", kPost, kManagement, "block_user", block_customers),
    admin("/customer/unblock", kPost, kManagement, "unblock_user", unblock_customers),
    admin("/end_user/new", kPost, kManagement, "new_end_user", make_customer),
    admin("/end_user/info", kGet, kManagement, "end_user_info", show_customer),
    admin("/end_user/update", kPost, kManagement, "update_end_user", update_customer),
    admin("/end_user/delete", kPost, kManagement, "delete_end_user", remove_customers),
    admin("/end_user/list", kGet, kManagement, "list_end_user", list_customers),
    admin("/end_user/block", kPost, kManagement, "block_user", block_customers),
    admin("/end_user/unblock", kPost, kManagement, "unblock_user", unblock_customers),
    admin("/organization/new", kPost, kOrganization, "new_organization", make_organization),
    admin("/organization/update", kPatch | kPost, kOrganization, "update_organization",
          update_organization),
    admin("/organization/delete", kDelete | kPost, kOrganization, "delete_organization",
          remove_organizations),
    admin("/organization/list", kGet, kOrganizationInfo, "list_organization", list_organizations),
    admin("/organization/info", kGet, kOrganization, "info_organization", show_organization),
    admin("/organization/member_add", kPost, kOrganization, "organization_member_add",
          add_organization_members),
    admin("/organization/member_update", kPatch | kPost, kOrganization,
          "organization_member_update", update_organization_member),
    admin("/organization/member_delete", kDelete | kPost, kOrganization,
          "organization_member_delete", remove_organization_member),
    admin("/tag/new", kPost, kManagement, "new_tag", make_tag),
    admin("/tag/update", kPost, kManagement, "update_tag", update_tag),
    admin("/tag/info", kPost, kManagement, "info_tag", show_tags),
    admin("/tag/delete", kPost, kManagement, "delete_tag", remove_tag),
    admin("/tag/list", kGet, kManagement, "list_tags", list_tags),
    admin("/user/new", kPost, kOrganization, "new_user", make_user),
    admin("/user/update", kPost, kOrganization | RouteGroup::self_managed, "user_update",
          update_user),
    admin("/user/bulk_update", kPost, kManagement, "bulk_user_update", update_users_in_bulk),
    admin("/user/delete", kPost, kManagement, "delete_user", remove_users),
    admin("/user/info", kGet, kInfo, "user_info", show_user_info),
    admin("/v2/user/info", kGet, kInfo, "user_info_v2", show_user_row),
    admin("/user/list", kGet, kOrganization | RouteGroup::self_managed, "get_users", list_users),
    admin("/user/available_roles", kGet, RouteGroup::self_managed, "ui_get_available_role",
          list_user_roles),
    admin("/team/new", kPost, kOrganization, "new_team", make_team),
    admin("/team/update", kPost, kOrganization | RouteGroup::self_managed, "update_team",
          update_team),
    admin("/team/delete", kPost, kOrganization, "delete_team", remove_teams),
    admin("/team/block", kPost, kOrganization, "block_team", block_team),
    admin("/team/unblock", kPost, kOrganization, "unblock_team", unblock_team),
    admin("/team/info", kGet, kInfo, "team_info", show_team),
    admin("/team/list", kGet, kInfo, "list_team", list_teams),
    admin("/v2/team/list", kGet, kInfo, "list_team_v2", list_team_page),
    admin("/team/available", kGet, kInfo, "list_available_teams", list_available_teams),
    admin("/team/member_add", kPost, kOrganization | RouteGroup::self_managed, "team_member_add",
          add_team_members),
    admin("/team/bulk_member_add", kPost, kOrganization | RouteGroup::self_managed,
          "bulk_team_member_add", add_team_members),
    admin("/team/member_update", kPost, kOrganization | RouteGroup::self_managed,
          "team_member_update", update_team_member),
    admin("/team/member_delete", kPost, kOrganization | RouteGroup::self_managed,
          "team_member_delete", remove_team_member),
    admin("/team/{part}/reset_spend", kPost, kOrganization | RouteGroup::self_managed,
          "reset_team_member_spend", reset_member_spend),
    admin("/team/model/add", kPost, kOrganization | RouteGroup::self_managed, "team_model_add",
          add_team_models),
    admin("/team/model/delete", kPost, kOrganization | RouteGroup::self_managed,
          "team_model_delete", remove_team_models),
    admin("/team/permissions_list", kGet, RouteGroup::self_managed, "team_member_permissions",
          list_member_permissions),
    admin("/team/permissions_update", kPost, kOrganization | RouteGroup::self_managed,
          "update_team_member_permissions", update_member_permissions),
    admin("/model/new", kPost, kOrganization | RouteGroup::self_managed, "add_new_model",
          make_model),
    admin("/model/update", kPost, kOrganization | RouteGroup::self_managed, "update_model",
          update_model),
    admin("/model/{model_id}/update", kPatch, kOrganization | RouteGroup::self_managed,
          "patch_model", patch_model),
    admin("/model/delete", kPost, kOrganization | RouteGroup::self_managed, "delete_model",
          remove_model),
    admin("/credentials", kPost, kAdminOnly, "create_credential", make_credential),
    admin("/credentials", kGet, kAdminOnly, "get_credentials", list_credentials),
    admin("/credentials/by_name/{name}", kGet, kAdminOnly, "get_credential_by_name",
          show_credential),
    admin("/credentials/by_model/{model_id}", kGet, kAdminOnly, "get_credential_by_model",
          show_credential_of_model),
    admin("/credentials/{name}", kPatch, kAdminOnly, "update_credential", update_credential),
    admin("/credentials/{name}", kDelete, kAdminOnly, "delete_credential", remove_credential),
    admin("/config/update", kPost, kAdminOnly, "update_config", update_settings),
    admin("/config/list", kGet, kAdminOnly, "get_config_list", list_general_settings),
    admin("/config/field/info", kGet, kAdminOnly, "get_config_general_settings", show_setting),
    admin("/config/field/update", kPost, kAdminOnly, "update_config_general_settings",
          update_setting),
    admin("/config/field/delete", kPost, kAdminOnly, "delete_config_general_settings",
          remove_setting),
    // Of LiteLLM's surface, for later parts (docs/status.md).
    later("/v1/responses", kOpenAi),
    later("/responses", kOpenAi),
    later("/v1/messages", RouteGroup::anthropic),
    later("/v1/images/{part}", kOpenAi),
    later("/images/{part}", kOpenAi),
    later("/v1/audio/{part}", kOpenAi),
    later("/audio/{part}", kOpenAi),
    later("/v1/rerank", kOpenAi),
    later("/v2/rerank", kOpenAi),
    later("/rerank", kOpenAi),
    later("/v1/files", kOpenAi),
    later("/v1/files/{part}", kOpenAi),
    later("/v1/batches", kOpenAi),
    later("/v1/batches/{part}", kOpenAi),
    later("/v1/realtime", kOpenAi),
    later("/utils/{part}", kInfo),
    later_managed("/user/{part}", kOrganization),
    later_managed("/team/{part}", kOrganization),
    later_managed("/customer/{part}", kManagement),
    later_managed("/end_user/{part}", kManagement),
    later_managed("/organization/{part}", kOrganization),
    later_managed("/budget/{part}", kManagement),
    later_managed("/tag/{part}", kManagement),
    later_managed("/spend/{part}", RouteGroup::spend_tracking),
    later_managed("/global/{part}", RouteGroup::global_spend_tracking),
    later_managed("/model/{part}", kOrganization | RouteGroup::self_managed),
    later_managed("/config/{part}", kAdminOnly),
    later_managed("/cache/{part}", kAdminOnly),
};

/// What stands around the one `{...}` of a pattern.
struct Frame {
    explicit Frame(std::string_view pattern)
        : before(pattern.substr(0, pattern.find('{'))),
          after(pattern.substr(pattern.find('}') + 1)) {}

    std::string_view before;
    std::string_view after;
};

struct Table {
    std::unordered_map<std::string_view, std::vector<std::size_t>> exact;
    std::vector<std::size_t> with_part;  // longest fixed text first

    static std::size_t fixed_size(std::string_view pattern) {
        const Frame frame(pattern);
        return frame.before.size() + frame.after.size();
    }

    Table() {
        for (std::size_t i = 0; i < std::size(kRoutes); ++i)
            if (kRoutes[i].path.contains('{'))
                with_part.push_back(i);
            else
                exact[kRoutes[i].path].push_back(i);
        std::ranges::sort(with_part, std::greater{},
                          [](std::size_t i) { return fixed_size(kRoutes[i].path); });
    }
};

const Table& table() {
    static const Table instance;
    return instance;
}

std::uint8_t method_bit(std::string_view method) {
    if (method == "GET" || method == "HEAD") return kGet;
    if (method == "POST") return kPost;
    if (method == "PUT") return static_cast<std::uint8_t>(Method::put);
    if (method == "PATCH") return static_cast<std::uint8_t>(Method::patch);
    if (method == "DELETE") return static_cast<std::uint8_t>(Method::del);
    return 0;
}

bool needs_cleaning(std::string_view path) {
    return path.contains("//") || (path.size() > 1 && path.ends_with('/'));
}

std::string cleaned(std::string_view path) {
    std::string out;
    for (const char c : path)
        if (c != '/' || out.empty() || out.back() != '/') out += c;
    if (out.size() > 1 && out.back() == '/') out.pop_back();
    return out;
}

/// What the pattern's `{...}` takes of `path`; empty if the path does not fit.
std::string_view captured(std::string_view pattern, std::string_view path) {
    const Frame frame(pattern);
    const auto fixed = frame.before.size() + frame.after.size();
    if (path.size() <= fixed || !path.starts_with(frame.before) || !path.ends_with(frame.after))
        return {};
    return path.substr(frame.before.size(), path.size() - fixed);
}

}  // namespace

std::span<const Route> routes() {
    return kRoutes;
}

RouteMatch find_route(std::string_view method, std::string_view path) {
    RouteMatch match;
    if (needs_cleaning(path)) {
        match.cleaned = cleaned(path);
        path = match.cleaned;
    }
    const auto bit = method_bit(method);
    const auto consider = [&](std::size_t index) {
        const auto& route = kRoutes[index];
        const bool fits = (route.methods & bit) != 0;
        if (!fits && match.route != nullptr) return false;
        match.route = &route;
        match.index = index;
        match.wrong_method = !fits;
        return fits;
    };
    if (const auto found = table().exact.find(path); found != table().exact.end()) {
        for (const auto index : found->second)
            if (consider(index)) break;
        return match;
    }
    for (const auto index : table().with_part) {
        const auto part = captured(kRoutes[index].path, path);
        if (part.empty()) continue;
        const bool fits = consider(index);
        match.part = percent_decode(part);
        if (fits) break;
    }
    return match;
}

std::string_view name_of(const Route& route) {
    switch (route.handler) {
        case Handler::model_call:
            return "model_call";
        case Handler::models:
            return "model_list";
        case Handler::model:
            return "model";
        case Handler::liveness:
            return "health_liveliness";
        case Handler::readiness:
            return "health_readiness";
        case Handler::health:
            return "health";
        case Handler::test:
            return "test";
        case Handler::home:
            return "home";
        case Handler::routes:
            return "get_routes";
        case Handler::metrics:
            return "metrics";
        case Handler::supported_params:
            return "supported_openai_params";
        case Handler::model_info:
            return "model_info";
        case Handler::model_info_page:
            return "model_info_v2";
        case Handler::group_info:
            return "model_group_info";
        case Handler::admin:
            return route.name;
        default:
            return "later";
    }
}

std::string allowed_methods(const Route& route) {
    std::uint8_t methods = 0;
    for (const auto& other : kRoutes)
        if (other.path == route.path) methods |= other.methods;
    std::string out;
    const auto add = [&](std::uint8_t bit, std::string_view names) {
        if ((methods & bit) != 0) out.append(out.empty() ? "" : ", ").append(names);
    };
    add(static_cast<std::uint8_t>(Method::del), "DELETE");
    add(kGet, "GET, HEAD");
    add(static_cast<std::uint8_t>(Method::patch), "PATCH");
    add(kPost, "POST");
    add(static_cast<std::uint8_t>(Method::put), "PUT");
    return out + ", OPTIONS";
}

}  // namespace tollweir
