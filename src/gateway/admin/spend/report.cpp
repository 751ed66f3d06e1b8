#include <map>

#include "gateway/admin/spend/report_parts.hpp"
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
    ReportParts parts;
    const auto visited =
        visit_owner_parts(sql, filter, [&](const OwnerPart& part) { parts.add(part); });
    if (!visited) return std::unexpected(visited.error());
    if (of == SpendOwner::end_user) return std::move(parts).json({}, "customers", "customer");
    const auto labels = owner_labels(sql, of, parts.owners());
    if (!labels) return std::unexpected(labels.error());
    return std::move(parts).json(*labels, "teams", "team_name");
}

Result<std::string> show_customer_in_team(Sql& sql, const ReportQuery& asked) {
    ReportParts parts;
    const auto visited = visit_customer_in_team(sql, asked.days, asked.customer_id, asked.team_id,
                                                [&](const OwnerPart& part) { parts.add(part); });
    if (!visited) return std::unexpected(visited.error());
    return std::move(parts).json({}, "customers", "customer");
}

Result<std::string> show_report(Sql& sql, const ReportQuery& asked) {
    if (asked.of == ReportOf::teams) return show_owners(sql, asked, SpendOwner::team);
    if (asked.of == ReportOf::customers) return show_owners(sql, asked, SpendOwner::end_user);
    if (asked.of == ReportOf::customer_in_team) return show_customer_in_team(sql, asked);
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
