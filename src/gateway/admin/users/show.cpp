#include <algorithm>
#include <array>

#include "gateway/admin/keys/key_json.hpp"
#include "gateway/admin/list_page.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "gateway/admin/teams/team_rows.hpp"
#include "gateway/admin/users/user_rows.hpp"
#include "tollweir/core/url_query.hpp"
#include "tollweir/gateway/admin/query_fields.hpp"
#include "tollweir/gateway/admin/users.hpp"
#include "tollweir/storage/key_list.hpp"

namespace tollweir {
namespace {

// LiteLLM shows everything at once; the newest of many are enough to look at.
constexpr std::size_t kMostKeys = 1'000;
constexpr std::size_t kMostTeams = 1'000;
constexpr std::size_t kUsualPage = 25;

/// `user_id` of a query, in which a `+` is itself: addresses serve as ids.
std::string asked_user(std::string_view query) {
    constexpr std::string_view kName = "user_id=";
    for (std::size_t at = 0; at <= query.size();) {
        const auto end = std::min(query.find('&', at), query.size());
        const auto part = query.substr(at, end - at);
        if (part.starts_with(kName)) return percent_decode(part.substr(kName.size()));
        at = end + 1;
    }
    return {};
}

Result<void> permit_look(Sql& sql, const AdminCall& call, const std::string& id) {
    const KeyActor actor(call.caller);
    if (actor.sees_all() || (!id.empty() && id == actor.user_id)) return {};
    const auto standing = user_standing(sql, call);
    if (!standing) return std::unexpected(standing.error());
    const auto within = is_in_organizations(sql, *standing, id);
    if (!within) return std::unexpected(within.error());
    if (*within) return {};
    return row_error(ErrorKind::permission_denied,
                     "key not allowed to access this user's info. user_id=" + id +
                         ", key's user_id=" + actor.user_id,
                     "auth_error");
}

Result<void> write_keys(Sql& sql, JsonWriter& json, const std::string& user_id) {
    KeyFilter filter;
    filter.user_id = user_id;
    const auto listed = list_keys(sql, filter, KeySort::created_at, true, {1, kMostKeys});
    if (!listed) return std::unexpected(listed.error());
    Ids ids;
    for (const auto& key : listed->keys) ids.insert(key.team_id);
    const auto teams = find_teams(sql, ids);
    if (!teams) return std::unexpected(teams.error());
    json.key("keys").begin_array();
    for (const auto& key : listed->keys) {
        json.begin_object().key("token").string(key.token);
        write_key_members(json, key, {});
        const auto team = teams->find(key.team_id);
        json.key("team_alias");
        team == teams->end() || team->second.record->alias.empty()
            ? json.null()
            : json.string(team->second.record->alias);
        json.end_object();
    }
    json.end_array();
    return {};
}

Result<void> write_teams(Sql& sql, JsonWriter& json, const std::string& user_id) {
    TeamFilter filter;
    filter.user_id = user_id;
    const auto listed = list_team_rows(sql, filter, "team_id", false, 0, kMostTeams);
    if (!listed) return std::unexpected(listed.error());
    json.key("teams").begin_array();
    for (const auto& team : listed->teams) json.raw(team_row_json(team));
    json.end_array();
    return {};
}

Result<std::string> show(Sql& sql, const AdminCall& call, const std::string& asked) {
    const KeyActor actor(call.caller);
    // Who sees all and names nobody gets everybody's keys and teams; others get their own.
    const bool shows_all = asked.empty() && actor.sees_all();
    const auto id = asked.empty() && !shows_all ? actor.user_id : asked;
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("user_id");
    if (shows_all) {
        json.null().key("user_info").null();
    } else {
        if (auto good = permit_look(sql, call, id); !good) return std::unexpected(good.error());
        const auto row = find_user_row(sql, id);
        if (!row) return std::unexpected(row.error());
        if (!*row)
            return row_error(ErrorKind::not_found, "User " + id + " not found", "not_found_error",
                             "user_id");
        json.string(id).key("user_info").raw(user_row_json(**row));
    }
    if (auto written = write_keys(sql, json, id); !written) return std::unexpected(written.error());
    if (auto written = write_teams(sql, json, id); !written)
        return std::unexpected(written.error());
    json.end_object();
    return out;
}

Result<std::string> show_row(Sql& sql, const AdminCall& call, const std::string& asked) {
    const auto id = asked.empty() ? std::string(call.caller.user_id()) : asked;
    if (auto good = permit_look(sql, call, id); !good) return std::unexpected(good.error());
    const auto row = find_user_row(sql, id);
    if (!row) return std::unexpected(row.error());
    if (!*row)
        return row_error(ErrorKind::not_found, "User " + id + " not found", "not_found_error",
                         "user_id");
    return user_row_json(**row);
}

// --- Lists.

struct UserListQuery {
    UserFilter filter;
    std::string sort;
    bool descending = false;
    ListPage page;
};

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < list.size();) {
        const auto end = std::min(list.find(',', at), list.size());
        if (end > at) parts.push_back(list.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

Result<UserListQuery> read_list(std::string_view text) {
    QueryFields query(text);
    UserListQuery list;
    auto& filter = list.filter;
    filter.role = query.text("role");
    filter.user_ids = split(query.text("user_ids"));
    filter.sso_user_ids = split(query.text("sso_user_ids"));
    filter.email = query.text("user_email");
    filter.team = query.text("team");
    filter.organization_ids = split(query.text("organization_ids"));
    list.page = read_list_page(query, kUsualPage);
    list.sort = query.text("sort_by");
    if (list.sort.empty()) list.sort = "created_at";
    if (!is_user_sort(list.sort)) query.refuse("sort_by", "users are not sorted by that");
    list.descending = read_descending(query, list.sort == "created_at");
    if (auto good = query.checked(); !good) return std::unexpected(good.error());
    return list;
}

/// An administrator of organizations lists their members.
Result<void> narrow(Sql& sql, const AdminCall& call, UserFilter& filter) {
    const KeyActor actor(call.caller);
    if (actor.sees_all()) return {};
    const auto standing = user_standing(sql, call);
    if (!standing) return std::unexpected(standing.error());
    const auto& own = standing->organizations;
    const bool within = std::ranges::all_of(filter.organization_ids, [&](const std::string& id) {
        return std::ranges::find(own, id) != own.end();
    });
    if (own.empty() || !within)
        return row_error(ErrorKind::permission_denied,
                         "Only proxy admins and organization admins can list users.", "auth_error");
    if (filter.organization_ids.empty()) filter.organization_ids = own;
    return {};
}

Result<std::string> list(Sql& sql, const AdminCall& call, UserListQuery query) {
    if (auto good = narrow(sql, call, query.filter); !good) return std::unexpected(good.error());
    const auto listed = list_user_rows(sql, query.filter, query.sort, query.descending,
                                       query.page.offset(), query.page.size);
    if (!listed) return std::unexpected(listed.error());
    std::vector<std::string> ids;
    for (const auto& row : listed->users) ids.push_back(row.user_id);
    const auto keys = count_keys_of_users(sql, ids);
    if (!keys) return std::unexpected(keys.error());
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("users").begin_array();
    for (const auto& row : listed->users) {
        const auto shown = user_row_json(row);
        const auto count = keys->find(row.user_id);
        json.raw(shown.substr(0, shown.size() - 1) + ",\"key_count\":" +
                 std::to_string(count == keys->end() ? 0 : count->second) + "}");
    }
    json.end_array();
    write_list_page(json, query.page, listed->total);
    json.end_object();
    return out;
}

constexpr std::string_view kRoles = R"json({
"proxy_admin":{"description":"Manages everything: keys, users, teams, models, spend","ui_label":"Admin (All Permissions)"},
"proxy_admin_viewer":{"description":"Sees everything, changes and calls nothing","ui_label":"Admin (View Only)"},
"internal_user":{"description":"Makes, sees and deletes its own keys, sees its own spend","ui_label":"Internal User (Create/Delete/View)"},
"internal_user_viewer":{"description":"Sees its own keys and its own spend","ui_label":"Internal User (View Only)"}
})json";

}  // namespace

net::Task<Result<void>> show_user_info(RequestContext& context) {
    const auto work = [asked = asked_user(context.client->head().query)](
                          Sql& sql, const AdminCall& call) { return show(sql, call, asked); };
    co_return co_await serve_rows(context, work, kUserErrors);
}

net::Task<Result<void>> show_user_row(RequestContext& context) {
    const auto work = [asked = asked_user(context.client->head().query)](
                          Sql& sql, const AdminCall& call) { return show_row(sql, call, asked); };
    co_return co_await serve_rows(context, work, kUserErrors);
}

net::Task<Result<void>> list_users(RequestContext& context) {
    auto query = read_list(context.client->head().query);
    if (!query) co_return std::unexpected(as_admin_error(query.error(), kUserErrors));
    const auto work = [query = std::move(*query)](Sql& sql, const AdminCall& call) {
        return list(sql, call, query);
    };
    co_return co_await serve_rows(context, work, kUserErrors);
}

net::Task<Result<void>> list_user_roles(RequestContext& context) {
    co_return co_await answer(context, std::string(kRoles), kUserErrors);
}

}  // namespace tollweir
