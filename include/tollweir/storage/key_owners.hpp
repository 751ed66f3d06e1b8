#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tollweir/core/key_record.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

// The rows that keys belong to, many at once, by their ids. What is not there is left out.

using Ids = std::set<std::string>;  // the empty text among them is nobody's

/// A row of LiteLLM_BudgetTable.
struct BudgetTerms {
    LimitTerms limits;
    std::vector<ModelTerms> model_limits;
    std::string model_max_budget = "{}";
    AllowedModels allowed_models;
};
using Budgets = std::map<std::string, BudgetTerms>;
Result<Budgets> find_budgets(Sql& sql, const Ids& ids);

/// Sets what `limits` leaves open: the own values of a row win over its budget's.
void fill_from(LimitTerms& limits, const BudgetTerms& budget);

/// A team, with what its members are in it.
struct TeamRows {
    std::shared_ptr<const TeamRecord> record;
    std::map<std::string, bool> members;  // user -> is an admin of the team
    std::vector<std::string> default_member_models;
    std::string member_budget_id;  // of members without one of their own
};
using Teams = std::map<std::string, TeamRows>;
Result<Teams> find_teams(Sql& sql, const Ids& ids);
/// The teams that the user is in, by what user, membership and team say.
Result<Teams> find_teams_of_user(Sql& sql, std::string_view user_id);

using Users = std::map<std::string, std::shared_ptr<const UserRecord>>;
Result<Users> find_users(Sql& sql, const Ids& ids);

/// A row of LiteLLM_TeamMembership.
struct MembershipRow {
    std::string budget_id;
    PicodollarSum spend = 0;
};
using UserAndGroup = std::pair<std::string, std::string>;
using Memberships = std::map<UserAndGroup, MembershipRow>;  // by user and team
Result<Memberships> find_memberships(Sql& sql, const Ids& users, const Ids& teams);

using Organizations = std::map<std::string, OrganizationRecord>;
Result<Organizations> find_organizations(Sql& sql, const Ids& ids);
/// A row of LiteLLM_OrganizationMembership.
struct OrganizationMembershipRow {
    bool is_admin = false;
    std::string budget_id;
    PicodollarSum spend = 0;
};
/// By user and organization.
using OrganizationMemberships = std::map<UserAndGroup, OrganizationMembershipRow>;
Result<OrganizationMemberships> find_organization_memberships(Sql& sql, const Ids& users,
                                                              const Ids& organizations);
/// Those who administer an organization: user and organization.
Result<std::set<UserAndGroup>> find_organization_admins(Sql& sql, const Ids& users,
                                                        const Ids& organizations);

using Projects = std::map<std::string, ProjectRecord>;
Result<Projects> find_projects(Sql& sql, const Ids& ids);

/// The models that each access group holds.
using AccessGroups = std::map<std::string, std::vector<std::string>>;
Result<AccessGroups> find_access_groups(Sql& sql, const Ids& ids);

}  // namespace tollweir
