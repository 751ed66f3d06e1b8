#pragma once

#include <string>
#include <string_view>

#include "gateway/admin/budgets/owner_budget.hpp"
#include "tollweir/storage/organization_row.hpp"

namespace tollweir {

inline constexpr std::string_view kOrganizationErrors = "bad_request_error";
inline constexpr std::string_view kOrganizationTable = "LiteLLM_OrganizationTable";
inline constexpr std::string_view kOrganizationMemberTable = "LiteLLM_OrganizationMembership";

std::unexpected<GatewayError> organization_not_found(const std::string& id);

/// Errors: `permission_denied` for who is no administrator of the gateway.
Result<void> permit_organizations(const AdminCall& call);
/// The same for one organization, which its own administrators pass too.
Result<void> permit_members(Sql& sql, const AdminCall& call, const std::string& id);
/// Who may look: also its members, and viewers.
Result<void> permit_look(Sql& sql, const AdminCall& call, const std::string& id);

/// The membership with its own budget row and what was booked on it.
Result<void> remove_member(Sql& sql, const OrganizationMemberRow& row);

/// The row alone, for the audit log.
std::string organization_row_json(const OrganizationRow& row);
std::string organization_member_json(const OrganizationMemberRow& row);
/// The row with its budget, members and teams, appended as one object.
Result<void> write_organization(Sql& sql, JsonWriter& json, const OrganizationRow& row);
Result<void> write_organization_member(Sql& sql, JsonWriter& json,
                                       const OrganizationMemberRow& row);

}  // namespace tollweir
