#include "gateway/admin/keys/key_fields.hpp"

#include <gtest/gtest.h>

#include "gateway/admin/keys/key_change.hpp"
#include "gateway/admin/keys/key_defaults.hpp"
#include "tollweir/core/hash.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

const ChangeTime kTime{*parse_rfc3339("2026-11-26T10:20:00Z"), {}};

Result<KeyFields> parse(std::string_view body) {
    auto fields = Fields::read(body);
    EXPECT_TRUE(fields) << fields.error().message;
    return parse_key_fields(*fields);
}

KeyRow applied(std::string_view body, KeyRow row = {}) {
    const auto fields = parse(body);
    EXPECT_TRUE(fields) << fields.error().message;
    const auto done = apply_fields(*fields, kTime, row);
    EXPECT_TRUE(done) << done.error().message;
    return row;
}

TEST(KeyFields, SetWhatIsSentAndNothingElse) {
    KeyRow row;
    row.models = {"a"};
    row.max_budget = 5;
    row.tpm_limit = 7;
    row.metadata = R"({"x": 1})";
    const auto same = applied("{}", row);
    EXPECT_EQ(same, row);
    const auto changed = applied(R"({"max_budget": 2.5, "rpm_limit": 60})", row);
    EXPECT_EQ(changed.max_budget, *parse_dollars("2.5"));
    EXPECT_EQ(changed.rpm_limit, 60);
    EXPECT_EQ(changed.tpm_limit, 7);
    EXPECT_EQ(changed.models, row.models);
}

TEST(KeyFields, NullClears) {
    KeyRow row;
    row.max_budget = 5;
    row.budget_duration = "30d";
    row.budget_reset_at = kTime.now;
    row.expires = kTime.now;
    row.models = {"a"};
    row.key_alias = "x";
    row.budget_limits = "[]";
    const auto cleared = applied(
        R"({"max_budget": null, "budget_duration": null, "duration": null, "models": null,
            "key_alias": null, "budget_limits": null})",
        row);
    EXPECT_EQ(cleared, KeyRow());
    EXPECT_EQ(applied(R"({"max_budget": ""})", row).max_budget, std::nullopt);
    EXPECT_EQ(applied(R"({"duration": "-1"})", row).expires, std::nullopt);
}

TEST(KeyFields, LivesAreExactAndBudgetsAreResetAtMidnight) {
    const auto row = applied(R"({"duration": "36h", "budget_duration": "1d"})");
    EXPECT_EQ(rfc3339(*row.expires), "2026-11-27T22:20:00.000000+00:00");
    EXPECT_EQ(rfc3339(*row.budget_reset_at), "2026-11-27T00:00:00.000000+00:00");
    EXPECT_EQ(row.budget_duration, "1d");
}

TEST(KeyFields, WindowsGetTheirResets) {
    const auto row = applied(R"({"budget_limits": [{"max_budget": 5, "budget_duration": "1d"}]})");
    EXPECT_EQ(row.budget_limits, R"([{"max_budget":5.0,"budget_duration":"1d",)"
                                 R"("reset_at":"2026-11-27T00:00:00.000000+00:00"}])");
}

TEST(KeyFields, MetadataIsReplacedAndItsFieldsAreMergedIn) {
    KeyRow row;
    row.metadata = R"({"old": 1, "tags": ["a"]})";
    EXPECT_EQ(applied(R"({"metadata": {"new": 2}})", row).metadata, R"({"new": 2})");
    EXPECT_EQ(applied(R"({"tags": ["b"]})", row).metadata, R"({"old":1,"tags":["b"]})");
    EXPECT_EQ(applied(R"({"tags": null})", row).metadata, R"({"old":1})");
    EXPECT_EQ(applied(R"({"metadata": {"new": 2}, "model_rpm_limit": {"m": 3}})", row).metadata,
              R"({"new":2,"model_rpm_limit":{"m": 3}})");
    EXPECT_EQ(applied(R"({"tpm_limit_type": "guaranteed_throughput"})").metadata,
              R"({"tpm_limit_type":"guaranteed_throughput"})");
}

TEST(KeyFields, ATemporaryIncreaseNeedsItsEnd) {
    const auto row =
        applied(R"({"temp_budget_increase": 5, "temp_budget_expiry": "2026-12-01T00:00:00Z"})");
    EXPECT_EQ(row.metadata, R"({"temp_budget_increase":5.0,)"
                            R"("temp_budget_expiry":"2026-12-01T00:00:00.000000+00:00"})");
    for (const auto* half :
         {R"({"temp_budget_increase": 5})", R"({"temp_budget_expiry": "2026-12-01T00:00:00Z"})"}) {
        const auto fields = parse(half);
        ASSERT_FALSE(fields) << half;
        EXPECT_EQ(fields.error().http_status(), 422);
    }
}

TEST(KeyFields, AKeyTypeStandsForRoutes) {
    using Routes = std::vector<std::string>;
    EXPECT_EQ(applied(R"({"key_type": "llm_api"})").allowed_routes, Routes{"llm_api_routes"});
    EXPECT_EQ(applied(R"({"key_type": "management"})").allowed_routes, Routes{"management_routes"});
    EXPECT_EQ(applied(R"({"key_type": "read_only"})").allowed_routes, Routes{"info_routes"});
    EXPECT_EQ(applied(R"({"key_type": "default"})").allowed_routes, Routes{});
    EXPECT_EQ(applied(R"({"key_type": "llm_api", "allowed_routes": ["/x"]})").allowed_routes,
              Routes{"/x"});
}

TEST(KeyFields, ARotationNeedsAnInterval) {
    const auto row = applied(R"({"auto_rotate": true, "rotation_interval": "7d"})");
    EXPECT_EQ(rfc3339(*row.key_rotation_at), "2026-12-03T10:20:00.000000+00:00");
    EXPECT_EQ(applied(R"({"auto_rotate": false})", row).key_rotation_at, std::nullopt);
    auto fields = parse(R"({"auto_rotate": true})");
    KeyRow empty;
    ASSERT_TRUE(fields);
    EXPECT_FALSE(apply_fields(*fields, kTime, empty));
}

TEST(KeyFields, RefuseWhatNoKeyHas) {
    for (const auto* body :
         {R"({"models": "gpt-4o"})",
          R"({"models": [1]})",
          R"({"max_budget": "ten"})",
          R"({"max_budget": -1})",
          R"({"soft_budget": -0.01})",
          R"({"spend": -1})",
          R"({"tpm_limit": -1})",
          R"({"rpm_limit": 1.5})",
          R"({"max_parallel_requests": 1e12})",
          R"({"duration": "soon"})",
          R"({"duration": "-5d"})",
          R"({"budget_duration": "30"})",
          R"({"aliases": ["a"]})",
          R"({"aliases": {"a": 1}})",
          R"({"metadata": "x"})",
          R"({"metadata": [1]})",
          R"({"permissions": 1})",
          R"({"blocked": "perhaps"})",
          R"({"key_type": "admin"})",
          R"({"tpm_limit_type": "x"})",
          R"({"model_max_budget": {"m": {"budget_limit": -1, "time_period": "1d"}}})",
          R"({"model_max_budget": {"m": {"budget_limit": 1, "time_period": "soon"}}})",
          R"({"model_max_budget": {"m": "x"}})",
          R"({"model_rpm_limit": {"m": -1}})",
          R"({"budget_limits": [{"max_budget": 1}]})",
          R"({"budget_limits": [1]})",
          R"({"budget_limits": {}})",
          R"({"user_id": 5})",
          R"({"tags": "a"})",
          R"({"key_alias": "a\nb"})",
          R"({"soft_budget": 1, "budget_id": "b"})",
          R"({"new_master_key": "sk-1"})",
          R"({"grace_period": "later"})"}) {
        const auto fields = parse(body);
        ASSERT_FALSE(fields) << body;
        EXPECT_GE(fields.error().http_status(), 400) << body;
        EXPECT_LT(fields.error().http_status(), 500) << body;
    }
}

TEST(KeyText, BeginsWithSkAndFitsAHeader) {
    EXPECT_TRUE(check_key_text("sk-1234"));
    for (const auto* key : {"1234", "pk-1234", "sk-", "sk-a b", "sk-\xc3\xa4"})
        EXPECT_FALSE(check_key_text(key)) << key;
    EXPECT_FALSE(check_key_text("sk-" + std::string(300, 'x')));
    EXPECT_FALSE(check_key_text("abcdefghijkl").error().message.contains("ghij"));
}

TEST(KeyText, IsNamedRawOrByItsHash) {
    const auto hash = sha256_hex("sk-1234");
    EXPECT_EQ(token_of("sk-1234"), hash);
    EXPECT_EQ(token_of(hash), hash);
    std::string upper = hash;
    for (auto& c : upper) c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(token_of(upper), hash);
    EXPECT_EQ(key_shown("sk-Qm4tY7xJ2vB9kLr0WcZ5Ng"), "sk-...Z5Ng");
    EXPECT_EQ(key_shown(hash), hash);
}

KeyParams params() {
    KeyParams params;
    params.max_budget = 10 * kPicodollarsPerDollar;
    params.rpm_limit = 60;
    params.duration = parse_budget_duration("30d");
    return params;
}

TEST(KeyDefaults, FillWhatIsNotSaid) {
    auto defaults = params();
    defaults.models = std::vector<std::string>{"gpt-4o-mini"};
    defaults.metadata_json = R"({"by": "default"})";
    auto fields = *parse(R"({"rpm_limit": 5, "max_budget": null})");
    fill_defaults(defaults, fields);
    EXPECT_EQ(fields.rpm_limit.value, 5);
    EXPECT_EQ(fields.max_budget.value, defaults.max_budget);
    EXPECT_EQ(fields.models.value, defaults.models);
    EXPECT_EQ(fields.metadata.value, defaults.metadata_json);
}

TEST(KeyBounds, FillANewKeyAndRefuseMore) {
    auto fields = *parse(R"({"rpm_limit": 5})");
    ASSERT_TRUE(hold_bounds(params(), Unsaid::becomes_the_most, fields));
    EXPECT_EQ(fields.rpm_limit.value, 5);
    EXPECT_EQ(fields.max_budget.value, params().max_budget);
    EXPECT_EQ(fields.duration.value->text, "30d");
    fields = *parse(R"({"max_budget": 10.5})");
    const auto refused = hold_bounds(params(), Unsaid::becomes_the_most, fields);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "max_budget is over max limit set in config - user_value=10.5; max_value=10.0");
    fields = *parse(R"({"duration": "31d"})");
    EXPECT_FALSE(hold_bounds(params(), Unsaid::becomes_the_most, fields));
}

TEST(KeyBounds, LeaveAChangeAloneButForWhatItLifts) {
    auto fields = *parse("{}");
    ASSERT_TRUE(hold_bounds(params(), Unsaid::stays, fields));
    EXPECT_FALSE(fields.max_budget.sent);
    fields = *parse(R"({"max_budget": null})");
    EXPECT_FALSE(hold_bounds(params(), Unsaid::stays, fields));
}

TEST(KeyRequirements, NameWhatIsMissing) {
    const auto fields = *parse(R"({"user_id": "u", "tags": ["a"]})");
    EXPECT_TRUE(hold_required({"user_id", "tags"}, fields));
    EXPECT_EQ(hold_required({"team_id"}, fields).error().message,
              "Required param team_id not in data");
}

TEST(KeyAlias, HasAFormatWhereItIsAskedFor) {
    for (const auto* alias : {"ci-runner", "a.b@c/d_e", "12"})
        EXPECT_TRUE(check_alias_format(alias)) << alias;
    for (const auto* alias : {"a", "-ab", "ab-", "a b", "a;b"})
        EXPECT_FALSE(check_alias_format(alias)) << alias;
}

}  // namespace
}  // namespace tollweir
