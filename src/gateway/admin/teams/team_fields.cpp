#include "gateway/admin/teams/team_fields.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "gateway/admin/set_column.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

constexpr std::size_t kMostMembers = 500;
constexpr std::int64_t kMostTokens = 1'000'000'000'000'000;
constexpr std::int64_t kMostRequests = 1'000'000'000'000;
constexpr std::array<std::string_view, 2> kRoles{"admin", "user"};
constexpr std::array<std::string_view, 10> kMemberRoutes{
    "/key/generate",   "/key/update", "/key/delete",  "/key/info",   "/key/list",
    "/key/regenerate", "/key/block",  "/key/unblock", "/spend/logs", "/team/daily/activity"};

void parse_common(Fields& body, TeamFields& fields) {
    fields.alias = body.text("team_alias");
    fields.model_aliases = body.object("model_aliases");
    fields.member_permissions = body.texts("team_member_permissions");
    fields.default_member_models = body.texts("default_team_member_models");
    auto& budget = fields.member_budget;
    budget.max_budget = body.dollars("team_member_budget");
    budget.budget_duration = body.duration("team_member_budget_duration");
    budget.rpm_limit = body.count("team_member_rpm_limit", kMostRequests);
    budget.tpm_limit = body.count("team_member_tpm_limit", kMostTokens);
    const auto key_life = body.duration("team_member_key_duration");
    if (key_life.sent) {
        std::string json = "null";
        if (key_life.value) {
            json.clear();
            append_json_string(json, key_life.value->text);
        }
        fields.shared.metadata_members.emplace_back("team_member_key_duration", std::move(json));
    }
}

/// The key's fields that a team has too; `members` of its metadata stay.
Result<void> parse_shared(Fields& body, TeamFields& fields) {
    auto members = std::move(fields.shared.metadata_members);
    auto shared = parse_key_fields(body);
    if (!shared) return std::unexpected(shared.error());
    fields.shared = std::move(*shared);
    std::ranges::move(members, std::back_inserter(fields.shared.metadata_members));
    if (fields.member_permissions.value)
        return check_member_permissions(*fields.member_permissions.value);
    return {};
}

Result<Joining> parse_member(std::string_view json) {
    auto body = Fields::read(json);
    if (!body) return std::unexpected(body.error());
    Joining joining;
    joining.user_id = body->text("user_id").value.value_or("");
    joining.user_email = body->text("user_email").value.value_or("");
    joining.role = body->word("role", kRoles).value.value_or("user");
    if (joining.user_id.empty() && joining.user_email.empty()) body->require("user_id");
    if (auto good = body->checked(); !good) return std::unexpected(good.error());
    return joining;
}

}  // namespace

const std::string& TeamFields::team_id() const {
    static const std::string none;
    return shared.team_id.value ? *shared.team_id.value : none;
}

std::span<const std::string_view> member_routes() {
    return kMemberRoutes;
}

Result<void> check_member_permissions(const std::vector<std::string>& routes) {
    for (const auto& route : routes)
        if (std::ranges::find(kMemberRoutes, route) == kMemberRoutes.end())
            return fail(ErrorKind::bad_request, "Invalid team_member_permissions: " + route +
                                                    " cannot be given to members; " +
                                                    std::string(kMemberRoutes.front()) +
                                                    " and its like can");
    return {};
}

Result<std::vector<Joining>> parse_members_to_add(std::string_view json) {
    std::vector<std::string_view> items{json};
    if (json.starts_with('['))
        items = json_elements(json).value_or(std::vector<std::string_view>());
    if (items.size() > kMostMembers)
        return fail(ErrorKind::bad_request,
                    "Maximum " + std::to_string(kMostMembers) + " members can be added at once");
    std::vector<Joining> members;
    for (const auto item : items) {
        auto member = parse_member(item);
        if (!member) return std::unexpected(member.error());
        members.push_back(std::move(*member));
    }
    return members;
}

BudgetFields parse_member_budget(Fields& body) {
    BudgetFields budget;
    budget.max_budget = body.dollars("max_budget_in_team");
    budget.tpm_limit = body.count("tpm_limit", kMostTokens);
    budget.rpm_limit = body.count("rpm_limit", kMostRequests);
    return budget;
}

Result<TeamFields> parse_new_team(Fields& body) {
    TeamFields fields;
    parse_common(body, fields);
    const auto with_roles = body.array("members_with_roles");
    const auto admins = body.texts("admins").value.value_or(std::vector<std::string>());
    const auto members = body.texts("members").value.value_or(std::vector<std::string>());
    if (auto good = parse_shared(body, fields); !good) return std::unexpected(good.error());
    if (with_roles.value) {
        auto joining = parse_members_to_add(*with_roles.value);
        if (!joining) return std::unexpected(joining.error());
        fields.members = std::move(*joining);
    }
    const auto add = [&](const std::string& user, std::string role) {
        const bool known =
            std::ranges::find(fields.members, user, &Joining::user_id) != fields.members.end();
        if (!user.empty() && !known) fields.members.push_back({user, {}, std::move(role), {}});
    };
    for (const auto& user : admins) add(user, "admin");
    for (const auto& user : members) add(user, "user");
    return fields;
}

Result<TeamFields> parse_team_update(Fields& body) {
    TeamFields fields;
    body.require("team_id");
    parse_common(body, fields);
    if (auto good = parse_shared(body, fields); !good) return std::unexpected(good.error());
    return fields;
}

void fill_team_defaults(const NewTeamParams& rules, TeamFields& fields) {
    auto& shared = fields.shared;
    const auto fill = [](auto& field, const auto& value) {
        if (!field.sent && value) field.set(*value);
    };
    fill(shared.max_budget, rules.max_budget);
    fill(shared.budget_duration, rules.budget_duration);
    fill(shared.tpm_limit, rules.tpm_limit);
    fill(shared.rpm_limit, rules.rpm_limit);
    fill(shared.models, rules.models);
    if (!fields.member_permissions.sent && !rules.member_permissions.empty())
        fields.member_permissions.set(rules.member_permissions);
}

Result<void> apply_team(const TeamFields& fields, const ChangeTime& time, TeamRow& row) {
    const auto& shared = fields.shared;
    set_column(fields.alias, row.team_alias);
    set_column(shared.organization_id, row.organization_id);
    set_column(shared.models, row.models);
    if (shared.spend.sent) row.spend = shared.spend.value.value_or(0);
    set_column(shared.max_budget, row.max_budget);
    set_column(shared.soft_budget, row.soft_budget);
    set_budget_period(shared.budget_duration, time, row);
    set_budget_windows(shared.budget_limits, time, row);
    set_column(shared.model_max_budget, row.model_max_budget, "{}");
    set_column(shared.tpm_limit, row.tpm_limit);
    set_column(shared.rpm_limit, row.rpm_limit);
    set_column(shared.max_parallel_requests, row.max_parallel_requests);
    set_column(shared.access_group_ids, row.access_group_ids);
    set_column(shared.router_settings, row.router_settings);
    set_column(fields.member_permissions, row.team_member_permissions);
    set_column(fields.default_member_models, row.default_team_member_models);
    if (shared.blocked.sent) row.blocked = shared.blocked.value.value_or(false);
    if (shared.metadata.sent) {
        // The row of its members' budget is named in it, and is not the client's to lose.
        const auto before = json_members(row.metadata).value_or(JsonParts());
        const std::string budget(find_part(before, "team_member_budget_id"));
        row.metadata = shared.metadata.value.value_or("{}");
        if (!budget.empty())
            row.metadata = with_members(row.metadata, {{"team_member_budget_id", budget}});
    }
    if (!shared.metadata_members.empty())
        row.metadata = with_members(row.metadata, shared.metadata_members);
    if (row.metadata.size() > Fields::kMaxObject)
        return fail(ErrorKind::bad_request, "Invalid metadata: it is too long");
    row.updated_at = time.now;
    return {};
}

}  // namespace tollweir
