#include "gateway/admin/spend/spend_answer.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/gateway/admin/query_fields.hpp"
#include "tollweir/gateway/admin/spend.hpp"

namespace tollweir {
namespace {

/// The days that a global report is about: the last 30, or those that the query names.
Result<SpendDays> days_of(const RequestContext& context) {
    return read_spend_days(query_of(context), viewer_of(context.identity, true), today());
}

Result<std::size_t> read_limit(const RequestContext& context, std::size_t absent) {
    QueryFields fields(query_of(context));
    const auto limit = fields.count("limit", 1, kMostSpendRows, absent);
    if (auto checked = fields.checked(); !checked) return std::unexpected(checked.error());
    return limit;
}

/// `[{<name>: "...", <amount>: 0.41}]`
Result<std::string> show_sums(Sql& sql, const SpendDays& days, SpendGroup group, std::size_t count,
                              std::string_view name, std::string_view amount) {
    const auto sums = sum_spend(sql, days, group, count);
    if (!sums) return std::unexpected(sums.error());
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& sum : *sums)
        json.begin_object()
            .key(name)
            .string(sum.name)
            .key(amount)
            .raw(dollars(sum.spend))
            .end_object();
    json.end_array();
    return out;
}

Result<std::string> show_keys(Sql& sql, const SpendDays& days, std::size_t count) {
    const auto sums = sum_spend(sql, days, SpendGroup::key, count);
    if (!sums) return std::unexpected(sums.error());
    std::vector<std::string> hashes;
    for (const auto& sum : *sums) hashes.push_back(sum.name);
    auto labels = key_labels(sql, hashes);
    if (!labels) return std::unexpected(labels.error());
    std::string out;
    JsonWriter json(out);
    const auto write_label = [&](std::string_view name, const std::string& text) {
        json.key(name);
        text.empty() ? json.null() : json.string(text);
    };
    json.begin_array();
    for (const auto& sum : *sums) {
        const auto& label = (*labels)[sum.name];
        json.begin_object().key("api_key").string(sum.name);
        write_label("key_alias", label.alias);
        write_label("key_name", label.name);
        json.key("total_spend").raw(dollars(sum.spend)).end_object();
    }
    json.end_array();
    return out;
}

}  // namespace

net::Task<Result<void>> show_global_spend(RequestContext& context) {
    auto days = days_of(context);
    if (!days) co_return co_await refuse(std::move(days.error()));
    auto work = [days = std::move(*days), most = context.config().budgets.max_budget.value_or(0)](
                    Sql& sql) -> Result<std::string> {
        const auto sums = sum_spend(sql, days, SpendGroup::day, kMostSpendRows);
        if (!sums) return std::unexpected(sums.error());
        PicodollarSum spend = 0;
        for (const auto& day : *sums) spend += day.spend;
        std::string out;
        JsonWriter json(out);
        json.begin_object().key("spend").raw(dollars(spend));
        json.key("max_budget").raw(dollars(most)).end_object();
        return out;
    };
    co_return co_await answer_from_store(context, std::move(work));
}

net::Task<Result<void>> show_global_days(RequestContext& context) {
    auto days = days_of(context);
    if (!days) co_return co_await refuse(std::move(days.error()));
    auto work = [days = std::move(*days)](Sql& sql) {
        return show_sums(sql, days, SpendGroup::day, kMostSpendRows, "date", "spend");
    };
    co_return co_await answer_from_store(context, std::move(work));
}

net::Task<Result<void>> show_global_keys(RequestContext& context) {
    auto days = days_of(context);
    if (!days) co_return co_await refuse(std::move(days.error()));
    auto limit = read_limit(context, kMostSpendRows);
    if (!limit) co_return co_await refuse(std::move(limit.error()));
    auto work = [days = std::move(*days), count = *limit](Sql& sql) {
        return show_keys(sql, days, count);
    };
    co_return co_await answer_from_store(context, std::move(work));
}

net::Task<Result<void>> show_global_models(RequestContext& context) {
    auto days = days_of(context);
    if (!days) co_return co_await refuse(std::move(days.error()));
    auto limit = read_limit(context, 10);
    if (!limit) co_return co_await refuse(std::move(limit.error()));
    auto work = [days = std::move(*days), count = *limit](Sql& sql) {
        return show_sums(sql, days, SpendGroup::model, count, "model", "total_spend");
    };
    co_return co_await answer_from_store(context, std::move(work));
}

net::Task<Result<void>> show_global_providers(RequestContext& context) {
    auto days = days_of(context);
    if (!days) co_return co_await refuse(std::move(days.error()));
    auto work = [days = std::move(*days)](Sql& sql) {
        return show_sums(sql, days, SpendGroup::provider, kMostSpendRows, "provider", "spend");
    };
    co_return co_await answer_from_store(context, std::move(work));
}

}  // namespace tollweir
