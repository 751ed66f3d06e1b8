#include "tollweir/storage/budget_row.hpp"

#include <gtest/gtest.h>

#include "tollweir/core/time_text.hpp"
#include "tollweir/storage/customer_row.hpp"
#include "tollweir/storage/organization_row.hpp"
#include "tollweir/storage/tag_row.hpp"
#include "unit/storage/test_store.hpp"

namespace tollweir {
namespace {

const WallTime kNow = *parse_rfc3339("2026-11-26T12:00:00.120Z");

class BudgetRows : public MigratedStores {};
TOLLWEIR_BOTH_STORES(BudgetRows);

BudgetRow full_budget() {
    BudgetRow row;
    row.budget_id = "free";
    row.max_budget = parse_dollars("5.5");
    row.soft_budget = parse_dollars("4");
    row.max_parallel_requests = 3;
    row.tpm_limit = std::int64_t{1} << 40;
    row.rpm_limit = 60;
    row.model_max_budget = R"({"m": {"budget_limit": 1}})";
    row.budget_duration = "30d";
    row.budget_reset_at = kNow;
    row.allowed_models = {"m", "the \"big\" one"};
    row.created_at = row.updated_at = kNow;
    row.created_by = "lena";
    row.updated_by = "max";
    return row;
}

TEST_P(BudgetRows, ABudgetIsReadAsItWasWritten) {
    const auto row = full_budget();
    ASSERT_TRUE(insert_budget_row(sql(), row));
    EXPECT_EQ(**find_budget_row(sql(), "free"), row);
    BudgetRow bare;
    bare.budget_id = "bare";
    bare.created_at = bare.updated_at = kNow;
    ASSERT_TRUE(update_budget_row(sql(), row, bare));
    EXPECT_FALSE(*find_budget_row(sql(), "free"));
    EXPECT_EQ(**find_budget_row(sql(), "bare"), bare);
    EXPECT_EQ(insert_budget_row(sql(), bare).error().kind, ErrorKind::conflict);
}

TEST_P(BudgetRows, WhoUsesABudgetIsCountedAndReleased) {
    const auto row = full_budget();
    ASSERT_TRUE(insert_budget_row(sql(), row));
    EXPECT_TRUE(find_budget_uses(sql(), "free")->empty());
    CustomerRow customer;
    customer.user_id = "lena";
    customer.budget_id = "free";
    ASSERT_TRUE(insert_customer(sql(), customer));
    OrganizationRow organization;
    organization.organization_id = "shop";
    organization.organization_alias = "Shop";
    organization.budget_id = "free";
    organization.created_at = organization.updated_at = kNow;
    ASSERT_TRUE(insert_organization(sql(), organization));
    const auto team = sql().run(
        R"(insert into "LiteLLM_TeamTable" (team_id, metadata, created_at, updated_at)
           values ('t', '{"team_member_budget_id": "free"}', $1, $1))",
        {kNow});
    ASSERT_TRUE(team) << team.error().message;
    const auto uses = find_budget_uses(sql(), "free");
    ASSERT_TRUE(uses) << uses.error().message;
    ASSERT_EQ(uses->size(), 3U);
    EXPECT_EQ((*uses)[0].what, "customers");
    EXPECT_EQ((*uses)[1].what, "teams");
    EXPECT_EQ((*uses)[2].what, "organizations");
    ASSERT_TRUE(release_budget_row(sql(), "free"));
    EXPECT_EQ((*find_customer(sql(), "lena"))->budget_id, "");
    EXPECT_EQ((*find_organization(sql(), "shop"))->budget_id, "free");
}

TEST_P(BudgetRows, SpendOfCustomersAndTagsIsExact) {
    CustomerRow customer;
    customer.user_id = "lena";
    customer.spend = PicodollarSum{1'234'567'890'123};
    ASSERT_TRUE(insert_customer(sql(), customer));
    EXPECT_EQ(**find_customer(sql(), "lena"), customer);
    TagRow tag;
    tag.tag_name = "batch";
    tag.spend = PicodollarSum{1};
    tag.created_at = tag.updated_at = kNow;
    ASSERT_TRUE(insert_tag(sql(), tag));
    EXPECT_EQ(**find_tag(sql(), "batch"), tag);
}

}  // namespace
}  // namespace tollweir
