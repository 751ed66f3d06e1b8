#include <map>

#include "gateway/admin/spend/spend_answer.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/gateway/admin/query_fields.hpp"
#include "tollweir/gateway/admin/spend.hpp"

namespace tollweir {
namespace {

enum class ReportOf : std::uint8_t { teams, customers, customer_in_team, keys };

struct ReportQuery {
    ReportOf of = ReportOf::teams;
    SpendDays days;
    std::string team_id;
    std::string customer_id;
};

Result<ReportQuery> read_report(std::string_view query, SpendViewer viewer) {
    auto days = read_named_days(query, std::move(viewer), "Please provide start_date and end_date");
    if (!days) return std::unexpected(days.error());
    QueryFields fields(query);
    ReportQuery asked;
    asked.days = std::move(*days);
    asked.days.user_id = fields.text("internal_user_id");
    asked.team_id = fields.text("team_id");
    asked.customer_id = fields.text("customer_id");
    const auto group = fields.text("group_by");
    if (!asked.days.key_hash.empty() || !asked.days.user_id.empty() || group == "api_key")
        asked.of = ReportOf::keys;
    else if (!asked.team_id.empty() && !asked.customer_id.empty())
        asked.of = ReportOf::customer_in_team;
    else if (group == "customer" || (group.empty() && !asked.customer_id.empty()))
        asked.of = ReportOf::customers;
    else if (!group.empty() && group != "team")
        fields.refuse("group_by", "Invalid group_by: team, customer or api_key is expected");
    if (auto checked = fields.checked(); !checked) return std::unexpected(checked.error());
    return asked;
}

using Parts = std::vector<const ActivityRow*>;  // by key and model

void write_parts(JsonWriter& json, std::string_view name, const std::string& owner,
                 const Parts& parts) {
    PicodollarSum total = 0;
    for (const auto* part : parts) total += part->sums.spend;
    json.begin_object().key(name).string(owner).key("total_spend").raw(dollars(total));
    json.key("metadata").begin_array();
    for (const auto* part : parts) {
        json.begin_object().key("model").string(part->model);
        json.key("api_key").string(part->key_hash).key("spend").raw(dollars(part->sums.spend));
        json.key("total_tokens").number(part->sums.total_tokens()).end_object();
    }
    json.end_array().end_object();
}

/// `[{"group_by_day": ..., <list>: [{<name>: ..., "total_spend": ..., "metadata": [...]}]}]`
std::string owners_json(const std::vector<ActivityRow>& rows, const OwnerLabels& labels,
                        std::string_view list, std::string_view name) {
    std::map<std::string, std::map<std::string, Parts>> days;
    for (const auto& row : rows) {
        const auto label = labels.find(row.owner);
        days[row.day][label == labels.end() ? row.owner : label->second].push_back(&row);
    }
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& [day, owners] : days) {
        json.begin_object().key("group_by_day").string(day + "T00:00:00+00:00");
        json.key(list).begin_array();
        for (const auto& [owner, parts] : owners) write_parts(json, name, owner, parts);
        json.end_array().end_object();
    }
    json.end_array();
    return out;
}

void write_key(JsonWriter& json, const Parts& models) {
    ActivitySums total;
    for (const auto* model : models) total.add(model->sums);
    const auto write_sums = [&](const ActivitySums& sums) {
        json.key("total_cost").raw(dollars(sums.spend));
        json.key("total_input_tokens").number(sums.prompt_tokens);
        json.key("total_output_tokens").number(sums.completion_tokens);
    };
    json.begin_object().key("api_key").string(models.front()->key_hash);
    write_sums(total);
    json.key("model_details").begin_array();
    for (const auto* model : models) {
        json.begin_object().key("model").string(model->model);
        write_sums(model->sums);
        json.end_object();
    }
    json.end_array().end_object();
}

std::string keys_json(const std::vector<ActivityRow>& rows) {
    std::map<std::string, Parts> keys;
    for (const auto& row : rows) keys[row.key_hash].push_back(&row);
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& [key, models] : keys) write_key(json, models);
    json.end_array();
    return out;
}

Result<std::string> show_owners(Sql& sql, const ReportQuery& asked, SpendOwner of) {
    ActivityFilter filter;
    filter.of = of;
    filter.days = asked.days;
    const auto& owner = of == SpendOwner::team ? asked.team_id : asked.customer_id;
    if (!owner.empty()) filter.owners = {owner};
    const auto rows = sum_activity(
        sql, filter,
        {ActivityColumn::day, ActivityColumn::owner, ActivityColumn::key, ActivityColumn::model});
    if (!rows) return std::unexpected(rows.error());
    if (of == SpendOwner::end_user) return owners_json(*rows, {}, "customers", "customer");
    std::vector<std::string> ids;
    for (const auto& row : *rows) ids.push_back(row.owner);
    const auto labels = owner_labels(sql, of, ids);
    if (!labels) return std::unexpected(labels.error());
    return owners_json(*rows, *labels, "teams", "team_name");
}

Result<std::string> show_report(Sql& sql, const ReportQuery& asked) {
    if (asked.of == ReportOf::teams) return show_owners(sql, asked, SpendOwner::team);
    if (asked.of == ReportOf::customers) return show_owners(sql, asked, SpendOwner::end_user);
    if (asked.of == ReportOf::customer_in_team) {
        const auto rows = sum_customer_in_team(sql, asked.days, asked.customer_id, asked.team_id);
        if (!rows) return std::unexpected(rows.error());
        return owners_json(*rows, {}, "customers", "customer");
    }
    const ActivityFilter filter{.days = asked.days};
    const auto rows = sum_activity(sql, filter, {ActivityColumn::key, ActivityColumn::model});
    if (!rows) return std::unexpected(rows.error());
    return keys_json(*rows);
}

}  // namespace

net::Task<Result<void>> show_spend_report(RequestContext& context) {
    auto asked = read_report(query_of(context), viewer_of(context.identity, true));
    if (!asked) co_return co_await refuse(std::move(asked.error()));
    auto work = [asked = std::move(*asked)](Sql& sql) { return show_report(sql, asked); };
    co_return co_await answer_from_store(context, std::move(work));
}

}  // namespace tollweir
