#include "config/setting_readers.hpp"

namespace tollweir {
namespace {

std::vector<RolePermission> read_roles(const Section& section) {
    std::vector<RolePermission> roles;
    for (const Section& item : section.items("role_permissions")) {
        RolePermission role;
        role.role = item.text("role").value_or("");
        if (role.role.empty() && item.find("role") == nullptr) item.error("role", "is missing");
        role.models = item.texts("models");
        role.routes = item.texts("routes");
        roles.push_back(std::move(role));
    }
    return roles;
}

std::string json_of_list(const Section& section, std::string_view key) {
    const Node* list = section.list(key);
    return list == nullptr ? "" : to_json(*list);
}

JwtConfig read_jwt(const Section& jwt) {
    JwtConfig config;
    const auto text = [&](std::string_view key) { return jwt.text(key).value_or(""); };
    set_from(jwt.text("admin_jwt_scope"), config.admin_scope);
    config.admin_routes = jwt.texts("admin_allowed_routes");
    config.team_id_field = text("team_id_jwt_field");
    set_from(jwt.boolean("team_id_upsert"), config.makes_teams);
    config.team_ids_field = text("team_ids_jwt_field");
    config.default_team_id = text("team_id_default");
    config.team_alias_field = text("team_alias_jwt_field");
    config.team_routes = jwt.texts("team_allowed_routes");
    config.organization_id_field = text("org_id_jwt_field");
    config.user_id_field = text("user_id_jwt_field");
    config.user_email_field = text("user_email_jwt_field");
    config.user_email_domain = text("user_allowed_email_domain");
    config.user_roles_field = text("user_roles_jwt_field");
    config.user_roles = jwt.texts("user_allowed_roles");
    set_from(jwt.boolean("user_id_upsert"), config.makes_users);
    config.end_user_id_field = text("end_user_id_jwt_field");
    set_from(jwt.duration("public_key_ttl", std::chrono::milliseconds(1000)),
             config.public_key_ttl);
    config.public_routes = jwt.texts("public_allowed_routes");
    set_from(jwt.boolean("enforce_rbac"), config.enforces_roles);
    config.roles_field = text("roles_jwt_field");
    config.role_permissions = read_roles(jwt);
    config.role_mappings_json = json_of_list(jwt, "role_mappings");
    config.object_id_field = text("object_id_jwt_field");
    config.scope_mappings_json = json_of_list(jwt, "scope_mappings");
    set_from(jwt.boolean("enforce_scope_based_access"), config.enforces_scopes);
    set_from(jwt.boolean("enforce_team_based_model_access"), config.enforces_team_models);
    set_from(jwt.boolean("sync_user_role_and_teams"), config.syncs_roles_and_teams);
    return config;
}

}  // namespace

TokenAuthConfig read_token_auth(const LoadContext& context) {
    const Section general = section_of(context, "general_settings");
    TokenAuthConfig config;
    set_from(general.boolean("enable_jwt_auth"), config.jwt);
    config.jwt_claims = read_jwt(general.section("litellm_jwtauth"));
    set_from(general.boolean("enable_oauth2_auth"), config.oauth2);
    set_from(general.boolean("enable_oauth2_proxy_auth"), config.oauth2_proxy);
    config.oauth2_headers = general.pairs("oauth2_config_mappings");
    config.role_permissions = read_roles(general);
    set_from(general.boolean("enforce_rbac"), config.enforces_roles);
    set_from(general.boolean("allow_user_auth"), config.allows_users);
    return config;
}

}  // namespace tollweir
