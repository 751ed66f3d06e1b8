#include "gateway/admin/users/user_fields.hpp"

#include <algorithm>
#include <array>

#include "gateway/admin/set_column.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

constexpr std::array<std::string_view, 4> kRoles{"proxy_admin", "proxy_admin_viewer",
                                                 "internal_user", "internal_user_viewer"};
constexpr std::array<std::string_view, 2> kTeamRoles{"admin", "user"};

void parse_common(Fields& body, UserFields& fields) {
    fields.email = body.text("user_email");
    if (const auto& email = fields.email.value; email && !email->contains('@'))
        body.refuse("user_email", "Invalid user_email: an address is expected");
    fields.alias = body.text("user_alias");
    fields.role = body.word("user_role", kRoles);
    fields.sso_user_id = body.text("sso_user_id");
    if (body.text("password").value)
        body.refuse("password", "password is not supported: there is no page to log in to yet");
    if (body.boolean("send_invite_email").value.value_or(false))
        body.refuse("send_invite_email", "send_invite_email is not supported: no mail is sent yet");
}

}  // namespace

const std::string& UserFields::user_id() const {
    static const std::string none;
    return shared.user_id.value ? *shared.user_id.value : none;
}

Result<std::vector<TeamToJoin>> parse_teams_to_join(std::string_view json) {
    std::vector<TeamToJoin> teams;
    const auto items = json_elements(json);
    if (!items) return fail(ErrorKind::bad_request, "Invalid teams: a list is expected");
    for (const auto item : *items) {
        TeamToJoin team;
        if (item.starts_with('"')) {
            team.team_id = decode_json_string(item).value_or("");
        } else {
            auto body = Fields::read(item);
            if (!body) return std::unexpected(body.error());
            body->require("team_id");
            team.team_id = body->text("team_id").value.value_or("");
            team.role = body->word("user_role", kTeamRoles).value.value_or("user");
            team.max_budget = body->dollars("max_budget_in_team").value;
            if (auto good = body->checked(); !good) return std::unexpected(good.error());
        }
        if (team.team_id.empty())
            return fail(ErrorKind::bad_request, "Invalid teams: ids of teams are expected");
        teams.push_back(std::move(team));
    }
    return teams;
}

Result<UserFields> parse_new_user(Fields& body) {
    UserFields fields;
    parse_common(body, fields);
    const auto teams = body.array("teams");
    fields.organizations = body.texts("organizations").value.value_or(std::vector<std::string>());
    fields.makes_key = body.boolean("auto_create_key").value.value_or(true);
    auto shared = parse_key_fields(body);  // says what is wrong with any of them
    if (!shared) return std::unexpected(shared.error());
    fields.shared = std::move(*shared);
    if (teams.value) {
        auto joined = parse_teams_to_join(*teams.value);
        if (!joined) return std::unexpected(joined.error());
        fields.teams = std::move(*joined);
    }
    return fields;
}

Result<UserFields> parse_user_update(Fields& body) {
    UserFields fields;
    parse_common(body, fields);
    if (!body.has("user_email")) body.require("user_id");
    auto shared = parse_key_fields(body);
    if (!shared) return std::unexpected(shared.error());
    fields.shared = std::move(*shared);
    return fields;
}

void fill_user_defaults(const KeyDefaults& rules, const BudgetConfig& budgets, UserFields& fields) {
    auto& shared = fields.shared;
    const auto& user = rules.user;
    const auto role = fields.role.value.value_or("");
    const bool is_internal = role.empty() || role.starts_with("internal_user");
    if (!fields.role.sent && !user.user_role.empty()) fields.role.set(user.user_role);
    if (!is_internal) return;
    if (!shared.models.sent && !user.models.empty()) shared.models.set(user.models);
    if (!shared.max_budget.sent) {
        auto most = user.max_budget;
        if (!most) most = budgets.max_internal_user_budget;
        if (!most) most = budgets.default_max_internal_user_budget;
        if (most) shared.max_budget.set(*most);
    }
    if (!shared.budget_duration.sent) {
        auto period = user.budget_duration;
        if (!period && shared.max_budget.value) period = budgets.internal_user_budget_duration;
        if (period) shared.budget_duration.set(*period);
    }
    if (fields.teams.empty() && !user.teams_json.empty())
        fields.teams = parse_teams_to_join(user.teams_json).value_or(std::vector<TeamToJoin>());
}

void apply_user(const UserFields& fields, const ChangeTime& time, UserRow& row) {
    const auto& shared = fields.shared;
    set_column(fields.email, row.user_email);
    set_column(fields.alias, row.user_alias);
    set_column(fields.role, row.user_role);
    set_column(fields.sso_user_id, row.sso_user_id);
    set_column(shared.organization_id, row.organization_id);
    set_column(shared.models, row.models);
    if (shared.spend.sent) row.spend = shared.spend.value.value_or(0);
    set_column(shared.max_budget, row.max_budget);
    set_budget_period(shared.budget_duration, time, row);
    set_column(shared.max_parallel_requests, row.max_parallel_requests);
    set_column(shared.tpm_limit, row.tpm_limit);
    set_column(shared.rpm_limit, row.rpm_limit);
    set_column(shared.allowed_cache_controls, row.allowed_cache_controls);
    set_column(shared.model_max_budget, row.model_max_budget, "{}");
    set_column(shared.metadata, row.metadata, "{}");
    if (!shared.metadata_members.empty())
        row.metadata = with_members(row.metadata, shared.metadata_members);
    row.updated_at = time.now;
}

KeyFields key_of_user(const UserFields& fields, const std::string& user_id) {
    KeyFields key = fields.shared;
    key.user_id = {};
    key.user_id.set(user_id);
    key.spend = {};
    key.max_budget = {};
    key.budget_duration = {};
    key.max_parallel_requests = {};
    key.tpm_limit = {};
    key.rpm_limit = {};
    key.model_max_budget = {};
    key.metadata = {};
    key.metadata_members.clear();
    return key;
}

}  // namespace tollweir
