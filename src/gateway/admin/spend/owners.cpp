#include <algorithm>
#include <map>
#include <set>

#include "gateway/admin/spend/spend_answer.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/gateway/admin/query_fields.hpp"
#include "tollweir/gateway/admin/spend.hpp"

namespace tollweir {
namespace {

constexpr std::size_t kTopTeams = 10;
constexpr std::size_t kTopCustomers = 100;
constexpr std::string_view kNoTeam = "Unassigned";

struct TeamDays {
    std::map<std::string, std::map<std::string, PicodollarSum>> days;  // day -> team -> spend
    std::map<std::string, PicodollarSum> totals;

    void add(const std::string& day, const std::string& team, PicodollarSum spend) {
        days[day][team] += spend;
        totals[team] += spend;
    }
};

std::vector<std::pair<std::string, PicodollarSum>> by_spend(const TeamDays& spend) {
    std::vector<std::pair<std::string, PicodollarSum>> teams(spend.totals.begin(),
                                                             spend.totals.end());
    std::ranges::sort(teams, [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    return teams;
}

std::string teams_json(const TeamDays& spend) {
    const auto teams = by_spend(spend);
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("daily_spend").begin_array();
    for (const auto& [day, amounts] : spend.days) {
        json.begin_object().key("date").string(day);
        for (const auto& [team, amount] : amounts) json.key(team).raw(dollars(amount));
        json.end_object();
    }
    json.end_array().key("teams").begin_array();
    for (const auto& [team, amount] : teams) json.string(team);
    json.end_array().key("total_spend_per_team").begin_array();
    for (std::size_t i = 0; i < std::min(teams.size(), kTopTeams); ++i)
        json.begin_object()
            .key("team_id")
            .string(teams[i].first)
            .key("total_spend")
            .raw(dollars(teams[i].second))
            .end_object();
    json.end_array().end_object();
    return out;
}

/// What sums of users hold beside those of teams is nobody's.
Result<std::string> show_teams(Sql& sql, const SpendDays& days) {
    const auto teams = sum_owners_by_day(sql, {.of = SpendOwner::team, .days = days});
    if (!teams) return std::unexpected(teams.error());
    const auto all = sum_daily_use(sql, days, false);
    if (!all) return std::unexpected(all.error());
    std::set<std::string> ids;
    for (const auto& sum : *teams) ids.insert(sum.owner);
    const auto labels = owner_labels(sql, SpendOwner::team, {ids.begin(), ids.end()});
    if (!labels) return std::unexpected(labels.error());
    TeamDays spend;
    std::map<std::string, OwnerSpend> assigned;
    for (const auto& sum : *teams) {
        const auto label = labels->find(sum.owner);
        spend.add(sum.day, label == labels->end() ? sum.owner : label->second, sum.spend);
        auto& of_day = assigned[sum.day];
        of_day.spend += sum.spend;
        of_day.calls += sum.calls;
    }
    for (const auto& use : *all)
        if (const auto& had = assigned[use.day]; use.calls > had.calls)
            spend.add(use.day, std::string(kNoTeam),
                      std::max<PicodollarSum>(0, use.spend - had.spend));
    return teams_json(spend);
}

Result<std::string> show_end_users(Sql& sql, const ActivityFilter& filter) {
    const auto rows = top_owners(sql, filter, kTopCustomers);
    if (!rows) return std::unexpected(rows.error());
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& row : *rows) {
        json.begin_object().key("end_user").string(row.owner);
        json.key("total_count").number(row.calls);
        json.key("total_spend").raw(dollars(row.spend)).end_object();
    }
    json.end_array();
    return out;
}

Result<std::string> show_tags(Sql& sql, const ActivityFilter& filter) {
    const auto rows = top_owners(sql, filter, kMostSpendRows);
    if (!rows) return std::unexpected(rows.error());
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("spend_per_tag").begin_array();
    for (const auto& row : *rows) {
        json.begin_object().key("name").string(row.owner);
        json.key("spend").raw(dollars(row.spend));
        json.key("log_count").number(row.calls).end_object();
    }
    json.end_array().end_object();
    return out;
}

Result<ActivityFilter> read_tags(std::string_view query, SpendViewer viewer) {
    auto days = read_spend_days(query, std::move(viewer), today());
    if (!days) return std::unexpected(days.error());
    QueryFields fields(query);
    ActivityFilter filter;
    filter.of = SpendOwner::tag;
    filter.days = std::move(*days);
    filter.owners = split_names(fields.text("tags"));
    if (auto checked = fields.checked(); !checked) return std::unexpected(checked.error());
    return filter;
}

Result<ActivityFilter> read_end_users(Fields& fields, SpendViewer viewer) {
    const auto key = fields.text("api_key");
    const auto from = fields.time("startTime");
    const auto to = fields.time("endTime");
    if (from.value && to.value && *from.value > *to.value)
        fields.refuse("endTime", "Invalid endTime: it is before startTime");
    if (auto checked = fields.checked(); !checked) return std::unexpected(checked.error());
    ActivityFilter filter;
    filter.of = SpendOwner::end_user;
    filter.days.viewer = std::move(viewer);
    filter.days.key_hash = hash_of_key(key.value.value_or(""));
    const auto last = to.value ? std::chrono::floor<std::chrono::days>(*to.value) : today();
    const auto first = from.value ? std::chrono::floor<std::chrono::days>(*from.value)
                                  : last - std::chrono::days(30);
    filter.days.first = day_text(first);
    filter.days.last = day_text(last);
    return filter;
}

}  // namespace

net::Task<Result<void>> show_global_teams(RequestContext& context) {
    auto days = read_spend_days(query_of(context), viewer_of(context.identity, true), today());
    if (!days) co_return co_await refuse(std::move(days.error()));
    auto work = [days = std::move(*days)](Sql& sql) { return show_teams(sql, days); };
    co_return co_await answer_from_store(context, std::move(work));
}

net::Task<Result<void>> show_global_end_users(RequestContext& context) {
    auto body = co_await read_fields(context);
    if (!body) co_return std::unexpected(body.error());
    auto filter = read_end_users(*body, viewer_of(context.identity, true));
    if (!filter) co_return co_await refuse(std::move(filter.error()));
    auto work = [filter = std::move(*filter)](Sql& sql) { return show_end_users(sql, filter); };
    co_return co_await answer_from_store(context, std::move(work));
}

net::Task<Result<void>> show_global_tags(RequestContext& context) {
    auto filter = read_tags(query_of(context), viewer_of(context.identity, true));
    if (!filter) co_return co_await refuse(std::move(filter.error()));
    auto work = [filter = std::move(*filter)](Sql& sql) { return show_tags(sql, filter); };
    co_return co_await answer_from_store(context, std::move(work));
}

net::Task<Result<void>> show_global_tag_names(RequestContext& context) {
    ActivityFilter filter;
    filter.of = SpendOwner::tag;
    filter.days.viewer = viewer_of(context.identity, true);
    auto work = [filter = std::move(filter)](Sql& sql) -> Result<std::string> {
        const auto names = owner_names(sql, filter, kMostSpendRows);
        if (!names) return std::unexpected(names.error());
        std::string out;
        JsonWriter json(out);
        json.begin_object().key("tag_names").begin_array();
        for (const auto& name : *names) json.string(name);
        json.end_array().end_object();
        return out;
    };
    co_return co_await answer_from_store(context, std::move(work));
}

}  // namespace tollweir
