#include "tollweir/storage/spend_reports.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "storage/daily_sums.hpp"
#include "storage/migrations.hpp"
#include "tollweir/core/time_text.hpp"
#include "tollweir/storage/spend_reset.hpp"
#include "unit/storage/test_store.hpp"

namespace tollweir {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr PicodollarSum kCent = kPicodollarsPerDollar / 100;

struct Call {
    std::string id;
    std::string key = "k1";
    std::string user = "lena";
    std::string team = "search";
    std::string model = "gpt-4o";
    std::string end_user = "cust-1";
    std::string status = "success";
    std::string alias = "ci";
    std::string day = "2026-11-20";
    PicodollarSum cents = 1;
};

class SpendReportsTest : public BothStores {
protected:
    void SetUp() override {
        BothStores::SetUp();
        if (!store_) return;
        sql_ = store_->connect();
        const auto migrated = run_migrations(*sql_, "");
        ASSERT_TRUE(migrated) << migrated.error().message;
    }

    void run(const Statement& statement, std::initializer_list<SqlValue> values = {}) {
        const auto done = sql_->run(statement, values);
        ASSERT_TRUE(done) << done.error().message << ": " << sql_->last_failure();
    }

    void add(const Call& call) {
        const auto metadata = R"({"user_api_key_alias":")" + call.alias + "\"}";
        const auto start = *parse_rfc3339(call.day + "T12:00:00Z");
        run("insert into \"LiteLLM_SpendLogs\" (request_id, tollweir_response_id, call_type, "
            "api_key, spend, tollweir_spend, \"startTime\", \"endTime\", model, \"user\", team_id, "
            "end_user, status, metadata, request_tags, response) values ($1, $2, 'acompletion', "
            "$3, $14, $4, $5, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            {call.id, "chatcmpl-" + call.id, call.key, SqlValue::Sum{call.cents * kCent}, start,
             call.model, call.user, call.team, call.end_user, call.status, SqlValue::Json{metadata},
             SqlValue::Json{R"(["batch"])"}, SqlValue::Json{R"({"text":"kept"})"},
             to_double_dollars(call.cents * kCent)});
        // PostgreSQL finds it in the metadata.
        if (!is_postgres())
            run("update \"LiteLLM_SpendLogs\" set tollweir_key_alias = $2 where request_id = $1",
                {call.id, call.alias});
    }

    void add_day(const std::string& day, const std::string& key, const std::string& user,
                 const std::string& model, int cents, std::string_view table = "User") {
        const auto owner = table == "User" ? "user_id" : "tag";
        run(Statement("insert into \"LiteLLM_Daily" + std::string(table) + "Spend\" (id, " + owner +
                      ", date, api_key, model, custom_llm_provider, api_requests, spend, "
                      "tollweir_spend, updated_at) values ($1, $2, $3, $4, $5, 'openai', 2, 0, $6, "
                      "$7)"),
            {day + key + user + model, user, day, key, model, SqlValue::Sum{cents * kCent},
             *parse_rfc3339(day)});
        // As of days before there were sums of ours.
        run("update tollweir_daily_sums set since = '9999-12-31'");
        EXPECT_TRUE(fill_daily_sums(*sql_, std::atomic<bool>(false)));
    }

    /// The ids of what is found, newest first.
    std::string ids(const SpendFilter& filter, std::size_t offset = 0, std::size_t count = 100) {
        const auto rows = list_spend_rows(*sql_, filter, offset, count);
        EXPECT_TRUE(rows) << rows.error().message << ": " << sql_->last_failure();
        std::string out;
        for (const auto& row : Json::parse(*rows)) out += row["request_id"].get<std::string>();
        return out;
    }

    std::string sums(const Result<std::vector<SpendSum>>& found) {
        EXPECT_TRUE(found) << found.error().message << ": " << sql_->last_failure();
        std::string out;
        for (const auto& sum : *found)
            out += sum.name + "=" + dollars(sum.spend) + "/" + std::to_string(sum.calls) + " ";
        return out;
    }

    std::string day_parts(const SpendDays& days) {
        std::set<std::string> of_keys;
        std::set<std::string> of_models;
        const auto of_key = [&](const KeyDaySpend& part) {
            of_keys.insert(std::string(part.key_hash) + "/" + std::string(part.user_id) + "=" +
                           dollars(part.spend) + " ");
        };
        const auto of_model = [&](const ModelDaySpend& part) {
            of_models.insert(std::string(part.model) + "=" + dollars(part.spend) + " ");
        };
        EXPECT_TRUE(visit_daily_spend(*sql_, days, {.of_key = of_key, .of_model = of_model}));
        std::string out;
        for (const auto* parts : {&of_keys, &of_models})
            for (const auto& part : *parts) out += part;
        return out;
    }

    SpendFilter all() const { return {.viewer = {.sees_all = true}}; }
    SpendDays all_days() const { return {.viewer = {.sees_all = true}}; }

    std::unique_ptr<StoreConnection> sql_;
};
TOLLWEIR_BOTH_STORES(SpendReportsTest);

TEST_P(SpendReportsTest, EachFilterFindsItsRowsAndNoOthers) {
    add({.id = "a"});
    add({.id = "b",
         .key = "k2",
         .user = "max",
         .team = "ops",
         .model = "o3",
         .end_user = "cust-2",
         .status = "failure",
         .alias = "web",
         .day = "2026-11-21",
         .cents = 5});
    auto filter = all();
    EXPECT_EQ(ids(filter), "ba");
    const auto finds = [&](auto SpendFilter::* field, auto value) {
        auto narrowed = all();
        narrowed.*field = value;
        const auto found = ids(narrowed);
        const auto counted = count_spend_rows(*sql_, narrowed);
        EXPECT_TRUE(counted) << sql_->last_failure();
        if (counted) EXPECT_EQ(counted->rows, static_cast<std::int64_t>(found.size()));
        if (counted) EXPECT_TRUE(counted->is_exact);
        return found;
    };
    EXPECT_EQ(finds(&SpendFilter::key_hash, "k2"), "b");
    EXPECT_EQ(finds(&SpendFilter::user_id, "max"), "b");
    EXPECT_EQ(finds(&SpendFilter::request_id, "b"), "b");
    EXPECT_EQ(finds(&SpendFilter::request_id, "chatcmpl-b"), "b");
    EXPECT_EQ(finds(&SpendFilter::team_id, "ops"), "b");
    EXPECT_EQ(finds(&SpendFilter::model, "o3"), "b");
    EXPECT_EQ(finds(&SpendFilter::end_user, "cust-2"), "b");
    EXPECT_EQ(finds(&SpendFilter::key_alias, "web"), "b");
    EXPECT_EQ(finds(&SpendFilter::status, "failure"), "b");
    filter.key_hash = "k2";
    filter.model = "gpt-4o";
    EXPECT_EQ(ids(filter), "");
    EXPECT_EQ(count_spend_rows(*sql_, filter)->rows, 0) << "all conditions hold at once";
    filter = all();
    EXPECT_EQ(finds(&SpendFilter::status, "success"), "a");
    EXPECT_EQ(finds(&SpendFilter::from, *parse_rfc3339("2026-11-21")), "b");
    EXPECT_EQ(finds(&SpendFilter::before, *parse_rfc3339("2026-11-21")), "a");
    EXPECT_EQ(finds(&SpendFilter::least, Picodollars{5 * kCent}), "b");
    EXPECT_EQ(finds(&SpendFilter::most, Picodollars{5 * kCent - 1}), "a");
    EXPECT_EQ(finds(&SpendFilter::user_id, "' or 1=1 --"), "");
}

TEST_P(SpendReportsTest, RowsOfARareAmountAreFoundLikeOthers) {
    add({.id = "a", .key = "k2", .cents = 500});
    add({.id = "b", .day = "2026-11-21", .cents = 700});
    add({.id = "c", .day = "2026-11-22", .cents = 600});
    // So many that what costs a cent is not rare.
    run("insert into \"LiteLLM_SpendLogs\" (request_id, call_type, spend, \"startTime\") with "
        "recursive numbers (number) as (select 1 union all select number + 1 from numbers where "
        "number < 10001) select 'x' || number, 'c', 0.01, $1 from numbers",
        {*parse_rfc3339("2026-11-19")});
    auto filter = all();
    filter.least = 500 * kCent;
    EXPECT_EQ(ids(filter), "cba");
    EXPECT_EQ(ids(filter, 1, 1), "b");
    EXPECT_EQ(ids(filter, 3, 1), "");
    EXPECT_EQ(count_spend_rows(*sql_, filter)->rows, 3);
    const auto page = page_spend_rows(*sql_, filter, 0, 2);
    ASSERT_TRUE(page && page->last);
    filter.after = page->last;
    EXPECT_EQ(ids(filter), "a");
    filter = all();
    filter.least = 500 * kCent;
    filter.key_hash = "k2";
    EXPECT_EQ(ids(filter), "a");
    filter = all();
    filter.least = filter.most = 600 * kCent;
    EXPECT_EQ(ids(filter), "c");
    filter.least = 600 * kCent + 1;
    filter.most.reset();
    EXPECT_EQ(ids(filter), "b") << "to the picodollar";
    filter.least = kCent;
    EXPECT_EQ(ids(filter, 0, 3), "cba") << "what is not rare";
    EXPECT_FALSE(count_spend_rows(*sql_, filter)->is_exact);
}

TEST_P(SpendReportsTest, APageIsAPartOfTheRows) {
    for (const auto* id : {"a", "b", "c"}) add({.id = id});
    EXPECT_EQ(ids(all(), 0, 2), "cb");
    EXPECT_EQ(ids(all(), 2, 2), "a");
}

TEST_P(SpendReportsTest, OthersSeeWhatTheirKeysSpentOnly) {
    add({.id = "a"});
    add({.id = "b", .key = "k2", .user = "max"});
    add({.id = "c", .key = "k3", .user = ""});
    add_day("2026-11-20", "k1", "lena", "gpt-4o", 1);
    add_day("2026-11-20", "k2", "max", "gpt-4o", 2);
    add_day("2026-11-20", "k3", "", "gpt-4o", 4);

    auto filter = all();
    filter.viewer = {.user_id = "lena", .key_hash = "k1"};
    EXPECT_EQ(ids(filter), "a");
    filter.user_id = "max";
    EXPECT_EQ(ids(filter), "");
    EXPECT_EQ(sums(sum_spend(*sql_, {.viewer = filter.viewer}, SpendGroup::key, 9)), "k1=0.01/2 ");
    EXPECT_FALSE(show_spend_texts(*sql_, filter.viewer, "b"));

    filter = {.viewer = {.key_hash = "k3"}};
    EXPECT_EQ(ids(filter), "c");
    EXPECT_EQ(sums(sum_spend(*sql_, {.viewer = filter.viewer}, SpendGroup::key, 9)), "k3=0.04/2 ");
    EXPECT_EQ(Json::parse(*list_users_by_spend(*sql_, filter.viewer, "", 9)).size(), 0U);
}

TEST_P(SpendReportsTest, ARowIsShownExactlyAndWithoutItsTexts) {
    add({.id = "a", .cents = 41});
    const auto row = Json::parse(*list_spend_rows(*sql_, all(), 0, 9))[0];

    EXPECT_EQ(row["spend"], 0.41);
    EXPECT_EQ(row["startTime"], "2026-11-20T12:00:00.000000+00:00");
    EXPECT_EQ(row["request_tags"], Json::array({"batch"}));
    EXPECT_EQ(row["metadata"]["user_api_key_alias"], "ci");
    EXPECT_TRUE(row["completionStartTime"].is_null());
    EXPECT_FALSE(row.contains("response"));
    EXPECT_EQ(Json::parse(*show_spend_texts(*sql_, all().viewer, "a"))["response"]["text"], "kept");
}

TEST_P(SpendReportsTest, TheFloatOfAnotherProgramCounts) {
    run("insert into \"LiteLLM_SpendLogs\" (request_id, call_type, spend) values ('x', 'c', 0.25)");

    EXPECT_EQ(Json::parse(*list_spend_rows(*sql_, all(), 0, 9))[0]["spend"], 0.25);
}

TEST_P(SpendReportsTest, SumsAreOfTheDaysAskedFor) {
    add_day("2026-11-19", "k1", "lena", "gpt-4o", 1);
    add_day("2026-11-20", "k1", "lena", "gpt-4o", 2);
    add_day("2026-11-20", "k2", "max", "o3", 4);
    add_day("2026-11-21", "k2", "max", "o3", 8);
    auto days = all_days();
    EXPECT_EQ(sums(sum_spend(*sql_, days, SpendGroup::day, 9)),
              "2026-11-19=0.01/2 2026-11-20=0.06/4 2026-11-21=0.08/2 ");
    EXPECT_EQ(sums(sum_spend(*sql_, days, SpendGroup::model, 1)), "o3=0.12/4 ");
    EXPECT_EQ(sums(sum_spend(*sql_, days, SpendGroup::provider, 9)), "openai=0.15/8 ");
    days.first = days.last = "2026-11-20";
    EXPECT_EQ(sums(sum_spend(*sql_, days, SpendGroup::key, 9)), "k2=0.04/2 k1=0.02/2 ");
    days.key_hash = "k1";
    EXPECT_EQ(day_parts(days), "k1/lena=0.02 gpt-4o=0.02 ");
    days.key_hash.clear();
    EXPECT_EQ(day_parts(days), "k1/lena=0.02 k2/max=0.04 gpt-4o=0.02 o3=0.04 ");
}

TEST_P(SpendReportsTest, TagsAreThoseOfTheViewersKeys) {
    add_day("2026-11-20", "k1", "batch", "gpt-4o", 1, "Tag");
    add_day("2026-11-20", "k2", "nightly", "gpt-4o", 2, "Tag");
    run("insert into \"LiteLLM_VerificationToken\" (token, user_id, key_alias, key_name, "
        "updated_at) values ('k1', 'lena', 'ci', 'sk-...1234', $1)",
        {*parse_rfc3339("2026-11-20")});

    EXPECT_EQ(sums(sum_tag_spend(*sql_, all_days(), 9)), "nightly=0.02/2 batch=0.01/2 ");
    EXPECT_EQ(sums(sum_tag_spend(*sql_, {.viewer = {.user_id = "lena"}}, 9)), "batch=0.01/2 ");
    EXPECT_EQ(sums(sum_tag_spend(*sql_, {.viewer = {.key_hash = "k2"}}, 9)), "nightly=0.02/2 ");
}

TEST_P(SpendReportsTest, KeysAreNamedAndListedByTheirSpend) {
    for (const auto& [key, cents] : {std::pair("k1", 1), std::pair("k2", 2)})
        run("insert into \"LiteLLM_VerificationToken\" (token, user_id, key_alias, key_name, "
            "tollweir_spend, updated_at) values ($1, $2, $3, 'sk-...1234', $4, $5)",
            {key, key, std::string("alias-") + key, SqlValue::Sum{cents * kCent},
             *parse_rfc3339("2026-11-20")});

    const auto labels = key_labels(*sql_, {"k2", "gone"});
    ASSERT_TRUE(labels);
    ASSERT_EQ(labels->size(), 1U);
    EXPECT_EQ(labels->at("k2").alias, "alias-k2");
    EXPECT_EQ(labels->at("k2").name, "sk-...1234");
    const auto keys = Json::parse(*list_keys_by_spend(*sql_, {.sees_all = true}, 9));
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys[0]["token"], "k2");
    EXPECT_EQ(keys[0]["spend"], 0.02);
    EXPECT_EQ(Json::parse(*list_keys_by_spend(*sql_, {.key_hash = "k1"}, 9)).size(), 1U);
    EXPECT_EQ(Json::parse(*list_keys_by_spend(*sql_, {.user_id = "k1"}, 9))[0]["token"], "k1");
}

TEST_P(SpendReportsTest, UsersAreListedWithoutTheirPasswords) {
    for (const auto* user : {"lena", "max"})
        run("insert into \"LiteLLM_UserTable\" (user_id, password, spend) values ($1, 'canary', 1)",
            {user});
    const auto text = *list_users_by_spend(*sql_, {.sees_all = true}, "", 9);
    EXPECT_EQ(Json::parse(text).size(), 2U);
    EXPECT_FALSE(text.contains("canary"));
    EXPECT_EQ(Json::parse(*list_users_by_spend(*sql_, {.sees_all = true}, "max", 9)).size(), 1U);
    EXPECT_EQ(Json::parse(*list_users_by_spend(*sql_, {.user_id = "lena"}, "max", 9)).size(), 0U);
}

TEST_P(SpendReportsTest, AResetIsOfKeysAndTeamsAndTheirBudgets) {
    run("insert into \"LiteLLM_VerificationToken\" (token, spend, tollweir_spend, updated_at) "
        "values ('k1', 1, $1, $2)",
        {SqlValue::Sum{100 * kCent}, *parse_rfc3339("2026-11-20")});
    run("insert into \"LiteLLM_TeamTable\" (team_id, spend, updated_at) values ('search', 1, $1)",
        {*parse_rfc3339("2026-11-20")});
    for (const auto* scope : {"key:k1", "team:search:window:1d", "user:lena"})
        run("insert into tollweir_budget_scope (scope, spent) values ($1, $2)",
            {scope, SqlValue::Sum{kCent}});

    const auto done = reset_key_and_team_spend(*sql_);
    ASSERT_TRUE(done) << done.error().message << ": " << sql_->last_failure();

    const auto rows = sql_->run(
        "select scope from tollweir_budget_scope where spent <> 0 union all select token from "
        "\"LiteLLM_VerificationToken\" where spend <> 0 or tollweir_spend <> 0 union all select "
        "team_id from \"LiteLLM_TeamTable\" where spend <> 0");
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 1U);
    EXPECT_EQ(rows->text(0, 0), "user:lena");
}

}  // namespace
}  // namespace tollweir
