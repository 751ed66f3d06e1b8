#include "gateway/admin/budgets/budget_fields.hpp"

#include <gtest/gtest.h>

#include "gateway/admin/customers/customer_rows.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

const ChangeTime kTime{*parse_rfc3339("2026-11-26T10:20:00Z"), {}};

BudgetFields parse(std::string_view body) {
    auto fields = Fields::read(body);
    EXPECT_TRUE(fields) << fields.error().message;
    auto parsed = parse_budget_fields(*fields);
    const auto good = fields->checked();
    EXPECT_TRUE(good) << good.error().message;
    return parsed;
}

GatewayError refused(std::string_view body) {
    auto fields = Fields::read(body);
    EXPECT_TRUE(fields) << fields.error().message;
    parse_owner_budget(*fields);
    const auto good = fields->checked();
    EXPECT_FALSE(good) << body;
    return good ? GatewayError() : good.error();
}

BudgetRow applied(std::string_view body, ResetRule rule = ResetRule::calendar, BudgetRow row = {}) {
    apply_budget(parse(body), rule, kTime, row);
    return row;
}

TEST(BudgetFields, APeriodBeginsByTheCalendarOrExactlyNow) {
    const std::string_view body = R"({"budget_duration": "30d"})";
    EXPECT_EQ(rfc3339(*applied(body).budget_reset_at), "2026-12-01T00:00:00.000000+00:00");
    EXPECT_EQ(rfc3339(*applied(body, ResetRule::exact).budget_reset_at),
              "2026-12-26T10:20:00.000000+00:00");
}

TEST(BudgetFields, AGivenResetTimeCounts) {
    const auto row =
        applied(R"({"budget_duration": "1d", "budget_reset_at": "2027-01-01T00:00:00Z"})");
    EXPECT_EQ(rfc3339(*row.budget_reset_at), "2027-01-01T00:00:00.000000+00:00");
}

TEST(BudgetFields, OnlyWhatIsSentChangesAndNullClears) {
    const auto before = applied(R"({"max_budget": 5, "rpm_limit": 3, "budget_duration": "1d",
                                    "model_max_budget": {"m": 1}, "allowed_models": ["m"]})");
    EXPECT_EQ(applied("{}", ResetRule::calendar, before), before);
    const auto after = applied(
        R"({"max_budget": 0, "rpm_limit": null, "budget_duration": null, "model_max_budget": null,
            "allowed_models": null})",
        ResetRule::calendar, before);
    EXPECT_EQ(after.max_budget, 0);
    EXPECT_FALSE(after.rpm_limit);
    EXPECT_EQ(after.budget_duration, "");
    EXPECT_FALSE(after.budget_reset_at);
    EXPECT_EQ(after.model_max_budget, "");
    EXPECT_TRUE(after.allowed_models.empty());
}

TEST(BudgetFields, RefusesARowAndTermsAtOnce) {
    EXPECT_EQ(refused(R"({"budget_id": "free", "max_budget": 1})").http_status(), 422);
    EXPECT_FALSE(parse(R"({"budget_id": "free", "max_budget": null})").gives_terms());
}

TEST(BudgetFields, NamesWhatIsWrong) {
    EXPECT_EQ(refused(R"({"max_budget": -1})").message,
              "max_budget must be a non-negative finite number. Received: -1.0");
    EXPECT_EQ(refused(R"({"budget_duration": "30"})").http_status(), 400);
    EXPECT_EQ(refused(R"({"model_max_budget": {"m": -1}})").http_status(), 400);
    EXPECT_EQ(refused(R"({"rpm_limit": true})").http_status(), 422);
}

TEST(CustomerFields, FalseAndNullTakeEffect) {
    CustomerRow row;
    row.alias = "Lena";
    row.blocked = true;
    row.allowed_model_region = "eu";
    auto body = Fields::read(
        R"({"user_id": "lena", "alias": null, "blocked": false, "allowed_model_region": "us"})");
    ASSERT_TRUE(body);
    const auto fields = parse_customer(*body);
    ASSERT_TRUE(fields) << fields.error().message;
    apply_customer(*fields, row);
    EXPECT_EQ(row.alias, "");
    EXPECT_FALSE(row.blocked);
    EXPECT_EQ(row.allowed_model_region, "us");
}

TEST(CustomerFields, IdsAreSortedAndNamedOnce) {
    auto body = Fields::read(R"({"user_ids": ["b", "a", "b", ""]})");
    ASSERT_TRUE(body);
    const auto ids = parse_customer_ids(*body);
    ASSERT_TRUE(ids) << ids.error().message;
    EXPECT_EQ(*ids, (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace tollweir
