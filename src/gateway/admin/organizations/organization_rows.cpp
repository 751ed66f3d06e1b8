#include "gateway/admin/organizations/organization_rows.hpp"

#include "gateway/admin/row_json.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "tollweir/core/scope.hpp"
#include "tollweir/storage/budgets.hpp"
#include "tollweir/storage/key_companions.hpp"

namespace tollweir {
namespace {

std::unexpected<GatewayError> not_allowed(std::string_view what) {
    return row_error(ErrorKind::permission_denied, std::string(what), "auth_error");
}

}  // namespace

std::unexpected<GatewayError> organization_not_found(const std::string& id) {
    return row_error(ErrorKind::not_found, "Organization not found, passed organization_id=" + id,
                     "not_found_error", "organization_id");
}

Result<void> permit_organizations(const AdminCall& call) {
    if (call.caller.role() == UserRole::proxy_admin) return {};
    return not_allowed("Only proxy admins can create, change or delete organizations.");
}

Result<void> permit_members(Sql& sql, const AdminCall& call, const std::string& id) {
    if (call.caller.role() == UserRole::proxy_admin) return {};
    const auto own = find_organization_member(sql, id, call.caller.user_id(), RowLock::none);
    if (!own) return std::unexpected(own.error());
    if (*own && (*own)->user_role == "org_admin") return {};
    return not_allowed("Only proxy admins and admins of organization=" + id +
                       " can change its members.");
}

Result<void> permit_look(Sql& sql, const AdminCall& call, const std::string& id) {
    const auto role = call.caller.role();
    if (role == UserRole::proxy_admin || role == UserRole::proxy_admin_viewer) return {};
    const auto own = find_organization_member(sql, id, call.caller.user_id(), RowLock::none);
    if (!own) return std::unexpected(own.error());
    if (*own) return {};
    return not_allowed("You are no member of organization=" + id);
}

Result<void> remove_member(Sql& sql, const OrganizationMemberRow& row) {
    if (auto gone = delete_organization_member(sql, row); !gone) return gone;
    auto dropped = drop_owner_budget(sql, kOrganizationMemberBudget, row.budget_id);
    if (!dropped) return dropped;
    return drop_budgets_of(sql, scope_key({.kind = ScopeKind::organization_member,
                                           .id = row.organization_id,
                                           .member = row.user_id}));
}

std::string organization_row_json(const OrganizationRow& row) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    write_columns(json, row, organization_columns());
    json.end_object();
    return out;
}

std::string organization_member_json(const OrganizationMemberRow& row) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    write_columns(json, row, organization_member_columns());
    json.end_object();
    return out;
}

Result<void> write_organization_member(Sql& sql, JsonWriter& json,
                                       const OrganizationMemberRow& row) {
    json.begin_object();
    write_columns(json, row, organization_member_columns());
    const auto user = show_user(sql, row.user_id);
    if (!user) return std::unexpected(user.error());
    json.key("user").raw(*user);
    if (auto written = write_budget_of(sql, json, row.budget_id); !written) return written;
    json.end_object();
    return {};
}

Result<void> write_organization(Sql& sql, JsonWriter& json, const OrganizationRow& row) {
    json.begin_object();
    write_columns(json, row, organization_columns());
    if (auto written = write_budget_of(sql, json, row.budget_id); !written) return written;
    const auto members = find_organization_members(sql, row.organization_id);
    if (!members) return std::unexpected(members.error());
    json.key("members").begin_array();
    for (const auto& member : *members)
        if (auto written = write_organization_member(sql, json, member); !written) return written;
    json.end_array();
    const auto teams = show_organization_teams(sql, row.organization_id);
    if (!teams) return std::unexpected(teams.error());
    json.key("teams").raw(*teams);
    const auto permission = show_object_permission(sql, row.object_permission_id);
    if (!permission) return std::unexpected(permission.error());
    json.key("object_permission").raw(*permission);
    json.end_object();
    return {};
}

}  // namespace tollweir
