#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tollweir {

/// What a role may use; an item of `general_settings.role_permissions`.
struct RolePermission {
    std::string role;
    std::vector<std::string> models;
    std::vector<std::string> routes;

    friend bool operator==(const RolePermission&, const RolePermission&) = default;
};

/// Which claims of a JWT say what; `general_settings.litellm_jwtauth`. Empty: not read.
struct JwtConfig {
    std::string admin_scope = "litellm_proxy_admin";
    std::vector<std::string> admin_routes;
    std::string team_id_field;
    bool makes_teams = false;  // team_id_upsert
    std::string team_ids_field;
    std::string default_team_id;
    std::string team_alias_field;
    std::vector<std::string> team_routes;
    std::string organization_id_field;
    std::string user_id_field;
    std::string user_email_field;
    std::string user_email_domain;  // the only one that is allowed
    std::string user_roles_field;
    std::vector<std::string> user_roles;  // that are allowed
    bool makes_users = false;             // user_id_upsert
    std::string end_user_id_field;
    std::chrono::milliseconds public_key_ttl{600'000};
    std::vector<std::string> public_routes;
    bool enforces_roles = false;
    std::string roles_field;
    std::vector<RolePermission> role_permissions;
    std::string role_mappings_json;  // empty: none
    std::string object_id_field;
    std::string scope_mappings_json;  // empty: none
    bool enforces_scopes = false;
    bool enforces_team_models = false;
    bool syncs_roles_and_teams = false;

    friend bool operator==(const JwtConfig&, const JwtConfig&) = default;
};

/// Other credentials than keys; of `general_settings`.
struct TokenAuthConfig {
    bool jwt = false;
    JwtConfig jwt_claims;
    bool oauth2 = false;
    bool oauth2_proxy = false;
    std::vector<std::pair<std::string, std::string>> oauth2_headers;  // field, header
    std::vector<RolePermission> role_permissions;
    bool enforces_roles = false;  // enforce_rbac
    bool allows_users = false;    // allow_user_auth

    friend bool operator==(const TokenAuthConfig&, const TokenAuthConfig&) = default;
};

}  // namespace tollweir
