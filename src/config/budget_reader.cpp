#include <algorithm>
#include <array>
#include <cmath>

#include "config/scalar.hpp"
#include "config/setting_readers.hpp"
#include "tollweir/core/cron.hpp"

namespace tollweir {
namespace {

/// `{name: {budget_limit, time_period}}`; LiteLLM also takes `max_budget` and `budget_duration`.
std::vector<PeriodBudget> read_period_budgets(const Section& budgets) {
    std::vector<PeriodBudget> found;
    for (const auto& entry : budgets.entries()) {
        const Section fields = budgets.entry(entry.key);
        if (!fields.present()) continue;
        PeriodBudget budget;
        budget.name = entry.key;
        budget.limit = fields.dollars("budget_limit");
        const auto other_limit = fields.dollars("max_budget");
        if (!budget.limit) budget.limit = other_limit;
        budget.period = fields.period("time_period");
        const auto other_period = fields.period("budget_duration");
        if (!budget.period) budget.period = other_period;
        budget.rpm = fields.limit("rpm_limit");
        budget.tpm = fields.limit("tpm_limit");
        found.push_back(std::move(budget));
    }
    return found;
}

std::string read_timezone(const Section& litellm) {
    const auto name = litellm.text("timezone");
    if (!name || name->empty() || TimeZone::find(*name)) return name.value_or("UTC");
    litellm.error("timezone", "no time zone is called `" + name->substr(0, 60) +
                                  "`; names are such as Europe/Berlin");
    return "UTC";
}

/// 0 stands for no budget: a cap of nothing is not what anybody writes here.
std::optional<Picodollars> read_global_budget(const Section& litellm) {
    const auto budget = litellm.dollars("max_budget");
    return budget && *budget > 0 ? budget : std::nullopt;
}

/// `router_settings.budget_limit`: a cap on the whole gateway a calendar month (decision 22).
void take_router_budget(const LoadContext& context, BudgetConfig& budgets) {
    const Section router = section_of(context, "router_settings");
    const auto limit = router.dollars("budget_limit");
    if (!limit) return;
    if (budgets.max_budget) {
        router.warn("budget_limit", "left out: `litellm_settings.max_budget` is given too");
        return;
    }
    router.warn(
        "budget_limit",
        "is read as `litellm_settings.max_budget` with `budget_duration`, LiteLLM's spelling");
    if (*limit == 0) return;
    budgets.max_budget = limit;
    if (!budgets.budget_duration) budgets.budget_duration = parse_budget_duration("1mo");
}

std::optional<Billionths> read_share(const Section& section, std::string_view key, double most) {
    const auto share = section.number(key, 0, most);
    if (!share) return std::nullopt;
    return static_cast<Billionths>(std::llround(*share * static_cast<double>(kWhole)));
}

std::vector<CostDiscount> read_discounts(const Section& shares) {
    std::vector<CostDiscount> discounts;
    for (const auto& entry : shares.entries())
        if (const auto share = read_share(shares, entry.key, 1))
            discounts.push_back({entry.key, *share});
    return discounts;
}

std::vector<CostMargin> read_margins(const Section& section) {
    constexpr double kMostMargin = 100;  // a hundred times the cost
    std::vector<CostMargin> margins;
    for (const auto& entry : section.entries()) {
        CostMargin margin{entry.key, 0, 0};
        if (entry.value.kind == Node::Kind::map) {
            const Section fields = section.entry(entry.key);
            margin.share = read_share(fields, "percentage", kMostMargin).value_or(0);
            margin.fixed = fields.dollars("fixed_amount").value_or(0);
        } else {
            const auto share = read_share(section, entry.key, kMostMargin);
            if (!share) continue;
            margin.share = *share;
        }
        margins.push_back(std::move(margin));
    }
    return margins;
}

std::optional<std::chrono::milliseconds> read_age(const Section& section, std::string_view key) {
    const auto period = section.period(key);
    if (!period) return std::nullopt;
    using Unit = BudgetDuration::Unit;
    std::int64_t seconds = 1;
    switch (period->unit) {
        case Unit::second:
            seconds = 1;
            break;
        case Unit::minute:
            seconds = 60;
            break;
        case Unit::hour:
            seconds = 3'600;
            break;
        case Unit::day:
            seconds = 86'400;
            break;
        case Unit::week:
            seconds = 7 * 86'400;
            break;
        case Unit::month:
            seconds = 30 * 86'400;
            break;
    }
    return std::chrono::seconds(period->count * seconds);
}

void read_cleanup(const Section& general, const Section& variables, SpendConfig& spend) {
    spend.retention = read_age(general, "maximum_spend_logs_retention_period");
    set_from(read_age(general, "maximum_spend_logs_retention_interval"), spend.retention_interval);
    constexpr std::string_view kCron = "maximum_spend_logs_cleanup_cron";
    spend.cleanup_cron = general.text(kCron).value_or("");
    if (!spend.cleanup_cron.empty() && !parse_cron(spend.cleanup_cron))
        general.error(kCron, "expected a cron line of five fields, such as 0 4 * * *");
    set_from(variables.count("SPEND_LOG_CLEANUP_BATCH_SIZE", 1, 100'000), spend.cleanup_batch_rows);
    set_from(variables.count("SPEND_LOG_RUN_LOOPS", 1, 1'000'000), spend.cleanup_batches);
}

}  // namespace

BudgetConfig read_budgets(const LoadContext& context) {
    const Section litellm = section_of(context, "litellm_settings");
    const Section router = section_of(context, "router_settings");
    BudgetConfig budgets;
    budgets.max_budget = read_global_budget(litellm);
    budgets.budget_duration = litellm.period("budget_duration");
    take_router_budget(context, budgets);
    budgets.max_user_budget = litellm.dollars("max_user_budget");
    budgets.max_internal_user_budget = litellm.dollars("max_internal_user_budget");
    budgets.default_max_internal_user_budget = litellm.dollars("default_max_internal_user_budget");
    budgets.internal_user_budget_duration = litellm.period("internal_user_budget_duration");
    budgets.binds_user_in_teams = !section_of(context, "general_settings")
                                       .boolean("skip_user_budget_on_team_key")
                                       .value_or(false);
    budgets.max_end_user_budget = litellm.dollars("max_end_user_budget");
    budgets.max_end_user_budget_id = litellm.text("max_end_user_budget_id").value_or("");
    set_from(litellm.dollars("default_soft_budget"), budgets.default_soft_budget);
    set_from(litellm.dollars("max_ui_session_budget"), budgets.max_ui_session_budget);
    budgets.timezone = read_timezone(litellm);
    budgets.providers = read_period_budgets(router.section("provider_budget_config"));
    budgets.tags = read_period_budgets(litellm.section("tag_budget_config"));
    return budgets;
}

SpendConfig read_spend(const LoadContext& context, const std::string& data_dir) {
    const Section litellm = section_of(context, "litellm_settings");
    const Section general = section_of(context, "general_settings");
    const Section journal = section_of(context, "tollweir_settings").section("journal");
    const auto is_off = [](const Section& section, std::string_view key) {
        return section.boolean(key).value_or(false);
    };
    SpendConfig spend;
    spend.writes_logs = !is_off(general, "disable_spend_logs");
    spend.writes_updates = !is_off(general, "disable_spend_updates");
    spend.logs_errors = !is_off(general, "disable_error_logs");
    spend.resets_budgets = !is_off(general, "disable_reset_budget");
    set_from(general.boolean("store_prompts_in_spend_logs"), spend.stores_prompts);
    read_cleanup(general, variables_of(context), spend);
    spend.discounts = read_discounts(litellm.section("cost_discount_config"));
    spend.margins = read_margins(litellm.section("cost_margin_config"));
    spend.tag_headers = litellm.header_names("extra_spend_tag_headers");
    spend.tags_user_agent = !is_off(litellm, "disable_add_user_agent_to_request_tags");
    spend.tracks_end_users = !is_off(litellm, "disable_end_user_cost_tracking");
    spend.journal_dir = journal.text("dir").value_or("journal");
    spend.price_map_url = variables_of(context).url("LITELLM_MODEL_COST_MAP_URL").value_or("");
    if (!spend.journal_dir.starts_with('/')) spend.journal_dir = data_dir + '/' + spend.journal_dir;
    return spend;
}

}  // namespace tollweir
