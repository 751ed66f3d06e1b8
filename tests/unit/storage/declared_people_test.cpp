#include "tollweir/storage/declared_people.hpp"

#include <gtest/gtest.h>

#include "tollweir/core/time_text.hpp"
#include "tollweir/storage/key_owners.hpp"
#include "unit/storage/test_store.hpp"

namespace tollweir {
namespace {

const WallTime kNow = *parse_rfc3339("2026-11-26T12:00:00Z");
constexpr Picodollars kDollar = kPicodollarsPerDollar;

People sample() {
    People people;
    auto& user = people.users.emplace_back();
    user.id = "lena";
    user.email = "lena@example.org";
    user.models = {"m", "other"};
    user.max_budget = 80 * kDollar;
    user.budget_duration = parse_budget_duration("1mo");
    user.metadata_json = R"({"desk":7})";
    auto& team = people.teams.emplace_back();
    team.id = "search";
    team.alias = "Search";
    team.members = {"lena", "max"};
    team.max_budget = 700 * kDollar;
    team.rpm_limit = 60;
    return people;
}

class DeclaredPeople : public MigratedStores {
protected:
    void run(const char* statement) {
        const auto done = sql().run(statement);
        ASSERT_TRUE(done) << done.error().message;
    }
    SqlRows select(const char* query) {
        auto rows = sql().run(query);
        EXPECT_TRUE(rows) << rows.error().message;
        return rows ? std::move(*rows) : SqlRows();
    }
    /// How many users and teams became others.
    std::pair<std::size_t, std::size_t> declare(const People& people) {
        DeclaredRows changed;
        const auto done = sql().transaction([&](Sql& inside) -> Result<void> {
            const auto declared = declare_people(inside, people, TimeZone(), kNow);
            if (!declared) return std::unexpected(declared.error());
            changed = *declared;
            return {};
        });
        EXPECT_TRUE(done) << done.error().message;
        return {changed.users, changed.teams};
    }
};

TEST_P(DeclaredPeople, BecomeRowsAsTheManagementApiMakesThem) {
    EXPECT_EQ(declare(sample()), std::pair(2UZ, 1UZ));

    const auto user = select(
        R"(select user_email, user_role, models, max_budget, budget_duration, budget_reset_at, teams,
           spend from "LiteLLM_UserTable" where user_id = 'lena')");
    ASSERT_EQ(user.size(), 1U);
    EXPECT_EQ(user.text(0, 0), "lena@example.org");
    EXPECT_EQ(user.text(0, 1), "internal_user");
    EXPECT_EQ(user.list(0, 2), (std::vector<std::string>{"m", "other"}));
    EXPECT_EQ(user.real(0, 3), 80.0);
    EXPECT_EQ(user.text(0, 4), "1mo");
    EXPECT_EQ(user.time(0, 5), parse_rfc3339("2026-12-01T00:00:00Z"));
    EXPECT_EQ(user.list(0, 6), std::vector<std::string>{"search"});
    EXPECT_EQ(user.real(0, 7), 0.0);

    const auto teams = find_teams(sql(), {"search"});
    ASSERT_TRUE(teams && teams->contains("search"));
    const auto& team = teams->at("search");
    EXPECT_EQ(team.record->alias, "Search");
    EXPECT_EQ(team.record->limits.max_budget, 700 * kDollar);
    EXPECT_EQ(team.record->limits.rpm_limit, 60);
    EXPECT_EQ(team.members, (std::map<std::string, bool>{{"lena", false}, {"max", false}}));
    // A member whom the file does not declare has a row of its own.
    const auto member = select(R"(select teams from "LiteLLM_UserTable" where user_id = 'max')");
    ASSERT_EQ(member.size(), 1U);
    EXPECT_EQ(member.list(0, 0), std::vector<std::string>{"search"});
}

TEST_P(DeclaredPeople, ChangeNothingASecondTime) {
    declare(sample());
    EXPECT_EQ(declare(sample()), std::pair(0UZ, 0UZ));
}

TEST_P(DeclaredPeople, LeaveWhatTheFileDoesNotSay) {
    run(R"(insert into "LiteLLM_UserTable" (user_id, user_role, spend, max_budget, tpm_limit, teams,
           metadata, updated_at) values ('lena', 'proxy_admin', 3, 5, 9, '{}', '{"floor": 2}',
           '2026-11-26 12:00:00'))");
    if (!is_postgres()) run(R"(update "LiteLLM_UserTable" set teams = '["sales"]')");
    if (is_postgres()) run(R"(update "LiteLLM_UserTable" set teams = '{sales}')");
    run(R"(insert into "LiteLLM_TeamTable" (team_id, members_with_roles, max_budget, updated_at)
           values ('search', '[{"role": "admin", "user_id": "ada"}]', 1, '2026-11-26 12:00:00'))");
    declare(sample());

    const auto user = select(
        R"(select user_role, spend, max_budget, tpm_limit, teams, metadata from "LiteLLM_UserTable"
           where user_id = 'lena')");
    EXPECT_EQ(user.text(0, 0), "proxy_admin");
    EXPECT_EQ(user.real(0, 1), 3.0);
    EXPECT_EQ(user.real(0, 2), 80.0);
    EXPECT_EQ(user.integer(0, 3), 9);
    EXPECT_EQ(user.list(0, 4), (std::vector<std::string>{"sales", "search"}));
    EXPECT_TRUE(user.text(0, 5).contains("floor")) << user.text(0, 5);
    EXPECT_TRUE(user.text(0, 5).contains("desk")) << user.text(0, 5);
    const auto teams = find_teams(sql(), {"search"});
    ASSERT_TRUE(teams && teams->contains("search"));
    EXPECT_EQ(teams->at("search").members,
              (std::map<std::string, bool>{{"ada", true}, {"lena", false}, {"max", false}}));
}

TEST_P(DeclaredPeople, KeepTheRunningPeriodUnlessItsLengthChanges) {
    declare(sample());
    run(R"(update "LiteLLM_UserTable" set budget_reset_at = '2026-11-27 00:00:00')");
    const auto reset_at = [&] {
        return select(R"(select budget_reset_at from "LiteLLM_UserTable" where user_id = 'lena')")
            .time(0, 0);
    };
    auto people = sample();
    people.users[0].max_budget = 90 * kDollar;
    declare(people);
    EXPECT_EQ(reset_at(), parse_rfc3339("2026-11-27T00:00:00Z"));
    people.users[0].budget_duration = parse_budget_duration("7d");
    declare(people);
    EXPECT_EQ(reset_at(), parse_rfc3339("2026-11-30T00:00:00Z"));
}

TEST_P(DeclaredPeople, MayOpenAllModelsAgain) {
    auto people = sample();
    declare(people);
    people.users[0].models = {"*"};
    EXPECT_EQ(declare(people), std::pair(1UZ, 0UZ));
    people.users[0].models.clear();
    EXPECT_EQ(declare(people), std::pair(0UZ, 0UZ));
}

TOLLWEIR_BOTH_STORES(DeclaredPeople);

}  // namespace
}  // namespace tollweir
