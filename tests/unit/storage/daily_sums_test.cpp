#include "storage/daily_sums.hpp"

#include <gtest/gtest.h>

#include "storage/migrations.hpp"
#include "tollweir/core/time_text.hpp"
#include "tollweir/storage/spend_books.hpp"
#include "unit/storage/test_store.hpp"

namespace tollweir {
namespace {

constexpr Picodollars kCost = 13'500'000;

class DailySumsTest : public MigratedStores {
protected:
    static SpendRow row_of(std::string_view key, std::string_view model, std::string_view day) {
        SpendRow row;
        row.record_id = new_record_id(WallClock::now());
        row.call_type = "acompletion";
        row.key_hash = key;
        row.user_id = key == "k1" ? "lena" : "";
        row.team_id = key == "k1" ? "search" : "";
        row.end_user = "cust-1";
        row.tags = {"batch", key};
        row.model = model;
        row.provider = model == "o3" ? "azure" : "openai";
        row.cost = kCost;
        row.usage.prompt_tokens = 800;
        row.usage.completion_tokens = 100;
        row.start = row.end = *parse_rfc3339(std::string(day) + "T10:00:00Z");
        return row;
    }

    void apply(const std::vector<SpendRow>& rows) {
        SpendBatch batch;
        batch.files.push_back({"p1/worker-0.000001", "p1", position_, position_ + 100});
        for (const auto& row : rows) batch.entries.push_back({row, 0});
        const auto applied = apply_spend(*sql_, batch, {});
        ASSERT_TRUE(applied) << applied.error().message << ": " << sql_->last_failure();
        position_ += 100;
    }

    void run(const std::string& script) {
        const auto done = sql_->run_script(script);
        ASSERT_TRUE(done) << done.error().message << ": " << sql_->last_failure();
    }

    std::string table(const std::string& text) {
        const auto rows = sql_->run(Statement(text));
        EXPECT_TRUE(rows) << rows.error().message << ": " << sql_->last_failure();
        std::string out;
        for (std::size_t row = 0; rows && row < rows->size(); ++row)
            out.append(rows->text(row, 0)).append("\n");
        return out;
    }
    /// All of ours, and the same added up from LiteLLM's sums.
    std::string ours() {
        return table(
            "select date || '/' || model || '/' || provider || '=' || spend || '/' || "
            "prompt_tokens "
            "|| '/' || completion_tokens || '/' || api_requests as line from tollweir_daily_models "
            "union all select date || '/' || api_key || '/' || user_id || '=' || spend || '/' || "
            "api_requests from tollweir_daily_keys union all select kind || '/' || date || '/' || "
            "owner || '=' || spend || '/' || api_requests from tollweir_daily_owners order by 1");
    }
    std::string theirs() {
        std::string text =
            "select date || '/' || coalesce(model, '') || '/' || coalesce(custom_llm_provider, '') "
            "|| '=' || sum({}) || '/' || sum(prompt_tokens) || '/' || sum(completion_tokens) || "
            "'/' "
            "|| sum(api_requests) as line from \"LiteLLM_DailyUserSpend\" group by date, "
            "coalesce(model, ''), coalesce(custom_llm_provider, '') union all select date || '/' "
            "|| "
            "api_key || '/' || coalesce(user_id, '') || '=' || sum({}) || '/' || sum(api_requests) "
            "from \"LiteLLM_DailyUserSpend\" group by date, api_key, coalesce(user_id, '')";
        for (const auto& [name, column, kind] :
             {std::tuple("Team", "team_id", "team"), std::tuple("Tag", "tag", "tag"),
              std::tuple("EndUser", "end_user_id", "end_user")})
            text += std::string(" union all select '") + kind + "/' || date || '/' || coalesce(" +
                    column +
                    ", '') || '=' || sum({}) || '/' || sum(api_requests) from \"LiteLLM_Daily" +
                    name + "Spend\" group by date, coalesce(" + column + ", '')";
        const std::string exact =
            is_postgres() ? "coalesce(tollweir_spend, tollweir_picodollars(spend))"
                          : "coalesce(tollweir_spend, cast(round(spend * 1e12) as integer))";
        for (auto at = text.find("{}"); at != text.npos; at = text.find("{}", at))
            text.replace(at, 2, exact);
        return table(text + " order by 1");
    }
    std::string since() { return table("select since from tollweir_daily_sums"); }

    std::uint64_t position_ = 0;
    const std::atomic<bool> goes_on_{false};
};
TOLLWEIR_BOTH_STORES(DailySumsTest);
class DailySumsOfPostgres : public DailySumsTest {};
TOLLWEIR_ONLY_POSTGRES(DailySumsOfPostgres);

TEST_P(DailySumsTest, AreTheSumsOfWhatIsWritten) {
    auto failed = row_of("k2", "o3", "2026-11-20");
    failed.status = SpendStatus::failure;
    apply({row_of("k1", "gpt-4o", "2026-11-20"), row_of("k1", "gpt-4o", "2026-11-20"), failed});
    const auto again = row_of("k1", "o3", "2026-11-21");
    apply({again, row_of("k2", "gpt-4o", "2026-11-20")});
    apply({again});  // replayed

    EXPECT_EQ(ours(), theirs());
    EXPECT_NE(ours().find("2026-11-20/gpt-4o/openai=40500000/2400/300/3\n"), std::string::npos);
    EXPECT_NE(ours().find("2026-11-21/o3/azure=13500000/800/100/1\n"), std::string::npos);
    EXPECT_NE(ours().find("2026-11-20/k2/=27000000/2\n"), std::string::npos);
    EXPECT_NE(ours().find("tag/2026-11-20/batch=54000000/4\n"), std::string::npos);
    EXPECT_NE(ours().find("team/2026-11-21/search=13500000/1\n"), std::string::npos);
    EXPECT_TRUE(*have_daily_sums(*sql_, "")) << "a store that began empty has all days";
}

TEST_P(DailySumsTest, StayWhenRowsAreDeleted) {
    apply({row_of("k1", "gpt-4o", "2026-11-20")});
    const auto before = ours();
    run("delete from \"LiteLLM_SpendLogs\"");
    EXPECT_EQ(ours(), before);
}

TEST_P(DailySumsOfPostgres, KnowWhatAnotherProgramWrites) {
    apply({row_of("k1", "gpt-4o", "2026-11-20"), row_of("k2", "o3", "2026-11-20")});
    run("insert into \"LiteLLM_DailyUserSpend\" (id, date, api_key, model, spend, prompt_tokens, "
        "api_requests) values ('x', '2026-11-20', 'k9', 'o3', 0.25, 7, 1);"
        "update \"LiteLLM_DailyUserSpend\" set spend = spend + 0.5, api_requests = 9 where api_key "
        "= "
        "'k1';update \"LiteLLM_DailyTagSpend\" set tag = 'nightly' where tag = 'batch';"
        "delete from \"LiteLLM_DailyEndUserSpend\"");
    // The name that the tag had, without any sum.
    run("delete from tollweir_daily_owners where owner = 'batch' and api_requests = 0");
    EXPECT_EQ(ours(), theirs());
    EXPECT_EQ(ours().find("end_user"), std::string::npos);
}

TEST_P(DailySumsTest, OfDaysBeforeAreFilledInTheLatestFirst) {
    for (const auto* day : {"2026-11-18", "2026-11-19", "2026-11-20"})
        apply({row_of("k1", "gpt-4o", day), row_of("k2", "o3", day)});
    const auto whole = ours();
    // As if they had been there before.
    run("delete from tollweir_daily_models;delete from tollweir_daily_keys;"
        "delete from tollweir_daily_owners;update tollweir_daily_sums set since = '9999-12-31'");
    apply({row_of("k1", "gpt-4o", "2026-11-20")});
    EXPECT_FALSE(*have_daily_sums(*sql_, "2026-11-20"));
    const SpendDays all{.viewer = {.sees_all = true}};
    const auto sum = [&] { return (*sum_spend(*sql_, all, SpendGroup::provider, 9))[0].calls; };
    EXPECT_EQ(sum(), 4) << "from LiteLLM's sums meanwhile";

    const std::atomic<bool> stopping{true};
    EXPECT_EQ(fill_daily_sums(*sql_, stopping), false);
    EXPECT_EQ(since(), "2026-11-20\n") << "a day at a time, which stays done";
    EXPECT_TRUE(*have_daily_sums(*sql_, "2026-11-20"));
    EXPECT_FALSE(*have_daily_sums(*sql_, "2026-11-19"));
    apply({row_of("k2", "o3", "2026-11-19")});

    EXPECT_EQ(fill_daily_sums(*sql_, goes_on_), true);
    EXPECT_TRUE(*have_daily_sums(*sql_, ""));
    EXPECT_EQ(ours(), theirs());
    EXPECT_NE(ours(), whole);
    EXPECT_EQ(sum(), 4);
    EXPECT_EQ(fill_daily_sums(*sql_, goes_on_), true) << "once is enough";
}

TEST_P(DailySumsTest, ADatabaseWithSumsIsFilledInByItsMigration) {
    apply({row_of("k1", "gpt-4o", "2026-11-20")});
    const auto whole = ours();
    run("drop table tollweir_daily_sums;delete from tollweir_daily_models;"
        "delete from tollweir_migration where number = 18");

    EXPECT_FALSE(run_migrations(*sql_, "")->is_complete);
    EXPECT_EQ(since(), "9999-12-31\n");
    const auto report = migrate_store(store_->options());

    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->is_complete);
    EXPECT_EQ(ours(), whole);
}

}  // namespace
}  // namespace tollweir
