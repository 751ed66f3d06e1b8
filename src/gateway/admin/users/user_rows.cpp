#include "gateway/admin/users/user_rows.hpp"

#include <algorithm>

#include "gateway/admin/row_json.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "tollweir/storage/organization_row.hpp"

namespace tollweir {
namespace {

std::unexpected<GatewayError> refuse(std::string message) {
    return row_error(ErrorKind::permission_denied, std::move(message), "auth_error");
}

/// What binds the user, and whoever may change it could lift.
bool changes_bounds(const UserFields& fields) {
    const auto& shared = fields.shared;
    return shared.max_budget.sent || shared.budget_duration.sent || shared.spend.sent ||
           shared.tpm_limit.sent || shared.rpm_limit.sent || shared.max_parallel_requests.sent ||
           shared.models.sent || shared.model_max_budget.sent || shared.organization_id.sent ||
           shared.allowed_cache_controls.sent || shared.object_permission.sent ||
           fields.sso_user_id.sent;
}

}  // namespace

std::unexpected<GatewayError> user_not_found(const std::string& id) {
    return row_error(ErrorKind::not_found, "User not found, passed user_id=" + id,
                     "not_found_error", "user_id");
}

std::string user_row_json(const UserRow& row) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    write_columns(json, row, user_columns());
    json.end_object();
    return out;
}

Result<UserStanding> user_standing(Sql& sql, const AdminCall& call) {
    UserStanding standing{KeyActor(call.caller), {}};
    if (standing.actor.role != UserRole::org_admin) return standing;
    auto organizations = administered_organizations(sql, standing.actor.user_id);
    if (!organizations) return std::unexpected(organizations.error());
    standing.organizations = std::move(*organizations);
    return standing;
}

Result<bool> is_in_organizations(Sql& sql, const UserStanding& standing,
                                 const std::string& user_id) {
    for (const auto& id : standing.organizations) {
        const auto member = find_organization_member(sql, id, user_id, RowLock::none);
        if (!member) return std::unexpected(member.error());
        if (*member) return true;
    }
    return false;
}

Result<void> permit_role(const UserStanding& standing, const Sent<std::string>& role) {
    if (standing.is_admin() || !role.value || !role.value->starts_with("proxy_admin")) return {};
    return refuse(
        "Only proxy admins can create administrative users (proxy_admin, proxy_admin_viewer). "
        "Attempted to create user with role: " +
        *role.value);
}

Result<void> permit_user_change(const UserStanding& standing, bool is_in_organizations,
                                const UserFields& fields, const UserRow& row) {
    if (standing.is_admin()) return {};
    if (fields.role.sent && fields.role.value.value_or("") != row.user_role)
        return refuse("Only proxy admins can modify user roles.");
    // Nobody changes who is above them.
    if (is_in_organizations && !row.user_role.starts_with("proxy_admin")) return {};
    if (row.user_id != standing.actor.user_id)
        return refuse("User not allowed to update another user. Your user_id=" +
                      standing.actor.user_id);
    if (changes_bounds(fields) || !fields.shared.metadata_members.empty())
        return refuse("Only proxy admins can change what binds a user: budgets, limits, models");
    const bool only_address = !fields.alias.sent && !fields.shared.metadata.sent;
    if (standing.actor.role == UserRole::internal_user_viewer && !only_address)
        return refuse("Viewers can change their user_email only");
    return {};
}

Result<UserRow> find_named_user(Sql& sql, const UserFields& fields, RowLock lock) {
    auto id = fields.user_id();
    if (id.empty()) {
        const auto named = find_users_by_email(sql, fields.email.value.value_or(""));
        if (!named) return std::unexpected(named.error());
        if (named->empty())
            return row_error(ErrorKind::not_found,
                             "User not found, passed user_email=" + fields.email.value.value_or(""),
                             "not_found_error", "user_email");
        if (named->size() > 1)
            return row_error(ErrorKind::bad_request,
                             "Several users have this user_email: pass a user_id", "bad_request",
                             "user_email");
        id = named->front().user_id;
    }
    auto row = find_user_row(sql, id, lock);
    if (!row) return std::unexpected(row.error());
    if (!*row) return user_not_found(id);
    return std::move(**row);
}

}  // namespace tollweir
