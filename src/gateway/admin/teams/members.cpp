#include <algorithm>
#include <array>

#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "gateway/admin/teams/team_fields.hpp"
#include "tollweir/gateway/admin/teams.hpp"
#include "tollweir/gateway/admin/users.hpp"
#include "tollweir/storage/budgets.hpp"
#include "tollweir/storage/organization_row.hpp"

namespace tollweir {
namespace {

constexpr std::array<std::string_view, 2> kRoles{"admin", "user"};

struct AddedMembers {
    std::string team_id;
    std::vector<Joining> members;
};

Result<AddedMembers> parse_added(Fields& body) {
    AddedMembers added;
    body.require("team_id");
    const bool is_list = body.has("members");  // of /team/bulk_member_add
    body.require(is_list ? "members" : "member");
    added.team_id = body.text("team_id").value.value_or("");
    const auto budget = parse_member_budget(body);
    const std::string json(body.raw(is_list ? "members" : "member"));
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    auto members = parse_members_to_add(json);
    if (!members) return std::unexpected(members.error());
    added.members = std::move(*members);
    for (auto& member : added.members) member.budget = budget;
    return added;
}

/// One member, as update and delete name it.
struct NamedMember {
    std::string team_id;
    std::string user_id;
    std::string user_email;
    Sent<std::string> role;
    BudgetFields budget;
};

Result<NamedMember> parse_named(Fields& body) {
    NamedMember named;
    body.require("team_id");
    named.team_id = body.text("team_id").value.value_or("");
    named.user_id = body.text("user_id").value.value_or("");
    named.user_email = body.text("user_email").value.value_or("");
    named.role = body.word("role", kRoles);
    named.budget = parse_member_budget(body);
    if (named.user_id.empty() && named.user_email.empty()) body.require("user_id");
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    return named;
}

std::unexpected<GatewayError> not_a_member() {
    return row_error(ErrorKind::bad_request, "User not found in team", kTeamErrors, "user_id");
}

/// Changes the members of one team; on the store's thread.
class MembersWriter {
public:
    explicit MembersWriter(const AdminCall& call) : call_(call) {}

    Result<std::string> add(Sql& sql, const AddedMembers& added) {
        return change(sql, added.team_id, "/team/member_add",
                      [&](Sql& inner, TeamRow& team) { return add_all(inner, added, team); });
    }
    Result<std::string> update(Sql& sql, const NamedMember& named) {
        return change(sql, named.team_id, "/team/member_update",
                      [&](Sql& inner, TeamRow& team) { return update_one(inner, named, team); });
    }
    Result<std::string> remove(Sql& sql, const NamedMember& named) {
        return change(sql, named.team_id, "/team/member_delete",
                      [&](Sql& inner, TeamRow& team) { return remove_one(inner, named, team); });
    }

private:
    template <class Step>
    Result<std::string> change(Sql& sql, const std::string& team_id, std::string_view route,
                               Step step) {
        const auto done = sql.transaction([&](Sql& inner) -> Result<void> {
            answer_.clear();
            const auto before = lock_team(inner, call_, team_id, TeamPower::team_admin, route);
            if (!before) return std::unexpected(before.error());
            auto after = *before;
            if (auto changed = step(inner, after); !changed) return changed;
            return save_team(inner, call_, *before, after);
        });
        if (!done) return std::unexpected(done.error());
        return std::move(answer_);
    }

    Result<void> add_all(Sql& sql, const AddedMembers& added, TeamRow& team) {
        std::vector<std::string> users;
        for (const auto& member : added.members) {
            const auto user = join_team(sql, call_, member, team);
            if (!user) return std::unexpected(user.error());
            users.push_back(user->user_id);
        }
        JsonWriter json(answer_);
        json.begin_object();
        if (auto written = write_team(sql, json, team); !written) return written;
        json.key("updated_users").begin_array();
        for (const auto& user : users) json.begin_object().key("user_id").string(user).end_object();
        json.end_array().key("updated_team_memberships").begin_array();
        for (const auto& user : users)
            if (auto written = write_membership(sql, json, user, team.team_id); !written)
                return written;
        json.end_array().end_object();
        return {};
    }

    static Result<void> write_membership(Sql& sql, JsonWriter& json, const std::string& user_id,
                                         const std::string& team_id) {
        const auto membership = find_membership(sql, user_id, team_id);
        if (!membership) return std::unexpected(membership.error());
        const auto budget = *membership ? (*membership)->budget_id : std::string();
        json.begin_object().key("user_id").string(user_id).key("team_id").string(team_id);
        json.key("budget_id");
        budget.empty() ? json.null() : json.string(budget);
        json.key("spend").raw(dollars(*membership ? (*membership)->spend : 0));
        if (auto written = write_budget_of(sql, json, budget); !written) return written;
        json.end_object();
        return {};
    }

    /// The id of the user that was named; by address as the team's list or the users have it.
    Result<std::string> id_of(Sql& sql, const NamedMember& named, const TeamRow& team) const {
        if (!named.user_id.empty()) return named.user_id;
        for (const auto& member : parse_members(team.members_with_roles))
            if (member.user_email == named.user_email) return member.user_id;
        return find_user_id(sql, {}, named.user_email);
    }

    Result<void> update_one(Sql& sql, const NamedMember& named, TeamRow& team) {
        const auto id = id_of(sql, named, team);
        if (!id) return std::unexpected(id.error());
        auto members = parse_members(team.members_with_roles);
        const auto member = std::ranges::find(members, *id, &TeamMember::user_id);
        if (member == members.end()) return not_a_member();
        if (named.role.value) member->role = *named.role.value;
        const auto role = member->role;
        team.members_with_roles = members_json(members);
        const auto membership = find_membership(sql, *id, team.team_id);
        if (!membership) return std::unexpected(membership.error());
        auto budget = *membership ? (*membership)->budget_id : std::string();
        if (named.budget.sets_terms()) {
            auto left = save_owner_budget(sql, call_, kTeamMemberBudget, named.budget,
                                          change_time(call_), budget);
            if (!left) return std::unexpected(left.error());
            if (auto saved = save_membership(sql, *id, team.team_id, budget); !saved) return saved;
        }
        const auto row = budget.empty() ? Result<std::optional<BudgetRow>>(std::nullopt)
                                        : find_budget_row(sql, budget);
        if (!row) return std::unexpected(row.error());
        const auto number = [](JsonWriter& json, std::string_view key,
                               const std::optional<std::int64_t>& value) {
            json.key(key);
            value ? json.number(*value) : json.null();
        };
        JsonWriter json(answer_);
        json.begin_object().key("team_id").string(team.team_id).key("user_id").string(*id);
        json.key("user_email");
        named.user_email.empty() ? json.null() : json.string(named.user_email);
        json.key("role").string(role).key("max_budget_in_team");
        *row && (*row)->max_budget ? json.raw(dollars(*(*row)->max_budget)) : json.null();
        number(json, "tpm_limit", *row ? (*row)->tpm_limit : std::nullopt);
        number(json, "rpm_limit", *row ? (*row)->rpm_limit : std::nullopt);
        json.end_object();
        return {};
    }

    Result<void> remove_one(Sql& sql, const NamedMember& named, TeamRow& team) {
        const auto id = id_of(sql, named, team);
        if (!id) return std::unexpected(id.error());
        const auto left = leave_team(sql, *id, team);
        if (!left) return std::unexpected(left.error());
        if (!*left) return not_a_member();
        JsonWriter json(answer_);
        json.begin_object();
        if (auto written = write_team(sql, json, team); !written) return written;
        json.end_object();
        return {};
    }

    const AdminCall& call_;
    std::string answer_;
};

Result<std::string> add_members(Sql& sql, const AdminCall& call, const AddedMembers& added) {
    return MembersWriter(call).add(sql, added);
}
Result<std::string> update_member(Sql& sql, const AdminCall& call, const NamedMember& named) {
    return MembersWriter(call).update(sql, named);
}
Result<std::string> remove_member(Sql& sql, const AdminCall& call, const NamedMember& named) {
    return MembersWriter(call).remove(sql, named);
}

/// `search/member/u-lena` of the path: what it spent in the team begins anew.
Result<std::string> reset_spend(Sql& sql, const AdminCall& call, const std::string& part) {
    constexpr std::string_view kBetween = "/member/";
    const auto at = part.find(kBetween);
    if (at == std::string::npos) return team_not_found(part);
    const auto team_id = part.substr(0, at);
    const auto user_id = part.substr(at + kBetween.size());
    std::string out;
    const auto done = sql.transaction([&](Sql& inner) -> Result<void> {
        const auto team =
            lock_team(inner, call, team_id, TeamPower::team_admin, "/team/member/reset_spend");
        if (!team) return std::unexpected(team.error());
        const auto membership = find_membership(inner, user_id, team_id);
        if (!membership) return std::unexpected(membership.error());
        if (!*membership) return not_a_member();
        if (auto set = set_membership_spend(inner, user_id, team_id, 0); !set) return set;
        if (auto set = set_budget_spent(inner, member_scope(team_id, user_id), 0); !set) return set;
        out.clear();
        JsonWriter json(out);
        json.begin_object().key("team_id").string(team_id).key("user_id").string(user_id);
        json.key("spend").raw("0.0").key("previous_spend").raw(dollars((*membership)->spend));
        json.end_object();
        return {};
    });
    if (!done) return std::unexpected(done.error());
    return out;
}

}  // namespace

net::Task<Result<void>> add_team_members(RequestContext& context) {
    return serve_body(context, parse_added, add_members, kTeamErrors);
}

net::Task<Result<void>> update_team_member(RequestContext& context) {
    return serve_body(context, parse_named, update_member, kTeamErrors);
}

net::Task<Result<void>> remove_team_member(RequestContext& context) {
    return serve_body(context, parse_named, remove_member, kTeamErrors);
}

net::Task<Result<void>> reset_member_spend(RequestContext& context) {
    const auto work = [part = context.path_part](Sql& sql, const AdminCall& call) {
        return reset_spend(sql, call, part);
    };
    co_return co_await serve_rows(context, work, kTeamErrors);
}

}  // namespace tollweir
