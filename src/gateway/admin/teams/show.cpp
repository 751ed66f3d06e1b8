#include <map>
#include <set>
#include <span>

#include "gateway/admin/budgets/owner_budget.hpp"
#include "gateway/admin/keys/key_json.hpp"
#include "gateway/admin/list_page.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "gateway/admin/teams/team_rows.hpp"
#include "tollweir/gateway/admin/query_fields.hpp"
#include "tollweir/gateway/admin/teams.hpp"
#include "tollweir/storage/key_list.hpp"

namespace tollweir {
namespace {

constexpr std::size_t kMostKeys = 1'000;
constexpr std::size_t kMostTeams = 1'000;
constexpr std::size_t kUsualPage = 10;

/// What stands beside teams, read for all of them at once.
class TeamCompanions {
public:
    /// `with_keys`: also their newest keys.
    static Result<TeamCompanions> read(Sql& sql, std::span<const std::string> ids, bool with_keys) {
        TeamCompanions out;
        auto memberships = memberships_of_teams(sql, ids);
        if (!memberships) return std::unexpected(memberships.error());
        std::set<std::string> budgets;
        for (auto& membership : *memberships) {
            if (!membership.budget_id.empty()) budgets.insert(membership.budget_id);
            auto& of_team = out.memberships_[membership.team_id];
            of_team.push_back(std::move(membership));
        }
        const std::vector<std::string> budget_ids(budgets.begin(), budgets.end());
        auto rows = find_budget_rows(sql, budget_ids);
        if (!rows) return std::unexpected(rows.error());
        for (auto& row : *rows) out.budgets_[row.budget_id] = std::move(row);
        if (!with_keys) return out;
        auto keys = newest_keys_of_teams(sql, ids, kMostKeys);
        if (!keys) return std::unexpected(keys.error());
        for (auto& key : *keys) {
            auto& of_team = out.keys_[key.team_id];
            of_team.push_back(std::move(key));
        }
        return out;
    }

    void write(JsonWriter& json, const std::string& team_id) const {
        json.key("keys").begin_array();
        if (const auto keys = keys_.find(team_id); keys != keys_.end())
            for (const auto& key : keys->second) json.raw(key_row_json(key, {}));
        json.end_array().key("team_memberships").begin_array();
        if (const auto found = memberships_.find(team_id); found != memberships_.end())
            for (const auto& membership : found->second) write(json, membership);
        json.end_array();
    }

private:
    void write(JsonWriter& json, const MembershipOfTeam& membership) const {
        json.begin_object().key("user_id").string(membership.user_id);
        json.key("team_id").string(membership.team_id).key("budget_id");
        membership.budget_id.empty() ? json.null() : json.string(membership.budget_id);
        json.key("spend").raw(dollars(membership.spend)).key("litellm_budget_table");
        const auto budget = budgets_.find(membership.budget_id);
        write_budget_row(json, budget == budgets_.end() ? nullptr : &budget->second);
        json.end_object();
    }

    std::map<std::string, std::vector<MembershipOfTeam>> memberships_;
    std::map<std::string, BudgetRow> budgets_;
    std::map<std::string, std::vector<KeyRow>> keys_;
};

Result<std::string> show(Sql& sql, const AdminCall& call, const std::string& asked) {
    // A key of the team may look at its own.
    const auto& key = call.caller.key;
    const auto id = asked.empty() && key ? key->team_id : asked;
    const auto row = find_team_row(sql, id);
    if (!row) return std::unexpected(row.error());
    const KeyActor actor(call.caller);
    const bool may_know = actor.sees_all() || (key && key->team_id == id && !id.empty());
    const auto power = *row ? team_power(sql, call, **row) : TeamPower::none;
    if (!power) return std::unexpected(power.error());
    if (!may_know && *power == TeamPower::none)
        return row_error(ErrorKind::permission_denied,
                         "User=" + actor.user_id + " not authorized to access this team=" + id,
                         kTeamErrors);
    if (!*row)
        return row_error(ErrorKind::not_found, "Team not found, passed team id: " + id + ".",
                         kTeamErrors, "team_id");
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("team_id").string(id).key("team_info").begin_object();
    if (auto written = write_team(sql, json, **row); !written)
        return std::unexpected(written.error());
    json.end_object();
    // Who only has a key of the team sees the team, not the others' keys.
    const bool sees_keys = actor.sees_all() || *power >= TeamPower::team_admin;
    const auto companions = TeamCompanions::read(sql, {&id, 1}, sees_keys);
    if (!companions) return std::unexpected(companions.error());
    companions->write(json, id);
    json.end_object();
    return out;
}

// --- Lists.

struct TeamListQuery {
    TeamFilter filter;
    std::string sort = "created_at";
    bool descending = true;
    ListPage page{1, kMostTeams};
};

void read_filter(QueryFields& query, TeamFilter& filter) {
    filter.user_id = query.text("user_id");
    filter.organization_id = query.text("organization_id");
    if (filter.organization_id == "default_organization") {
        filter.organization_id.clear();
        filter.without_organization = true;
    }
}

Result<TeamListQuery> read_page(std::string_view text) {
    QueryFields query(text);
    TeamListQuery list;
    read_filter(query, list.filter);
    list.filter.team_id = query.text("team_id");
    list.filter.alias = query.text("team_alias");
    list.page = read_list_page(query, kUsualPage);
    if (const auto sort = query.text("sort_by"); !sort.empty()) {
        list.sort = sort;
        if (!is_team_sort(sort)) query.refuse("sort_by", "teams are not sorted by that");
    }
    list.descending = read_descending(query, true);
    const auto status = query.text("status");
    if (!status.empty() && status != "active")
        query.refuse("status", "deleted teams are not listed: their rows are archived");
    if (auto good = query.checked(); !good) return std::unexpected(good.error());
    return list;
}

/// Others than administrators must ask for their own.
Result<void> permit_list(const AdminCall& call, const TeamFilter& filter) {
    const KeyActor actor(call.caller);
    if (actor.sees_all() || (!filter.user_id.empty() && filter.user_id == actor.user_id)) return {};
    return row_error(ErrorKind::authentication,
                     "Only admin users can query all teams/other teams. Your user role=" +
                         std::string(name_of(actor.role)),
                     kTeamErrors);
}

Result<std::string> list_all(Sql& sql, const AdminCall& call, const TeamListQuery& query) {
    if (auto good = permit_list(call, query.filter); !good) return std::unexpected(good.error());
    const auto listed =
        list_team_rows(sql, query.filter, query.sort, query.descending, 0, query.page.size);
    if (!listed) return std::unexpected(listed.error());
    std::vector<std::string> ids;
    for (const auto& team : listed->teams) ids.push_back(team.team_id);
    const auto companions = TeamCompanions::read(sql, ids, true);
    if (!companions) return std::unexpected(companions.error());
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& team : listed->teams) {
        json.begin_object();
        if (auto written = write_team(sql, json, team); !written)
            return std::unexpected(written.error());
        companions->write(json, team.team_id);
        json.end_object();
    }
    json.end_array();
    return out;
}

Result<std::string> list_page(Sql& sql, const AdminCall& call, const TeamListQuery& query) {
    if (auto good = permit_list(call, query.filter); !good) return std::unexpected(good.error());
    const auto listed = list_team_rows(sql, query.filter, query.sort, query.descending,
                                       query.page.offset(), query.page.size);
    if (!listed) return std::unexpected(listed.error());
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("teams").begin_array();
    for (const auto& team : listed->teams) json.raw(team_row_json(team));
    json.end_array();
    write_list_page(json, query.page, listed->total);
    json.end_object();
    return out;
}

}  // namespace

net::Task<Result<void>> show_team(RequestContext& context) {
    QueryFields query(context.client->head().query);
    auto id = query.text("team_id");
    if (auto good = query.checked(); !good)
        co_return std::unexpected(as_admin_error(good.error(), kTeamErrors));
    const auto work = [id = std::move(id)](Sql& sql, const AdminCall& call) {
        return show(sql, call, id);
    };
    co_return co_await serve_rows(context, work, kTeamErrors);
}

net::Task<Result<void>> list_teams(RequestContext& context) {
    QueryFields query(context.client->head().query);
    TeamListQuery list;
    read_filter(query, list.filter);
    if (auto good = query.checked(); !good)
        co_return std::unexpected(as_admin_error(good.error(), kTeamErrors));
    const auto work = [list = std::move(list)](Sql& sql, const AdminCall& call) {
        return list_all(sql, call, list);
    };
    co_return co_await serve_rows(context, work, kTeamErrors);
}

net::Task<Result<void>> list_team_page(RequestContext& context) {
    auto query = read_page(context.client->head().query);
    if (!query) co_return std::unexpected(as_admin_error(query.error(), kTeamErrors));
    const auto work = [query = std::move(*query)](Sql& sql, const AdminCall& call) {
        return list_page(sql, call, query);
    };
    co_return co_await serve_rows(context, work, kTeamErrors);
}

/// Teams that anybody may join: none, since nobody joins by themselves.
net::Task<Result<void>> list_available_teams(RequestContext& context) {
    co_return co_await answer(context, std::string("[]"), kTeamErrors);
}

}  // namespace tollweir
