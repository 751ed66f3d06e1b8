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
    std::vector<DailyUse> days;
    std::int64_t calls = 0;
    std::int64_t tokens = 0;

    void add(DailyUse use) {
        calls += use.calls;
        tokens += use.tokens;
        days.push_back(std::move(use));
    }
};

void write_activity(JsonWriter& json, const Activity& activity) {
    json.key("daily_data").begin_array();
    for (const auto& use : activity.days) {
        json.begin_object().key("date").string(short_day(use.day));
        json.key("api_requests").number(use.calls);
        json.key("total_tokens").number(use.tokens).end_object();
    }
    json.end_array().key("sum_api_requests").number(activity.calls);
    json.key("sum_total_tokens").number(activity.tokens);
}

Result<std::string> show_days(Sql& sql, const SpendDays& days) {
    auto uses = sum_daily_use(sql, days, false);
    if (!uses) return std::unexpected(uses.error());
    Activity activity;
    for (auto& use : *uses) activity.add(std::move(use));
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    write_activity(json, activity);
    json.end_object();
    return out;
}

Result<std::string> show_models(Sql& sql, const SpendDays& days) {
    auto uses = sum_daily_use(sql, days, true);
    if (!uses) return std::unexpected(uses.error());
    std::map<std::string, Activity> by_model;
    for (auto& use : *uses) by_model[use.model].add(std::move(use));
    std::vector<const std::pair<const std::string, Activity>*> models;
    for (const auto& model : by_model) models.push_back(&model);
    std::ranges::sort(models, [](const auto* a, const auto* b) {
        return a->second.calls != b->second.calls ? a->second.calls > b->second.calls
                                                  : a->first < b->first;
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
    auto work = [days = std::move(*days), show](Sql& sql) { return show(sql, days); };
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
    return show_of_days(context, show_cached);
}

}  // namespace tollweir
