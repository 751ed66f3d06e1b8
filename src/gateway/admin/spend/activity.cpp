#include <algorithm>
#include <map>
#include <set>

#include "gateway/admin/spend/spend_answer.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/gateway/admin/spend.hpp"

namespace tollweir {
namespace {

constexpr std::size_t kTopModels = 10;

/// `2026-11-20` as charts show it: `Nov 20`.
std::string short_day(const std::string& day) {
    constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (day.size() != 10) return day;
    const auto month = (day[5] - '0') * 10 + (day[6] - '0');
    if (month < 1 || month > 12) return day;
    return std::string(kMonths[month - 1]) + " " + day.substr(8);
}

struct Activity {
    std::vector<ActivityRow> days;
    ActivitySums total;
};

void write_activity(JsonWriter& json, const Activity& activity) {
    json.key("daily_data").begin_array();
    for (const auto& row : activity.days) {
        json.begin_object().key("date").string(short_day(row.day));
        json.key("api_requests").number(row.sums.calls);
        json.key("total_tokens").number(row.sums.total_tokens()).end_object();
    }
    json.end_array().key("sum_api_requests").number(activity.total.calls);
    json.key("sum_total_tokens").number(activity.total.total_tokens());
}

Result<std::string> show_days(Sql& sql, const ActivityFilter& filter) {
    auto rows = sum_activity(sql, filter, {ActivityColumn::day});
    if (!rows) return std::unexpected(rows.error());
    Activity activity;
    for (const auto& row : *rows) activity.total.add(row.sums);
    activity.days = std::move(*rows);
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    write_activity(json, activity);
    json.end_object();
    return out;
}

Result<std::string> show_models(Sql& sql, const ActivityFilter& filter) {
    auto rows = sum_activity(sql, filter, {ActivityColumn::model, ActivityColumn::day});
    if (!rows) return std::unexpected(rows.error());
    std::map<std::string, Activity> by_model;
    for (auto& row : *rows) {
        auto& model = by_model[row.model];
        model.total.add(row.sums);
        model.days.push_back(std::move(row));
    }
    std::vector<const std::pair<const std::string, Activity>*> models;
    for (const auto& model : by_model) models.push_back(&model);
    std::ranges::sort(models, [](const auto* a, const auto* b) {
        const auto calls_of_a = a->second.total.calls;
        const auto calls_of_b = b->second.total.calls;
        return calls_of_a != calls_of_b ? calls_of_a > calls_of_b : a->first < b->first;
    });
    if (models.size() > kTopModels) models.resize(kTopModels);
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto* model : models) {
        json.begin_object().key("model").string(model->first);
        write_activity(json, model->second);
        json.end_object();
    }
    json.end_array();
    return out;
}

/// Calls of a kind and a model by keys of an alias, as charts of the cache show them.
struct CachedPart {
    std::string_view alias;
    std::string_view call_type;
    std::string_view model;

    friend auto operator<=>(const CachedPart&, const CachedPart&) = default;
};

constexpr std::string_view kUnnamedKey = "Unnamed Key";
constexpr std::string_view kOtherKeys = "Other Keys";

void add_calls(CachedCalls& sums, const CachedCalls& part) {
    sums.calls += part.calls;
    sums.failed += part.failed;
    sums.from_cache += part.from_cache;
    sums.cached_tokens += part.cached_tokens;
    sums.generated_tokens += part.generated_tokens;
}

void write_cached(JsonWriter& json, const CachedPart& part, const CachedCalls& sums) {
    json.begin_object().key("api_key").string(part.alias);
    json.key("call_type").string(part.call_type).key("model").string(part.model);
    json.key("total_rows").number(sums.calls).key("failed_rows").number(sums.failed);
    json.key("cache_hit_true_rows").number(sums.from_cache);
    json.key("cached_completion_tokens").number(sums.cached_tokens);
    json.key("generated_completion_tokens").number(sums.generated_tokens).end_object();
}

/// Keys by their alias, those without one as one; of what there is no room for, the sums.
Result<std::string> show_cached(Sql& sql, const SpendDays& days) {
    const auto calls = sum_cached_calls(sql, days);
    if (!calls) return std::unexpected(calls.error());
    std::set<std::string> hashes;
    for (const auto& part : *calls) hashes.insert(part.key_hash);
    const auto labels = key_labels(sql, {hashes.begin(), hashes.end()});
    if (!labels) return std::unexpected(labels.error());
    std::map<CachedPart, CachedCalls> parts;
    for (const auto& part : *calls) {
        const auto label = labels->find(part.key_hash);
        const bool is_named = label != labels->end() && !label->second.alias.empty();
        CachedPart name{is_named ? std::string_view(label->second.alias) : kUnnamedKey,
                        part.call_type, part.model};
        if (parts.size() >= kMostSpendRows && !parts.contains(name)) name.alias = kOtherKeys;
        add_calls(parts[name], part);
    }
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& [part, sums] : parts) write_cached(json, part, sums);
    json.end_array();
    return out;
}

template <class Show>
net::Task<Result<void>> show_of_days(RequestContext& context, Show show) {
    auto days = read_spend_days(query_of(context), viewer_of(context.identity, true), today());
    if (!days) co_return co_await refuse(std::move(days.error()));
    ActivityFilter filter;
    filter.days = std::move(*days);
    auto work = [filter = std::move(filter), show](Sql& sql) { return show(sql, filter); };
    co_return co_await answer_from_store(context, std::move(work));
}

}  // namespace

net::Task<Result<void>> show_global_activity(RequestContext& context) {
    return show_of_days(context, show_days);
}

net::Task<Result<void>> show_global_model_activity(RequestContext& context) {
    return show_of_days(context, show_models);
}

net::Task<Result<void>> show_global_cache_hits(RequestContext& context) {
    return show_of_days(context, [](Sql& sql, const ActivityFilter& filter) {
        return show_cached(sql, filter.days);
    });
}

}  // namespace tollweir
