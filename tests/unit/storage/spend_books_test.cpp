#include "tollweir/storage/spend_books.hpp"

#include <gtest/gtest.h>

#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/time_text.hpp"
#include "tollweir/storage/budgets.hpp"
#include "unit/storage/test_store.hpp"

namespace tollweir {
namespace {

constexpr Picodollars kCost = 13'500'000;  // 0.0000135 dollars

class SpendBooksTest : public MigratedStores {
protected:
    /// A call with everything that is counted by.
    static SpendRow full_row() {
        SpendRow row;
        row.record_id = new_record_id(WallClock::now());
        row.response_id = "chatcmpl-1";
        row.call_id = "call-1";
        row.call_type = "acompletion";
        row.endpoint = "/chat/completions";
        row.key_hash = "hash-a";
        row.key_alias = "ci-runner";
        row.user_id = "u-lena";
        row.team_id = "t-search";
        row.organization_id = "org";
        row.project_id = "proj";
        row.end_user = "cust-77";
        row.tags = {"batch", "nightly", "batch"};
        row.cost = kCost;
        row.usage.prompt_tokens = 800;
        row.usage.completion_tokens = 100;
        row.usage.total_tokens = 900;
        row.usage.cached_tokens = 30;
        row.usage.cache_write_tokens = 20;
        row.start = *parse_rfc3339("2026-11-20T23:59:59.900Z");
        row.end = *parse_rfc3339("2026-11-21T00:00:01.150Z");
        row.first_token = *parse_rfc3339("2026-11-21T00:00:00.500Z");
        row.model = "gpt-4o-mini";
        row.model_id = "deployment-1";
        row.model_group = "fast";
        row.provider = "openai";
        row.api_base = "https://api.openai.com";
        row.requester_ip = "203.0.113.7";
        row.session_id = "trace-1";
        return row;
    }
    static SpendRow small_row(std::string_view call_id = {}) {
        SpendRow row;
        row.record_id = new_record_id(WallClock::now());
        row.call_id = call_id;
        row.call_type = "acompletion";
        row.key_hash = "hash-a";
        row.cost = kCost;
        row.start = row.end = *parse_rfc3339("2026-11-20T10:00:00Z");
        return row;
    }

    /// Of one file, as the store should have it.
    SpendBatch batch_of(std::vector<SpendRow> rows) {
        SpendBatch batch;
        batch.files.push_back({"p1/worker-0.000001", "p1", position_, position_ + 100});
        for (auto& row : rows) batch.entries.push_back({std::move(row), 0});
        return batch;
    }
    void apply(std::vector<SpendRow> rows, const SpendBooksOptions& options = {}) {
        const auto applied = apply_spend(*sql_, batch_of(std::move(rows)), options);
        ASSERT_TRUE(applied) << applied.error().message << ": " << sql_->last_failure();
        EXPECT_TRUE(*applied);
        position_ += 100;
    }

    SqlRows run(const std::string& text, std::initializer_list<SqlValue> values = {}) {
        auto rows = sql_->run(Statement(text), values);
        EXPECT_TRUE(rows) << rows.error().message << ": " << sql_->last_failure();
        return rows ? std::move(*rows) : SqlRows();
    }
    /// The first cell.
    std::string one(const std::string& text) {
        const auto rows = run(text);
        return rows.empty() ? "(no row)" : std::string(rows.text(0, 0));
    }
    void add_owners() {
        run(R"(insert into "LiteLLM_VerificationToken" (token) values ('hash-a'), ('hash-b'))");
        run(R"(insert into "LiteLLM_UserTable" (user_id) values ('u-lena'))");
        run(R"(insert into "LiteLLM_TeamTable" (team_id) values ('t-search'))");
        run(R"(insert into "LiteLLM_TeamMembership" (user_id, team_id) values ('u-lena', 't-search'),
            ('u-other', 't-search'))");
        run(R"(insert into "LiteLLM_OrganizationTable" (organization_id, organization_alias,
            budget_id) values ('org', 'Org', 'b'))");
        run(R"(insert into "LiteLLM_OrganizationMembership" (user_id, organization_id) values
            ('u-lena', 'org'), ('u-other', 'org'))");
        run(R"(insert into "LiteLLM_ProjectTable" (project_id) values ('proj'))");
    }
    std::string spent(const std::string& table, const std::string& where) {
        return one("select tollweir_spend from \"LiteLLM_" + table + "\" where " + where);
    }

    std::uint64_t position_ = 0;
};

TEST_P(SpendBooksTest, ARowHasTheColumnsThatLiteLlmKnows) {
    const auto row = full_row();
    apply({row});

    const auto rows = run(R"(select request_id, record_id, tollweir_call_id, tollweir_response_id,
        call_type, api_key, spend, tollweir_spend, total_tokens, prompt_tokens, completion_tokens,
        "startTime", "endTime", "completionStartTime", request_duration_ms, model, model_id,
        model_group, custom_llm_provider, api_base, "user", team_id, organization_id, end_user,
        agent_id, cache_hit, cache_key, requester_ip_address, session_id, status,
        mcp_namespaced_tool_name, request_tags, messages, response, proxy_server_request, metadata
        from "LiteLLM_SpendLogs")");
    ASSERT_EQ(rows.size(), 1U);
    const std::vector<std::string> wanted = {"chatcmpl-1",
                                             to_text(row.record_id),
                                             "call-1",
                                             "chatcmpl-1",
                                             "acompletion",
                                             "hash-a",
                                             "1.35e-05",
                                             "13500000",
                                             "900",
                                             "800",
                                             "100",
                                             "2026-11-20T23:59:59.900000+00:00",
                                             "2026-11-21T00:00:01.150000+00:00",
                                             "2026-11-21T00:00:00.500000+00:00",
                                             "1250",
                                             "gpt-4o-mini",
                                             "deployment-1",
                                             "fast",
                                             "openai",
                                             "https://api.openai.com",
                                             "u-lena",
                                             "t-search",
                                             "org",
                                             "cust-77",
                                             "",
                                             "False",
                                             "Cache OFF",
                                             "203.0.113.7",
                                             "trace-1",
                                             "success",
                                             ""};
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(rows.text(0, i), wanted[i]) << i;
    EXPECT_TRUE(rows.is_null(0, 24));
    EXPECT_EQ(json_texts(rows.text(0, 31)),
              (std::vector<std::string>{"batch", "nightly", "batch"}));
    for (std::size_t i = 32; i < 35; ++i) EXPECT_EQ(rows.text(0, i), "{}") << i;
    EXPECT_NE(rows.text(0, 35).find("ci-runner"), std::string_view::npos);
}

TEST_P(SpendBooksTest, WhatIsAbsentHasLiteLlmsWordsForIt) {
    auto row = small_row();
    row.status = SpendStatus::failure;
    row.cache_hit = true;
    row.cache_key = "k";
    apply({row});

    EXPECT_EQ(one(R"(select status from "LiteLLM_SpendLogs")"), "failure");
    EXPECT_EQ(one(R"(select cache_hit from "LiteLLM_SpendLogs")"), "True");
    EXPECT_EQ(one(R"(select cache_key from "LiteLLM_SpendLogs")"), "k");
    EXPECT_EQ(one(R"(select request_id from "LiteLLM_SpendLogs")"), to_text(row.record_id));
    EXPECT_EQ(one(R"(select session_id from "LiteLLM_SpendLogs")"), to_text(row.record_id));
    EXPECT_EQ(one(R"(select count(*) from "LiteLLM_SpendLogs" where "completionStartTime" is null
        and end_user is null and "user" is null)"),
              "1");
}

TEST_P(SpendBooksTest, IdsThatRepeatNameOneRowAndAreFoundInAll) {
    apply({small_row("same"), small_row("same"), small_row("other")});
    apply({small_row("same")});

    EXPECT_EQ(one(R"(select count(*) from "LiteLLM_SpendLogs")"), "4");
    EXPECT_EQ(one(R"(select count(*) from "LiteLLM_SpendLogs" where request_id = 'same')"), "1");
    EXPECT_EQ(one(R"(select count(*) from "LiteLLM_SpendLogs" where request_id = record_id)"), "2");
    EXPECT_EQ(one(R"(select count(*) from "LiteLLM_SpendLogs" where tollweir_call_id = 'same')"),
              "3");
}

TEST_P(SpendBooksTest, EveryOwnerIsToldItsSum) {
    add_owners();
    apply({full_row(), full_row(), small_row()});

    EXPECT_EQ(spent("VerificationToken", "token = 'hash-a'"), std::to_string(3 * kCost));
    EXPECT_EQ(one(R"(select last_active from "LiteLLM_VerificationToken" where token = 'hash-a')"),
              "2026-11-21T00:00:01.150000+00:00");
    EXPECT_EQ(spent("VerificationToken", "token = 'hash-b'"), "");
    EXPECT_EQ(spent("UserTable", "user_id = 'u-lena'"), std::to_string(2 * kCost));
    EXPECT_EQ(spent("TeamTable", "team_id = 't-search'"), std::to_string(2 * kCost));
    EXPECT_EQ(spent("TeamMembership", "user_id = 'u-lena'"), std::to_string(2 * kCost));
    EXPECT_EQ(spent("TeamMembership", "user_id = 'u-other'"), "");
    EXPECT_EQ(spent("OrganizationTable", "1 = 1"), std::to_string(2 * kCost));
    EXPECT_EQ(spent("OrganizationMembership", "user_id = 'u-lena'"), std::to_string(2 * kCost));
    EXPECT_EQ(spent("OrganizationMembership", "user_id = 'u-other'"), "");
    EXPECT_EQ(spent("ProjectTable", "1 = 1"), std::to_string(2 * kCost));
    EXPECT_EQ(run(R"(select total_spend from "LiteLLM_TeamMembership" where user_id = 'u-lena')")
                  .real(0, 0),
              2.7e-05);
    EXPECT_EQ(run(R"(select spend from "LiteLLM_TeamTable")").real(0, 0), 2.7e-05);
}

TEST_P(SpendBooksTest, CustomersAndTagsThatAreNotKnownAreMade) {
    run(R"(insert into "LiteLLM_TagTable" (tag_name, spend) values ('batch', 0.5))");
    apply({full_row()});
    apply({full_row()});

    EXPECT_EQ(spent("EndUserTable", "user_id = 'cust-77'"), std::to_string(2 * kCost));
    EXPECT_EQ(spent("TagTable", "tag_name = 'nightly'"), std::to_string(2 * kCost));
    EXPECT_EQ(spent("TagTable", "tag_name = 'batch'"), std::to_string(500'000'000'000 + 2 * kCost));
    EXPECT_EQ(one(R"(select count(*) from "LiteLLM_VerificationToken")"), "0");
}

TEST_P(SpendBooksTest, DaysAreAddedUp) {
    auto failed = full_row();
    failed.status = SpendStatus::failure;
    failed.cost = 0;
    apply({full_row(), small_row(), failed});
    apply({full_row()});

    const auto rows = run(R"(select user_id, date, api_key, model, custom_llm_provider, endpoint,
        mcp_namespaced_tool_name, model_group, prompt_tokens, completion_tokens,
        cache_read_input_tokens, cache_creation_input_tokens, api_requests, successful_requests,
        failed_requests, tollweir_spend, spend from "LiteLLM_DailyUserSpend" order by user_id desc)");
    ASSERT_EQ(rows.size(), 2U);
    const std::vector<std::string> wanted = {
        "u-lena", "2026-11-20", "hash-a", "gpt-4o-mini", "openai", "/chat/completions",
        "",       "fast",       "2400",   "300",         "90",     "60",
        "3",      "2",          "1",      "27000000"};
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(rows.text(0, i), wanted[i]) << i;
    EXPECT_EQ(rows.real(0, 16), 2.7e-05);
    EXPECT_EQ(rows.text(1, 0), "");
    EXPECT_EQ(rows.text(1, 15), std::to_string(kCost));
    for (const auto& [table, owner] : {std::pair{"DailyTeamSpend", "team_id = 't-search'"},
                                       {"DailyOrganizationSpend", "organization_id = 'org'"},
                                       {"DailyEndUserSpend", "end_user_id = 'cust-77'"},
                                       {"DailyTagSpend", "tag = 'batch'"},
                                       {"DailyTagSpend", "tag = 'nightly'"}})
        EXPECT_EQ(spent(table, owner), "27000000") << table;
    EXPECT_EQ(one(R"(select count(*) from "LiteLLM_DailyTeamSpend")"), "1");
    EXPECT_EQ(one(R"(select count(*) from "LiteLLM_DailyTagSpend")"), "2");
}

TEST_P(SpendBooksTest, ABatchThatBeginsElsewhereDoesNothing) {
    add_owners();
    const auto first = batch_of({small_row()});
    ASSERT_TRUE(*apply_spend(*sql_, first, {}));

    const auto replayed = apply_spend(*sql_, first, {});
    position_ = 700;
    const auto ahead = apply_spend(*sql_, batch_of({small_row()}), {});

    ASSERT_TRUE(replayed && ahead);
    EXPECT_FALSE(*replayed);
    EXPECT_FALSE(*ahead);
    EXPECT_EQ(one(R"(select count(*) from "LiteLLM_SpendLogs")"), "1");
    EXPECT_EQ(spent("VerificationToken", "token = 'hash-a'"), std::to_string(kCost));
    EXPECT_EQ(*journal_positions(*sql_, {"p1/worker-0.000001", "p1/worker-1.000001"}),
              (std::vector<std::uint64_t>{100, 0}));
}

TEST_P(SpendBooksTest, OfSeveralFilesAllAreWhereTheyShouldBeOrNothingIsDone) {
    ASSERT_TRUE(*apply_spend(*sql_, batch_of({small_row()}), {}));
    SpendBatch batch;
    batch.files = {{"p1/worker-1.000001", "p1", 0, 50}, {"p1/worker-0.000001", "p1", 99, 150}};
    batch.entries = {{small_row(), 0}, {small_row(), 1}};

    EXPECT_FALSE(*apply_spend(*sql_, batch, {}));
    EXPECT_EQ(*journal_positions(*sql_, {"p1/worker-1.000001"}), std::vector<std::uint64_t>{0});

    batch.files[1].from = 100;
    EXPECT_TRUE(*apply_spend(*sql_, batch, {}));
    EXPECT_EQ(*journal_positions(*sql_, {"p1/worker-1.000001", "p1/worker-0.000001"}),
              (std::vector<std::uint64_t>{50, 150}));
}

TEST_P(SpendBooksTest, ARecordThatIsThereCountsNoSecondTime) {
    add_owners();
    const auto row = small_row("a");
    auto other = small_row("b");
    apply({row});
    apply({row, other, other});

    EXPECT_EQ(one(R"(select count(*) from "LiteLLM_SpendLogs")"), "2");
    EXPECT_EQ(spent("VerificationToken", "token = 'hash-a'"), std::to_string(2 * kCost));
}

TEST_P(SpendBooksTest, FilesThatAreGoneAreForgotten) {
    apply({small_row()});
    auto batch = batch_of({small_row()});
    batch.files[0] = {"p1/worker-0.000002", "p1", 0, 100};
    batch.gone = {"p1/worker-0.000001"};
    ASSERT_TRUE(*apply_spend(*sql_, batch, {}));

    EXPECT_EQ(*journal_positions(*sql_, {"p1/worker-0.000001", "p1/worker-0.000002"}),
              (std::vector<std::uint64_t>{0, 100}));
}

TEST_P(SpendBooksTest, BudgetsAreBookedOnTheLeaseOfTheFilesProcess) {
    LeaseRequest request;
    request.scope = "key:hash-a";
    request.cap = 1'000'000'000'000;
    request.need = 5 * kCost;
    ASSERT_TRUE(exchange_leases(*sql_, "p1", {&request, 1}));
    ASSERT_TRUE(exchange_leases(*sql_, "p2", {&request, 1}));
    auto row = small_row();
    row.scopes = {{"key:hash-a", 0, kCost}, {"key:never-used", 0, kCost}, {"key:hash-a", 9, kCost}};
    auto other = small_row();
    other.scopes = {{"key:hash-a", 0, kCost}};
    apply({row, other});

    auto balance = budget_balances(*sql_, {"key:hash-a"})->at(0);
    EXPECT_EQ(to_text(balance.spent), std::to_string(2 * kCost));
    EXPECT_EQ(to_text(balance.leased), std::to_string(8 * kCost));

    ASSERT_TRUE(finish_journals(*sql_, "p1"));
    balance = budget_balances(*sql_, {"key:hash-a"})->at(0);
    EXPECT_EQ(to_text(balance.spent), std::to_string(2 * kCost));
    EXPECT_EQ(to_text(balance.leased), std::to_string(5 * kCost));
    EXPECT_EQ(*journal_positions(*sql_, {"p1/worker-0.000001"}), std::vector<std::uint64_t>{0});
}

TEST_P(SpendBooksTest, LogsOrSumsCanBeLeftOut) {
    add_owners();
    LeaseRequest request;
    request.scope = "key:hash-a";
    ASSERT_TRUE(exchange_leases(*sql_, "p1", {&request, 1}));
    auto row = full_row();
    row.scopes = {{"key:hash-a", 0, kCost}};
    apply({row}, {.writes_logs = false});
    EXPECT_EQ(one(R"(select count(*) from "LiteLLM_SpendLogs")"), "0");
    EXPECT_EQ(spent("VerificationToken", "token = 'hash-a'"), std::to_string(kCost));

    row.record_id = new_record_id(WallClock::now());
    apply({row}, {.writes_updates = false});
    EXPECT_EQ(one(R"(select count(*) from "LiteLLM_SpendLogs")"), "1");
    EXPECT_EQ(spent("VerificationToken", "token = 'hash-a'"), std::to_string(kCost));
    EXPECT_EQ(one(R"(select sum(api_requests) from "LiteLLM_DailyUserSpend")"), "1");
    EXPECT_EQ(to_text(budget_balances(*sql_, {"key:hash-a"})->at(0).spent),
              std::to_string(2 * kCost));
}

TEST_P(SpendBooksTest, SumsStayExact) {
    add_owners();
    PicodollarSum sum = 0;
    for (int batch = 0; batch < 3; ++batch) {
        std::vector<SpendRow> rows;
        for (int i = 0; i < 100; ++i) {
            auto row = small_row();
            row.cost = 999'999'999'999'937 + 7 * i;  // a thousand dollars, odd in each digit
            sum += row.cost;
            rows.push_back(row);
        }
        apply(rows);
    }
    EXPECT_EQ(spent("VerificationToken", "token = 'hash-a'"), to_text(sum));
    EXPECT_EQ(
        run(R"(select spend from "LiteLLM_VerificationToken" where token = 'hash-a')").real(0, 0),
        to_double_dollars(sum));
    EXPECT_EQ(to_text(*run("select sum(tollweir_spend) from \"LiteLLM_SpendLogs\"").sum(0, 0)),
              to_text(sum));
}

TEST_P(SpendBooksTest, WhatLiteLlmHadSpentIsGoneOnFrom) {
    // As before this migration: floats, and nothing beside them.
    add_owners();
    run(R"(update "LiteLLM_VerificationToken" set spend = 0.1, tollweir_spend = null)");
    run(R"(update "LiteLLM_UserTable" set spend = 1234.567890123456, tollweir_spend = null)");
    apply({full_row()});

    EXPECT_EQ(spent("VerificationToken", "token = 'hash-a'"),
              std::to_string(100'000'000'000 + kCost));
    EXPECT_EQ(spent("UserTable", "1 = 1"), std::to_string(1'234'567'890'123'456 + kCost));
}

class SpendBooksOfPostgres : public SpendBooksTest {};
TOLLWEIR_ONLY_POSTGRES(SpendBooksOfPostgres);

TEST_P(SpendBooksOfPostgres, AFloatThatAnotherProgramSetsCounts) {
    add_owners();
    apply({full_row()});
    run(R"(update "LiteLLM_VerificationToken" set spend = 2.5)");
    EXPECT_EQ(spent("VerificationToken", "token = 'hash-a'"), "");
    apply({full_row()});

    EXPECT_EQ(spent("VerificationToken", "token = 'hash-a'"),
              std::to_string(2'500'000'000'000 + kCost));
}

TEST_P(SpendBooksTest, SpendIsNoChangeThatAnybodyHearsOf) {
    add_owners();
    apply({full_row()});  // makes the customer and tags, which is one
    const auto before = one("select count(*) from tollweir_change");
    apply({full_row()});
    EXPECT_EQ(one("select count(*) from tollweir_change"), before);
    run(R"(update "LiteLLM_VerificationToken" set blocked = true where token = 'hash-a')");
    EXPECT_NE(one("select count(*) from tollweir_change"), before);
}

TEST_P(SpendBooksTest, ATextThatTheStoreCannotHoldIsRefusedAndTheRestOfTheRowIsNot) {
    add_owners();
    using namespace std::string_view_literals;
    auto row = full_row();
    row.end_user = "a\0b"sv;

    const auto refused = apply_spend(*sql_, batch_of({small_row(), row}), {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::bad_request);
    EXPECT_EQ(one(R"(select count(*) from "LiteLLM_SpendLogs")"), "0");
    EXPECT_EQ(*journal_positions(*sql_, {"p1/worker-0.000001"}), std::vector<std::uint64_t>{0});

    apply({without_foreign_texts(row)});
    EXPECT_EQ(spent("TeamTable", "1 = 1"), std::to_string(kCost));
}

TEST_P(SpendBooksTest, OddTextsComeBackAsTheyWere) {
    auto row = small_row("'; drop table \"LiteLLM_SpendLogs\"; --");
    row.end_user = "Zoë \"{,}\\ 💶\n'";
    row.tags = {"NULL", "null", "{}", "[\"a\"]", "\\"};
    row.model = "";
    row.request_json = R"({"messages":[{"role":"user","content":"a \"b\" \\ 💶"}]})";
    apply({row});

    EXPECT_EQ(one(R"(select request_id from "LiteLLM_SpendLogs")"), row.call_id);
    EXPECT_EQ(one(R"(select end_user from "LiteLLM_SpendLogs")"), row.end_user);
    EXPECT_EQ(json_texts(one(R"(select request_tags from "LiteLLM_SpendLogs")")),
              std::vector<std::string>(row.tags.begin(), row.tags.end()));
    EXPECT_EQ(one(R"(select count(*) from "LiteLLM_TagTable")"), "5");
    EXPECT_EQ(spent("EndUserTable", "1 = 1"), std::to_string(kCost));
}

TEST_P(SpendBooksTest, AnEmptyBatchMovesPositionsOnly) {
    apply({});
    EXPECT_EQ(*journal_positions(*sql_, {"p1/worker-0.000001"}), std::vector<std::uint64_t>{100});
}

TOLLWEIR_BOTH_STORES(SpendBooksTest);

TEST_P(SpendBooksTest, KindsOfCallsAndWhatTheCacheAnsweredAreCountedByDay) {
    auto generated = full_row();
    auto cached = full_row();
    cached.record_id = new_record_id(WallClock::now());
    cached.cache_hit = true;
    cached.usage.completion_tokens = 40;
    auto failed = small_row();
    failed.call_type = "aembedding";
    failed.status = SpendStatus::failure;
    apply({generated, failed});
    apply({cached});

    const auto rows =
        run("select date, user_id, api_key, call_type, model, calls, failed, from_cache, "
            "cached_tokens, generated_tokens from tollweir_daily_calls order by call_type");
    ASSERT_EQ(rows.size(), 2U);
    const auto text = [&](std::size_t row) {
        std::string out;
        for (std::size_t i = 0; i < 10; ++i) out.append(rows.text(row, i)).append(" ");
        return out;
    };
    EXPECT_EQ(text(0), "2026-11-20 u-lena hash-a acompletion gpt-4o-mini 2 0 1 40 100 ");
    EXPECT_EQ(text(1), "2026-11-20  hash-a aembedding  1 1 0 0 0 ");
}

}  // namespace
}  // namespace tollweir
