#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/admin/keys/key_change.hpp"
#include "gateway/admin/keys/key_fields.hpp"
#include "tollweir/config/budget_config.hpp"
#include "tollweir/config/key_defaults.hpp"
#include "tollweir/storage/user_row.hpp"

namespace tollweir {

inline constexpr std::string_view kUserErrors = "internal_server_error";
inline constexpr std::string_view kUserTable = "LiteLLM_UserTable";

/// A team that a new user joins.
struct TeamToJoin {
    std::string team_id;
    std::string role = "user";
    std::optional<Picodollars> max_budget;  // of the user in it
};

/// What new and update take. Of the key's fields those of budgets, rates and models are the user's;
/// the others belong to the key that is made with it.
struct UserFields {
    KeyFields shared;
    Sent<std::string> email;
    Sent<std::string> alias;
    Sent<std::string> role;
    Sent<std::string> sso_user_id;
    std::vector<TeamToJoin> teams;
    std::vector<std::string> organizations;
    bool makes_key = true;

    const std::string& user_id() const;
};

/// Errors: `bad_request`, `unprocessable`.
Result<UserFields> parse_new_user(Fields& body);
/// `user_id` or `user_email` says whom.
Result<UserFields> parse_user_update(Fields& body);
/// `[{team_id, max_budget_in_team, user_role}]`, or ids.
Result<std::vector<TeamToJoin>> parse_teams_to_join(std::string_view json);

/// What was not said about a new user, as the configuration has it.
void fill_user_defaults(const KeyDefaults& rules, const BudgetConfig& budgets, UserFields& fields);

/// Sets the columns that were sent, and the next reset that follows. Pure.
void apply_user(const UserFields& fields, const ChangeTime& time, UserRow& row);

/// The fields of the key that is made with a user: what is not the user's own.
KeyFields key_of_user(const UserFields& fields, const std::string& user_id);

}  // namespace tollweir
