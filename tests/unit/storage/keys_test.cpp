#include "tollweir/storage/keys.hpp"

#include <gtest/gtest.h>

#include <set>

#include "storage/store_connection.hpp"
#include "tollweir/core/hash.hpp"
#include "tollweir/core/time_text.hpp"
#include "tollweir/storage/key_companions.hpp"
#include "tollweir/storage/key_list.hpp"
#include "tollweir/storage/key_lookup.hpp"
#include "tollweir/storage/key_owners.hpp"
#include "unit/storage/test_store.hpp"

namespace tollweir {
namespace {

using namespace std::chrono_literals;

/// Whole milliseconds, as both stores keep them.
const WallTime kNow = *parse_rfc3339("2026-11-26T12:00:00.120Z");

KeyRow sample(std::string_view name) {
    KeyRow key;
    key.token = sha256_hex(name);
    key.key_name = "sk-...abcd";
    key.created_at = key.updated_at = kNow;
    key.created_by = key.updated_by = "default_user_id";
    return key;
}

/// Every column with a value that is not its default's.
KeyRow full_sample() {
    auto key = sample("full");
    key.key_alias = "ci-runner's \"key\"";
    key.soft_budget_cooldown = true;
    key.spend = PicodollarSum{1'234'567'890'123};
    key.expires = kNow + 24h;
    key.models = {"gpt-4o", "claude, the \"big\" {one}", "\\"};
    key.aliases = R"({"a": "b"})";
    key.config = R"({"c": 1})";
    key.router_settings = R"({"num_retries": 2})";
    key.user_id = "u-lena";
    key.team_id = "team-search";
    key.agent_id = "agent";
    key.project_id = "project";
    key.organization_id = "org";
    key.budget_id = "free";
    key.object_permission_id = "op";
    key.permissions = R"({"get_spend_routes": true})";
    key.metadata = R"({"tags": ["a"]})";
    key.blocked = false;
    key.max_budget = parse_dollars("25.5");
    key.budget_duration = "30d";
    key.budget_reset_at = kNow + 48h;
    key.max_parallel_requests = 7;
    key.tpm_limit = std::int64_t{1} << 40;
    key.rpm_limit = 60;
    key.allowed_cache_controls = {"no-cache"};
    key.allowed_routes = {"llm_api_routes"};
    key.policies = {"p"};
    key.access_group_ids = {"g-1"};
    key.model_spend = R"({"gpt-4o": 1})";
    key.model_max_budget = R"({"gpt-4o": {"budget_limit": 5}})";
    key.budget_limits = R"([{"max_budget": 1}])";
    key.last_active = kNow;
    key.rotation_count = 3;
    key.auto_rotate = true;
    key.rotation_interval = "7d";
    key.last_rotation_at = kNow - 1h;
    key.key_rotation_at = kNow + 1h;
    return key;
}

class KeyRows : public MigratedStores {
protected:
    void run(const char* statement, std::initializer_list<SqlValue> values = {}) {
        const auto done = sql().run(statement, values);
        ASSERT_TRUE(done) << done.error().message;
    }
    void insert(const KeyRow& key) {
        const auto done = insert_key(sql(), key);
        ASSERT_TRUE(done) << done.error().message;
    }
    std::optional<KeyRow> find(std::string_view token) {
        auto found = find_key_row(sql(), token);
        EXPECT_TRUE(found) << found.error().message;
        return found ? *found : std::nullopt;
    }
    std::unique_ptr<KeyRecord> look_up(std::string_view name) {
        auto found = look_up_all({sha256(name)});
        return std::move(found.at(0).record);
    }
    std::vector<LookedUpKey> look_up_all(const std::vector<Sha256Digest>& digests,
                                         WallTime now = kNow) {
        auto found = find_keys(sql(), digests, now);
        EXPECT_TRUE(found) << found.error().message;
        return found ? std::move(*found) : std::vector<LookedUpKey>(digests.size());
    }
};

TEST_P(KeyRows, KeepsEveryColumn) {
    const auto key = full_sample();
    insert(key);
    const auto found = find(key.token);
    ASSERT_TRUE(found);
    for (const auto& column : key_columns())
        EXPECT_TRUE(is_same(*found, key, column)) << column.name;
}

TEST_P(KeyRows, KeepsAnEmptyRow) {
    const auto key = sample("empty");
    insert(key);
    EXPECT_EQ(find(key.token), key);
    EXPECT_FALSE(find(sha256_hex("another")));
}

TEST_P(KeyRows, RefusesAKeyTwice) {
    insert(sample("a"));
    const auto again = insert_key(sql(), sample("a"));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, ErrorKind::conflict);
}

TEST_P(KeyRows, ChangesOnlyWhatDiffers) {
    const auto before = sample("a");
    insert(before);
    // Somebody else's change of another column meanwhile.
    run(R"(update "LiteLLM_VerificationToken" set user_id = 'u-other')");
    auto after = before;
    after.models = {"gpt-4o"};
    after.max_budget = 5 * kPicodollarsPerDollar;
    ASSERT_TRUE(update_key(sql(), before, after));
    const auto found = find(before.token);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->models, after.models);
    EXPECT_EQ(found->max_budget, after.max_budget);
    EXPECT_EQ(found->user_id, "u-other");
}

TEST_P(KeyRows, ReadsTheFloatWhereThereIsNoExactSum) {
    insert(sample("a"));
    run(R"(update "LiteLLM_VerificationToken" set spend = 1.25, tollweir_spend = null)");
    EXPECT_EQ(find(sha256_hex("a"))->spend, *parse_dollars("1.25"));
}

TEST_P(KeyRows, ArchivesWhatIsDeleted) {
    auto key = full_sample();
    insert(key);
    insert(sample("stays"));
    ASSERT_TRUE(deprecate_token(sql(), sha256_hex("old"), key.token, kNow + 1h, kNow));
    const std::vector tokens{key.token};
    ASSERT_TRUE(archive_keys(sql(), tokens, {"u-admin", "hash", "lena", kNow}));
    EXPECT_FALSE(find(key.token));
    EXPECT_TRUE(find(sha256_hex("stays")));
    KeyFilter filter;
    filter.deleted = true;
    const auto listed = list_keys(sql(), filter, KeySort::created_at, true, {});
    ASSERT_TRUE(listed) << listed.error().message;
    ASSERT_EQ(listed->keys.size(), 1U);
    EXPECT_EQ(listed->keys[0].key_alias, key.key_alias);
    EXPECT_EQ(listed->keys[0], key);
    const auto rows = sql().run(
        R"(select deleted_by, deleted_by_api_key, litellm_changed_by
           from "LiteLLM_DeletedVerificationToken")");
    EXPECT_EQ(rows->text(0, 0), "u-admin");
    EXPECT_EQ(rows->text(0, 2), "lena");
    EXPECT_EQ(look_up_all({sha256("old")})[0].record, nullptr) << "the grace of a deleted key";
}

TEST_P(KeyRows, FindsWhoHasAnAlias) {
    auto key = sample("a");
    key.key_alias = "ci";
    insert(key);
    std::string holder;
    const auto ask = [&](std::string_view alias, std::string_view token) {
        holder.clear();
        return sql().transaction([&](Sql& inner) -> Result<void> {
            auto found = holder_of_alias(inner, alias, token);
            if (!found) return std::unexpected(found.error());
            holder = *found;
            return {};
        });
    };
    ASSERT_TRUE(ask("ci", "another"));
    EXPECT_EQ(holder, key.token);
    ASSERT_TRUE(ask("ci", key.token));
    EXPECT_EQ(holder, "");
    ASSERT_TRUE(ask("c'; drop table x; --", "another"));
    EXPECT_EQ(holder, "");
}

TEST_P(KeyRows, ListsByPages) {
    for (int i = 0; i < 25; ++i) {
        auto key = sample("key " + std::to_string(i));
        key.created_at = kNow + std::chrono::seconds(i / 5);  // five at once
        key.user_id = i % 2 == 0 ? "u-even" : "u-odd";
        insert(key);
    }
    auto hidden = sample("hidden");
    hidden.team_id = "litellm-dashboard";
    insert(hidden);
    std::set<std::string> seen;
    std::optional<WallTime> last;
    for (std::size_t page = 1; page <= 4; ++page) {
        const auto listed = list_keys(sql(), {}, KeySort::created_at, true, {page, 10});
        ASSERT_TRUE(listed) << listed.error().message;
        EXPECT_EQ(listed->total, 25U);
        EXPECT_EQ(listed->keys.size(), page == 3 ? 5U : page == 4 ? 0U : 10U);
        for (const auto& key : listed->keys) {
            EXPECT_TRUE(seen.insert(key.token).second) << "twice";
            if (last) EXPECT_LE(*key.created_at, *last);
            last = key.created_at;
        }
    }
    EXPECT_EQ(seen.size(), 25U);
    KeyFilter even;
    even.user_id = "u-even";
    EXPECT_EQ(list_keys(sql(), even, KeySort::token, false, {1, 100})->total, 13U);
}

TEST_P(KeyRows, FindsTheNewestKeysOfTeams) {
    for (int number = 0; number < 3; ++number)
        for (const char* team : {"a", "b", "litellm-dashboard"}) {
            auto key = sample(team + std::to_string(number));
            key.team_id = team;
            key.key_alias = team + std::to_string(number);
            key.created_at = kNow + std::chrono::seconds(number);
            insert(key);
        }
    const std::vector<std::string> teams{"b", "a", "litellm-dashboard", "none"};
    const auto keys = newest_keys_of_teams(sql(), teams, 2);
    ASSERT_TRUE(keys) << keys.error().message;
    std::vector<std::string> aliases;
    for (const auto& key : *keys) aliases.push_back(key.key_alias);
    EXPECT_EQ(aliases, (std::vector<std::string>{"a2", "a1", "b2", "b1"}));
}

TEST_P(KeyRows, FiltersAndSorts) {
    auto a = sample("a");
    a.key_alias = "Alpha_1";
    a.team_id = "t-1";
    a.spend = 3;
    a.access_group_ids = {"g-1", "g-2"};
    a.created_by = "u-maker";
    auto b = sample("b");
    b.key_alias = "beta";
    b.organization_id = "org";
    b.spend = 1;
    auto c = sample("c");
    c.user_id = "u-lena";
    c.spend = 2;
    for (const auto& key : {a, b, c}) insert(key);
    const auto tokens = [&](const KeyFilter& filter, KeySort sort = KeySort::spend,
                            bool descending = false) {
        std::vector<std::string> found;
        const auto listed = list_keys(sql(), filter, sort, descending, {1, 100});
        EXPECT_TRUE(listed) << listed.error().message;
        if (listed)
            for (const auto& key : listed->keys) found.push_back(key.token);
        return found;
    };
    using Tokens = std::vector<std::string>;
    EXPECT_EQ(tokens({}), (Tokens{b.token, c.token, a.token}));
    EXPECT_EQ(tokens({}, KeySort::spend, true), (Tokens{a.token, c.token, b.token}));
    EXPECT_EQ(tokens({}, KeySort::key_alias).back(), c.token) << "no alias comes last";
    EXPECT_EQ(tokens({}, KeySort::key_alias, true).back(), c.token) << "either way";
    KeyFilter filter;
    filter.access_group_id = "g-2";
    EXPECT_EQ(tokens(filter), Tokens{a.token});
    filter = {};
    filter.organization_id = "org";
    EXPECT_EQ(tokens(filter), Tokens{b.token});
    filter = {};
    filter.token = c.token;
    EXPECT_EQ(tokens(filter), Tokens{c.token});
    filter = {};
    filter.key_alias = "beta";
    EXPECT_EQ(tokens(filter), Tokens{b.token});
    filter = {};
    filter.alias_part = "ALPHA_";
    EXPECT_EQ(tokens(filter), Tokens{a.token});
    filter.alias_part = "a%";
    EXPECT_EQ(tokens(filter), Tokens{}) << "it stands for itself";
    filter = {};
    filter.visible = VisibleKeys{"u-lena", {}, false};
    EXPECT_EQ(tokens(filter), Tokens{c.token});
    filter.visible = VisibleKeys{"u-lena", {"t-1"}, false};
    EXPECT_EQ(tokens(filter), (Tokens{c.token, a.token}));
    filter.visible = VisibleKeys{"u-maker", {}, true};
    EXPECT_EQ(tokens(filter), Tokens{a.token});
    filter.visible = VisibleKeys{};
    EXPECT_EQ(tokens(filter), Tokens{});
    const auto aliases = list_key_aliases(sql(), {}, {1, 1});
    ASSERT_TRUE(aliases) << aliases.error().message;
    EXPECT_EQ(aliases->total, 2U);
    EXPECT_EQ(aliases->aliases.size(), 1U);
}

TEST_P(KeyRows, SumsWhatIsPromisedToOthers) {
    for (int i = 0; i < 3; ++i) {
        auto key = sample("promised " + std::to_string(i));
        key.team_id = "t-1";
        key.tpm_limit = 100;
        key.rpm_limit = 10;
        key.metadata = i < 2 ? R"({"tpm_limit_type": "guaranteed_throughput"})" : "{}";
        insert(key);
    }
    const auto sum = allocated_limits(sql(), KeyOwner::team, "t-1", sha256_hex("promised 0"));
    ASSERT_TRUE(sum) << sum.error().message;
    EXPECT_EQ(sum->tpm, 100);
    EXPECT_EQ(sum->rpm, 0);
}

TEST_P(KeyRows, AReplacedKeyStandsForItsSuccessorInGrace) {
    auto key = sample("new");
    key.user_id = "u-lena";
    insert(key);
    ASSERT_TRUE(deprecate_token(sql(), sha256_hex("old"), key.token, kNow + 1h, kNow));
    auto found = look_up_all({sha256("old"), sha256("nobody"), sha256("new")});
    ASSERT_TRUE(found[0].record);
    EXPECT_EQ(found[0].record->hash, key.token);
    EXPECT_EQ(found[0].ends, kNow + 1h);
    EXPECT_EQ(found[1].record, nullptr);
    ASSERT_TRUE(found[2].record);
    EXPECT_EQ(found[2].ends, std::nullopt);
    EXPECT_TRUE(*is_token_taken(sql(), sha256_hex("old"), kNow));
    EXPECT_EQ(look_up_all({sha256("old")}, kNow + 1h)[0].record, nullptr) << "it is over";
    EXPECT_FALSE(*is_token_taken(sql(), sha256_hex("old"), kNow + 1h));
    // Replaced once more: both of old stand for the newest.
    auto newest = key;
    newest.token = sha256_hex("newest");
    ASSERT_TRUE(update_key(sql(), key, newest));
    ASSERT_TRUE(deprecate_token(sql(), key.token, newest.token, kNow + 2h, kNow));
    found = look_up_all({sha256("old"), sha256("new")});
    ASSERT_TRUE(found[0].record && found[1].record);
    EXPECT_EQ(found[0].record->hash, newest.token);
    EXPECT_EQ(found[1].record->hash, newest.token);
    // And at once: what is in grace still is, what is replaced now is not.
    auto last = newest;
    last.token = sha256_hex("last");
    ASSERT_TRUE(update_key(sql(), newest, last));
    ASSERT_TRUE(deprecate_token(sql(), newest.token, last.token, std::nullopt, kNow));
    EXPECT_EQ(look_up_all({sha256("newest")})[0].record, nullptr);
    EXPECT_EQ(look_up_all({sha256("new")})[0].record->hash, last.token);
}

TEST_P(KeyRows, LooksUpAKeyWithoutOwners) {
    auto key = full_sample();
    key.blocked = true;
    insert(key);
    const auto found = look_up("full");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->digest, sha256("full"));
    EXPECT_EQ(found->alias, key.key_alias);
    EXPECT_EQ(found->models.names(), key.models);
    EXPECT_TRUE(found->blocked);
    EXPECT_TRUE(found->skips_model_check);
    EXPECT_TRUE(found->may_read_global_spend);
    EXPECT_EQ(found->expires, key.expires);
    EXPECT_EQ(found->limits.max_budget, key.max_budget);
    EXPECT_EQ(found->limits.spend, key.spend);
    EXPECT_EQ(found->limits.rpm_limit, 60);
    EXPECT_EQ(found->metadata.tags, std::vector<std::string>{"a"});
    ASSERT_EQ(found->model_limits.size(), 1U);
    EXPECT_EQ(found->model_limits[0].max_budget, 5 * kPicodollarsPerDollar);
    EXPECT_EQ(found->team, nullptr);
    EXPECT_EQ(found->user, nullptr);
    EXPECT_EQ(found->organization, nullptr);
}

TEST_P(KeyRows, LooksUpTheRowsThatAKeyBelongsTo) {
    run(R"(insert into "LiteLLM_BudgetTable" (budget_id, max_budget, budget_duration, rpm_limit)
           values ('b-key', 10, '1d', 5))");
    run(R"(insert into "LiteLLM_BudgetTable" (budget_id, max_budget, budget_duration)
           values ('b-members', 3, '7d'), ('b-org', 1000, '30d'), ('b-org-lena', 4, '1d'))");
    const std::vector<std::string> allowed{"gpt-4o"};
    run(R"(insert into "LiteLLM_BudgetTable" (budget_id, max_budget, allowed_models)
           values ('b-lena', 2, $1))",
        {SqlValue::List{allowed}});
    run(R"(insert into "LiteLLM_UserTable" (user_id, user_role, models, max_budget)
           values ('u-lena', 'proxy_admin', $1, 7))",
        {SqlValue::List{allowed}});
    run(R"(insert into "LiteLLM_ModelTable" (id, aliases) values (1, '{"fast": "gpt-4o"}'))");
    run(R"(insert into "LiteLLM_TeamTable" (team_id, team_alias, organization_id, metadata, tpm_limit,
           members_with_roles, model_id) values ('t-1', 'Search', 'org',
           '{"team_member_budget_id": "b-members"}', 99,
           '[{"role": "admin", "user_id": "u-lena"}, {"role": "user", "user_id": "u-max"}]', 1))");
    run(R"(insert into "LiteLLM_TeamMembership" (user_id, team_id, budget_id, spend)
           values ('u-lena', 't-1', 'b-lena', 0.5))");
    run(R"(insert into "LiteLLM_OrganizationTable" (organization_id, organization_alias, budget_id)
           values ('org', 'Org', 'b-org'))");
    run(R"(insert into "LiteLLM_OrganizationMembership" (user_id, organization_id, user_role,
           budget_id, spend) values ('u-lena', 'org', 'org_admin', 'b-org-lena', 0.25),
           ('u-lena', 'another', 'internal_user', 'b-members', 1))");
    run(R"(insert into "LiteLLM_ProjectTable" (project_id, team_id, blocked, model_rpm_limit)
           values ('p-1', 't-1', $1, '{"gpt-4o": 3}'))",
        {true});
    run(R"(insert into "LiteLLM_AccessGroupTable" (access_group_id, access_group_name,
           access_model_names) values ('g-1', 'group', $1))",
        {SqlValue::List{allowed}});
    auto key = sample("lena");
    key.user_id = "u-lena";
    key.team_id = "t-1";
    key.project_id = "p-1";
    key.budget_id = "b-key";
    key.rpm_limit = 50;  // its own wins
    key.access_group_ids = {"g-1", "g-none"};
    insert(key);
    auto other = sample("max");
    other.user_id = "u-max";
    other.team_id = "t-1";
    insert(other);

    auto found = look_up_all({sha256("max"), sha256("lena")});
    const auto& lena = *found.at(1).record;
    EXPECT_EQ(lena.limits.max_budget, 10 * kPicodollarsPerDollar);
    EXPECT_EQ(lena.limits.budget_duration, "1d");
    EXPECT_EQ(lena.limits.rpm_limit, 50);
    EXPECT_EQ(lena.access_group_models, allowed);
    ASSERT_TRUE(lena.user);
    EXPECT_EQ(lena.role(), UserRole::proxy_admin);
    EXPECT_EQ(lena.user->limits.max_budget, 7 * kPicodollarsPerDollar);
    ASSERT_TRUE(lena.team);
    EXPECT_EQ(lena.team->alias, "Search");
    EXPECT_EQ(lena.team->limits.tpm_limit, 99);
    EXPECT_EQ(*find_name(lena.team->model_aliases, "fast"), "gpt-4o");
    ASSERT_TRUE(lena.member);
    EXPECT_TRUE(lena.member->is_admin);
    EXPECT_EQ(lena.member->limits.max_budget, 2 * kPicodollarsPerDollar);
    EXPECT_EQ(lena.member->limits.budget_duration, "7d") << "of the team's members";
    EXPECT_EQ(lena.member->limits.spend, kPicodollarsPerDollar / 2);
    EXPECT_EQ(lena.member->models.names(), allowed);
    ASSERT_TRUE(lena.organization);
    EXPECT_EQ(lena.organization->id, "org");
    EXPECT_TRUE(lena.organization->caller_is_admin);
    EXPECT_EQ(lena.organization->limits.max_budget, 1000 * kPicodollarsPerDollar);
    ASSERT_TRUE(lena.organization_member);
    EXPECT_EQ(lena.organization_member->budget_id, "b-org-lena");
    EXPECT_EQ(lena.organization_member->limits.max_budget, 4 * kPicodollarsPerDollar);
    EXPECT_EQ(lena.organization_member->limits.budget_duration, "1d");
    EXPECT_EQ(lena.organization_member->limits.spend, kPicodollarsPerDollar / 4);
    ASSERT_TRUE(lena.project);
    EXPECT_TRUE(lena.project->blocked);
    EXPECT_EQ(lena.project->model_limits.at(0).rpm_limit, 3);

    const auto& max = *found.at(0).record;
    ASSERT_TRUE(max.member);
    EXPECT_FALSE(max.member->is_admin);
    EXPECT_EQ(max.member->budget_id, "b-members");
    EXPECT_EQ(max.member->limits.max_budget, 3 * kPicodollarsPerDollar);
    EXPECT_FALSE(max.organization->caller_is_admin);
    EXPECT_EQ(max.organization_member, nullptr);
    EXPECT_EQ(max.role(), UserRole::internal_user);
    EXPECT_EQ(max.project, nullptr);
}

TEST_P(KeyRows, BeginsABudgetWithTheExactSumWhereThereIsOne) {
    // The float nearest to it is another number of picodollars.
    constexpr PicodollarSum kSpent = 9'007'199'254'740'993'001;
    run(R"(insert into "LiteLLM_UserTable" (user_id, tollweir_spend, spend)
           values ('own', $1, 9007199.254740993))",
        {SqlValue::Sum{kSpent}});
    run(R"(insert into "LiteLLM_TeamTable" (team_id, tollweir_spend, spend)
           values ('own', $1, 9007199.254740993))",
        {SqlValue::Sum{kSpent}});
    run(R"(insert into "LiteLLM_TeamMembership" (user_id, team_id, tollweir_spend, spend)
           values ('own', 'own', $1, 9007199.254740993))",
        {SqlValue::Sum{kSpent}});
    run(R"(insert into "LiteLLM_BudgetTable" (budget_id, max_budget) values ('b', 10))");
    run(R"(insert into "LiteLLM_OrganizationTable" (organization_id, organization_alias, budget_id,
           tollweir_spend, spend) values ('own', 'Own', 'b', $1, 9007199.254740993))",
        {SqlValue::Sum{kSpent}});
    run(R"(insert into "LiteLLM_ProjectTable" (project_id, tollweir_spend, spend)
           values ('own', $1, 9007199.254740993))",
        {SqlValue::Sum{kSpent}});
    auto key = sample("own");
    key.user_id = key.team_id = key.organization_id = key.project_id = "own";
    insert(key);
    const auto found = look_up("own");
    ASSERT_TRUE(found && found->user && found->team && found->member && found->organization &&
                found->project);
    EXPECT_EQ(found->user->limits.spend, kSpent);
    EXPECT_EQ(found->team->limits.spend, kSpent);
    EXPECT_EQ(found->member->limits.spend, kSpent);
    EXPECT_EQ(found->organization->limits.spend, kSpent);
    EXPECT_EQ(found->project->limits.spend, kSpent);

    // Of rows that LiteLLM wrote there is the float only.
    for (const char* statement :
         {R"(update "LiteLLM_UserTable" set tollweir_spend = null, spend = 0.25)",
          R"(update "LiteLLM_TeamTable" set tollweir_spend = null, spend = 0.25)",
          R"(update "LiteLLM_TeamMembership" set tollweir_spend = null, spend = 0.25)",
          R"(update "LiteLLM_OrganizationTable" set tollweir_spend = null, spend = 0.25)",
          R"(update "LiteLLM_ProjectTable" set tollweir_spend = null, spend = 0.25)"})
        run(statement);
    const auto taken_over = look_up("own");
    for (const auto spent :
         {taken_over->user->limits.spend, taken_over->team->limits.spend,
          taken_over->member->limits.spend, taken_over->organization->limits.spend,
          taken_over->project->limits.spend})
        EXPECT_EQ(spent, kPicodollarsPerDollar / 4);
}

TEST_P(KeyRows, FindsTheTeamsOfAUser) {
    const std::vector<std::string> teams{"t-1"};
    run(R"(insert into "LiteLLM_UserTable" (user_id, teams) values ('u-lena', $1))",
        {SqlValue::List{teams}});
    run(R"(insert into "LiteLLM_TeamTable" (team_id) values ('t-1'), ('t-2'), ('t-3'))");
    run(R"(insert into "LiteLLM_TeamMembership" (user_id, team_id) values ('u-lena', 't-2'))");
    const auto found = find_teams_of_user(sql(), "u-lena");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->size(), 2U);
    EXPECT_TRUE(found->contains("t-1") && found->contains("t-2"));
}

TEST_P(KeyRows, KeepsObjectPermissions) {
    const auto id = save_object_permission(
        sql(), "", R"({"mcp_servers": ["s"], "mcp_tool_permissions": {"s": ["t"]}})");
    ASSERT_TRUE(id) << id.error().message;
    auto shown = show_object_permission(sql(), *id);
    ASSERT_TRUE(shown) << shown.error().message;
    EXPECT_TRUE(shown->contains(R"("mcp_servers":["s"])")) << *shown;
    ASSERT_TRUE(save_object_permission(sql(), *id, R"({"agents": ["a"]})"));
    shown = show_object_permission(sql(), *id);
    EXPECT_TRUE(shown->contains(R"("mcp_servers":[])")) << *shown;
    EXPECT_TRUE(shown->contains(R"("agents":["a"])")) << *shown;
}

TOLLWEIR_BOTH_STORES(KeyRows);

}  // namespace
}  // namespace tollweir
