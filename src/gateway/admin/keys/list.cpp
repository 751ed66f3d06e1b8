#include <algorithm>
#include <map>

#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/keys/key_fields.hpp"
#include "gateway/admin/keys/key_json.hpp"
#include "gateway/admin/list_page.hpp"
#include "tollweir/gateway/admin/keys.hpp"
#include "tollweir/gateway/admin/query_fields.hpp"
#include "tollweir/storage/key_companions.hpp"
#include "tollweir/storage/key_list.hpp"

namespace tollweir {
namespace {

KeyPage read_page(QueryFields& query, std::size_t size_if_absent) {
    const auto page = read_list_page(query, size_if_absent, "size");
    return {page.number, page.size};
}

/// The query of a list, checked.
struct ListQuery {
    KeyFilter filter;
    KeyPage page;
    KeySort sort = KeySort::created_at;
    bool descending = true;
    bool full = false;
    bool with_users = false;
    bool of_teams = false;
    bool made_by_caller = false;
};

Result<ListQuery> read_query(std::string_view text) {
    QueryFields query(text);
    ListQuery list;
    list.page = read_page(query, 10);
    auto& filter = list.filter;
    filter.user_id = query.text("user_id");
    filter.team_id = query.text("team_id");
    filter.organization_id = query.text("organization_id");
    filter.project_id = query.text("project_id");
    filter.key_alias = query.text("key_alias");
    filter.access_group_id = query.text("access_group_id");
    if (const auto key = query.text("key_hash"); !key.empty()) filter.token = token_of(key);
    const auto status = query.text("status");
    if (!status.empty() && status != "deleted" && status != "active")
        query.refuse_value("status", "Input should be 'deleted' or left out");
    filter.deleted = status == "deleted";
    if (const auto by = query.text("sort_by"); !by.empty()) {
        const auto sort = parse_key_sort(by);
        if (!sort) query.refuse_value("sort_by", "keys are not sorted by that");
        list.sort = sort.value_or(KeySort::created_at);
    }
    const auto order = query.text("sort_order");
    if (!order.empty() && order != "asc" && order != "desc")
        query.refuse_value("sort_order", "Input should be 'asc' or 'desc'");
    list.descending = order != "asc";
    list.full = query.flag("return_full_object", false);
    list.of_teams = query.flag("include_team_keys", false);
    list.made_by_caller = query.flag("include_created_by_keys", false);
    const auto expand = query.text("expand");
    if (!expand.empty() && expand != "user") query.refuse_value("expand", "Input should be 'user'");
    list.with_users = expand == "user";
    if (auto good = query.checked(); !good) return std::unexpected(good.error());
    return list;
}

std::unexpected<GatewayError> not_yours(std::string_view whose) {
    GatewayError error(ErrorKind::permission_denied, ErrorSource::client,
                       "You are not authorized to check " + std::string(whose) + " keys");
    error.type_json = "\"bad_request_error\"";
    return std::unexpected(std::move(error));
}

/// The teams whose keys the actor may list.
Result<std::vector<std::string>> listable_teams(Sql& sql, const KeyActor& actor) {
    const auto teams = find_teams_of_user(sql, actor.user_id);
    if (!teams) return std::unexpected(teams.error());
    std::vector<std::string> ids;
    for (const auto& [id, team] : *teams) {
        const auto& permitted = team.record->member_permissions;
        const auto standing = standing_in(&team, actor.user_id);
        if (standing == TeamStanding::admin ||
            (standing == TeamStanding::member &&
             std::ranges::find(permitted, "/key/list") != permitted.end()))
            ids.push_back(id);
    }
    return ids;
}

/// Narrows the list to what the actor may see. Errors: what was asked for is another's.
Result<void> narrow(Sql& sql, const KeyActor& actor, bool of_teams, bool made_by_caller,
                    KeyFilter& filter) {
    if (actor.sees_all()) return {};
    if (!filter.user_id.empty() && filter.user_id != actor.user_id)
        return not_yours("another user's");
    VisibleKeys visible{actor.user_id, {}, made_by_caller};
    if (!filter.organization_id.empty()) {
        const auto admins =
            find_organization_admins(sql, {actor.user_id}, {filter.organization_id});
        if (!admins) return std::unexpected(admins.error());
        if (admins->empty()) return not_yours("this organization's");
        return {};
    }
    if (of_teams || !filter.team_id.empty()) {
        auto teams = listable_teams(sql, actor);
        if (!teams) return std::unexpected(teams.error());
        if (!filter.team_id.empty() && std::ranges::find(*teams, filter.team_id) == teams->end())
            return not_yours("this team's");
        visible.team_ids = std::move(*teams);
    }
    filter.visible = std::move(visible);
    return {};
}

std::size_t pages_of(std::size_t total, const KeyPage& page) {
    return ListPage{page.number, page.size}.pages_of(total);
}

/// Users by id as JSON, each asked for once.
class ShownUsers {
public:
    explicit ShownUsers(Sql& sql) : sql_(sql) {}

    Result<std::string> find(const std::string& id) {
        if (id.empty()) return "null";
        const auto known = users_.find(id);
        if (known != users_.end()) return known->second;
        auto shown = show_user(sql_, id);
        if (shown) users_[id] = *shown;
        return shown;
    }

private:
    Sql& sql_;
    std::map<std::string, std::string> users_;
};

Result<void> write_keys(Sql& sql, const ListQuery& query, const ListedKeys& listed,
                        JsonWriter& json) {
    ShownUsers users(sql);
    for (const auto& row : listed.keys) {
        if (!query.full && !query.with_users) {
            json.string(row.token);
            continue;
        }
        json.begin_object().key("token").string(row.token);
        write_key_members(json, row, {});
        if (query.with_users) {
            const auto user = users.find(row.user_id);
            if (!user) return std::unexpected(user.error());
            const auto maker = users.find(row.created_by);
            if (!maker) return std::unexpected(maker.error());
            json.key("user").raw(*user).key("created_by_user").raw(*maker);
        }
        json.end_object();
    }
    return {};
}

Result<std::string> list(Sql& sql, const AdminCall& call, ListQuery query) {
    const KeyActor actor(call.caller);
    const auto narrowed = narrow(sql, actor, query.of_teams, query.made_by_caller, query.filter);
    if (!narrowed) return std::unexpected(narrowed.error());
    const auto listed = list_keys(sql, query.filter, query.sort, query.descending, query.page);
    if (!listed) return std::unexpected(listed.error());
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("keys").begin_array();
    if (auto written = write_keys(sql, query, *listed, json); !written)
        return std::unexpected(written.error());
    json.end_array().key("total_count").number(listed->total);
    json.key("current_page").number(query.page.number);
    json.key("total_pages").number(pages_of(listed->total, query.page)).end_object();
    return out;
}

Result<std::string> list_aliases(Sql& sql, const AdminCall& call, KeyFilter filter, KeyPage page) {
    const KeyActor actor(call.caller);
    if (auto narrowed = narrow(sql, actor, true, false, filter); !narrowed)
        return std::unexpected(narrowed.error());
    const auto listed = list_key_aliases(sql, filter, page);
    if (!listed) return std::unexpected(listed.error());
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("aliases").begin_array();
    for (const auto& alias : listed->aliases) json.string(alias);
    json.end_array().key("total_count").number(listed->total);
    json.key("current_page").number(page.number);
    json.key("total_pages").number(pages_of(listed->total, page));
    json.key("size").number(page.size).end_object();
    return out;
}

}  // namespace

net::Task<Result<void>> list_keys(RequestContext& context) {
    auto query = read_query(context.client->head().query);
    if (!query) co_return std::unexpected(as_admin_error(query.error(), kKeyErrorType));
    auto work = [call = AdminCall(context), query = std::move(*query)](Sql& sql) {
        return list(sql, call, query);
    };
    auto listed = co_await run_in_store(context, std::move(work));
    co_return co_await answer(context, std::move(listed), kKeyErrorType);
}

net::Task<Result<void>> list_key_aliases(RequestContext& context) {
    QueryFields query(context.client->head().query);
    const auto page = read_page(query, 50);
    KeyFilter filter;
    filter.alias_part = query.text("search");
    if (auto good = query.checked(); !good)
        co_return std::unexpected(as_admin_error(good.error(), kKeyErrorType));
    auto work = [call = AdminCall(context), filter = std::move(filter), page](Sql& sql) {
        return list_aliases(sql, call, filter, page);
    };
    auto listed = co_await run_in_store(context, std::move(work));
    co_return co_await answer(context, std::move(listed), kKeyErrorType);
}

}  // namespace tollweir
