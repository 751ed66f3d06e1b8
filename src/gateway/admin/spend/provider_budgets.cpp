#include "gateway/admin/spend/spend_answer.hpp"
#include "tollweir/core/calendar.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/scope.hpp"
#include "tollweir/core/time_text.hpp"
#include "tollweir/gateway/admin/spend.hpp"
#include "tollweir/gateway/respond.hpp"
#include "tollweir/storage/budgets.hpp"

namespace tollweir {
namespace {

/// `balances`: one for each provider, or none where there is no store.
std::string budgets_json(const BudgetConfig& budgets, const std::vector<BudgetBalance>& balances,
                         WallTime now) {
    const auto zone = TimeZone::find(budgets.timezone);
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("providers").begin_object();
    for (std::size_t i = 0; i < budgets.providers.size(); ++i) {
        const auto& provider = budgets.providers[i];
        json.key(provider.name).begin_object().key("budget_limit");
        provider.limit ? json.raw(dollars(*provider.limit)) : json.null();
        json.key("time_period");
        provider.period ? json.string(provider.period->text) : json.null();
        const auto balance = i < balances.size() ? balances[i] : BudgetBalance();
        const auto now_ms =
            std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch().count();
        const bool is_over = balance.ends <= now_ms;
        json.key("spend").raw(dollars(is_over ? 0 : balance.spent)).key("budget_reset_at");
        if (!provider.period || !zone)
            json.null();
        else if (balance.is_known && !is_over && balance.ends != kNoEnd)
            json.string(rfc3339(WallTime(std::chrono::milliseconds(balance.ends))));
        else
            json.string(rfc3339(next_reset(*provider.period, now, *zone)));
        json.end_object();
    }
    json.end_object().end_object();
    return out;
}

}  // namespace

net::Task<Result<void>> show_provider_budgets(RequestContext& context) {
    if (context.state->store == nullptr)
        co_return co_await respond(context, 200, kJson,
                                   budgets_json(context.config().budgets, {}, WallClock::now()));
    auto work = [snapshot = context.snapshot](Sql& sql) -> Result<std::string> {
        const auto& budgets = snapshot->config().budgets;
        std::vector<std::string> scopes;
        for (const auto& provider : budgets.providers)
            scopes.push_back(scope_key({.kind = ScopeKind::provider, .id = provider.name}));
        const auto balances = budget_balances(sql, scopes);
        if (!balances) return std::unexpected(balances.error());
        return budgets_json(budgets, *balances, WallClock::now());
    };
    co_return co_await answer_from_store(context, std::move(work));
}

}  // namespace tollweir
