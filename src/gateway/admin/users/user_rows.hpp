#pragma once

#include <string>
#include <vector>

#include "gateway/admin/keys/key_actor.hpp"
#include "gateway/admin/users/user_fields.hpp"
#include "tollweir/gateway/admin/admin_call.hpp"

namespace tollweir {

std::unexpected<GatewayError> user_not_found(const std::string& id);

/// The row as one object.
std::string user_row_json(const UserRow& row);

/// What the actor may do with users beside being one: an administrator of organizations has those
/// of its members. Read once a request.
struct UserStanding {
    KeyActor actor;
    std::vector<std::string> organizations;  // that the actor administers

    bool is_admin() const { return actor.is_admin(); }
};
Result<UserStanding> user_standing(Sql& sql, const AdminCall& call);

/// Whether the user is in one of the organizations that the actor administers.
Result<bool> is_in_organizations(Sql& sql, const UserStanding& standing,
                                 const std::string& user_id);

/// May the actor give this role? Errors: `permission_denied`.
Result<void> permit_role(const UserStanding& standing, const Sent<std::string>& role);
/// May the actor change what was sent of this user? Its own address, name and metadata everybody
/// may.
Result<void> permit_user_change(const UserStanding& standing, bool is_in_organizations,
                                const UserFields& fields, const UserRow& row);

/// The one user whom the fields name, by id or address. Errors: `not_found`, `bad_request` (the
/// address is of several).
Result<UserRow> find_named_user(Sql& sql, const UserFields& fields, RowLock lock);

}  // namespace tollweir
