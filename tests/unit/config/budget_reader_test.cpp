#include "loading.hpp"

namespace tollweir {
namespace {

using std::chrono::hours;

constexpr Picodollars kDollar = kPicodollarsPerDollar;

BudgetConfig budgets_of(const std::string& text) {
    return loaded(text).config.budgets;
}

SpendConfig spend_of(const std::string& text) {
    return loaded(text).config.spend;
}

TEST(Budgets, AreRead) {
    const auto budgets = budgets_of(R"(
litellm_settings:
  max_budget: 100.5
  budget_duration: 30d
  max_user_budget: 1
  max_internal_user_budget: 2
  default_max_internal_user_budget: 3
  internal_user_budget_duration: 1mo
  max_end_user_budget: 0.000000000001
  max_end_user_budget_id: gold
  default_soft_budget: 4
  max_ui_session_budget: 5
  timezone: Europe/Berlin
  tag_budget_config:
    blue: {max_budget: 6, budget_duration: 7d, rpm_limit: 8, tpm_limit: 9}
router_settings:
  provider_budget_config:
    openai: {budget_limit: 10, time_period: 1d}
    azure: {budget_limit: null, time_period: 1d}
)");
    EXPECT_EQ(budgets.max_budget, 100 * kDollar + kDollar / 2);
    EXPECT_EQ(budgets.budget_duration->text, "30d");
    EXPECT_EQ(budgets.max_user_budget, kDollar);
    EXPECT_EQ(budgets.max_internal_user_budget, 2 * kDollar);
    EXPECT_EQ(budgets.default_max_internal_user_budget, 3 * kDollar);
    EXPECT_EQ(budgets.internal_user_budget_duration->unit, BudgetDuration::Unit::month);
    EXPECT_EQ(budgets.max_end_user_budget, 1);
    EXPECT_EQ(budgets.max_end_user_budget_id, "gold");
    EXPECT_EQ(budgets.default_soft_budget, 4 * kDollar);
    EXPECT_EQ(budgets.max_ui_session_budget, 5 * kDollar);
    EXPECT_EQ(budgets.timezone, "Europe/Berlin");
    ASSERT_EQ(budgets.tags.size(), 1U);
    EXPECT_EQ(budgets.tags[0],
              (PeriodBudget{"blue", 6 * kDollar, parse_budget_duration("7d"), 8, 9}));
    ASSERT_EQ(budgets.providers.size(), 2U);
    EXPECT_EQ(budgets.providers[0].limit, 10 * kDollar);
    EXPECT_EQ(budgets.providers[1].limit, std::nullopt);
}

TEST(Budgets, OfTheWholeGatewayThatAreZeroAreNone) {
    EXPECT_EQ(budgets_of("litellm_settings: {max_budget: 0}").max_budget, std::nullopt);
}

TEST(Budgets, OfTheRouterAreCapsOnAMonth) {
    const auto budgets = budgets_of("router_settings: {budget_limit: 120.0}");
    EXPECT_EQ(budgets.max_budget, 120 * kDollar);
    EXPECT_EQ(budgets.budget_duration, parse_budget_duration("1mo"));
    const std::string both =
        "litellm_settings: {max_budget: 5}\nrouter_settings: {budget_limit: 120.0}";
    EXPECT_EQ(budgets_of(both).max_budget, 5 * kDollar);
    EXPECT_EQ(budgets_of(both).budget_duration, std::nullopt);
    EXPECT_TRUE(warnings_of(both).contains("budget_limit: left out"));
}

TEST(Spend, IsRead) {
    const auto spend = spend_of(R"(
general_settings:
  disable_spend_logs: true
  disable_spend_updates: true
  disable_error_logs: true
  disable_reset_budget: true
  store_prompts_in_spend_logs: true
  maximum_spend_logs_retention_period: 2w
  maximum_spend_logs_retention_interval: 12h
  maximum_spend_logs_cleanup_cron: "0 4 * * *"
litellm_settings:
  cost_discount_config: {openai: 0.05}
  cost_margin_config: {global: 0.1, azure: {percentage: 0.02, fixed_amount: 0.001}}
  extra_spend_tag_headers: [X-Team]
  disable_add_user_agent_to_request_tags: true
  disable_end_user_cost_tracking: true
tollweir_settings: {data_dir: /data}
)");
    EXPECT_FALSE(spend.writes_logs);
    EXPECT_FALSE(spend.writes_updates);
    EXPECT_FALSE(spend.logs_errors);
    EXPECT_FALSE(spend.resets_budgets);
    EXPECT_TRUE(spend.stores_prompts);
    EXPECT_EQ(spend.retention, hours(14 * 24));
    EXPECT_EQ(spend.retention_interval, hours(12));
    EXPECT_EQ(spend.cleanup_cron, "0 4 * * *");
    EXPECT_EQ(spend.discounts, (std::vector<CostDiscount>{{"openai", 50'000'000}}));
    EXPECT_EQ(spend.margins, (std::vector<CostMargin>{{"global", 100'000'000, 0},
                                                      {"azure", 20'000'000, kDollar / 1000}}));
    EXPECT_EQ(spend.tag_headers, std::vector<std::string>{"x-team"});
    EXPECT_FALSE(spend.tags_user_agent);
    EXPECT_FALSE(spend.tracks_end_users);
    EXPECT_EQ(spend.journal_dir, "/data/journal");
}

TEST(Spend, ACleanupTimeThatIsNoCronLineIsAnError) {
    EXPECT_TRUE(errors_of("general_settings: {maximum_spend_logs_cleanup_cron: \"at four\"}")
                    .contains("maximum_spend_logs_cleanup_cron"));
}

TEST(Journal, LiesInTheDataDirectoryUnlessItsPathIsWhole) {
    EXPECT_EQ(spend_of("model_list: []").journal_dir, "./data/journal");
    EXPECT_EQ(spend_of("tollweir_settings: {journal: {dir: j}}").journal_dir, "./data/j");
    EXPECT_EQ(spend_of("tollweir_settings: {journal: {dir: /j}}").journal_dir, "/j");
}

}  // namespace
}  // namespace tollweir
