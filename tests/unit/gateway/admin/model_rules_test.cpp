#include "gateway/admin/models/model_rules.hpp"

#include <gtest/gtest.h>

#include "gateway/admin/models/model_fields.hpp"
#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

ModelFields parse(std::string_view body) {
    auto fields = Fields::read(body);
    EXPECT_TRUE(fields) << fields.error().message;
    auto parsed = parse_model_update(*fields);
    if (!parsed) ADD_FAILURE() << parsed.error().message;
    return parsed.value_or(ModelFields());
}

int status(const Result<void>& outcome) {
    return outcome ? 200 : outcome.error().http_status();
}

TEST(ModelFields, AreWhatWasSent) {
    const auto fields = parse(
        R"({"model_name": "smart", "litellm_params": {"model": "openai/x", "rpm": null},
            "model_info": {"id": 7, "db_model": false, "mode": "chat"}, "blocked": true})");
    EXPECT_EQ(fields.id, "7");
    EXPECT_EQ(fields.name.value, "smart");
    EXPECT_EQ(fields.params, (JsonFields{{"model", R"("openai/x")"}, {"rpm", "null"}}));
    EXPECT_EQ(fields.info, (JsonFields{{"mode", R"("chat")"}}));
    EXPECT_EQ(fields.blocked.value, true);
}

TEST(ModelFields, NeedANameAndParametersWhereTheModelIsNew) {
    for (const auto* body : {R"({"litellm_params": {}})", R"({"model_name": "a"})",
                             R"({"model_name": "", "litellm_params": {}})"}) {
        auto fields = Fields::read(body);
        ASSERT_TRUE(fields);
        EXPECT_EQ(parse_new_model(*fields).error().http_status(), 422) << body;
    }
}

TEST(ModelFields, AreMergedByName) {
    JsonFields fields{{"a", "1"}, {"b", "2"}};
    merge_fields({{"a", "null"}, {"b", "3"}, {"c", "4"}, {"d", "null"}}, fields);
    EXPECT_EQ(fields_json(fields), R"({"b":3,"c":4})");
    set_text_field(fields, "b", "x\"y");
    EXPECT_EQ(text_field(fields, "b"), "x\"y");
    EXPECT_EQ(text_field(fields, "c"), "");
}

TEST(ModelRules, RefuseReferencesAtAnyDepth) {
    for (const auto* value : {R"("os.environ/KEY")", R"("oidc/google/x")", R"("env/KEY")",
                              R"({"a":["os.environ/K"]})", R"("os\u002eenviron/KEY")"})
        EXPECT_EQ(status(refuse_references({{"api_key", value}})), 400) << value;
    EXPECT_EQ(status(refuse_references({{"vertex_credentials", R"("/etc/passwd")"}})), 400);
    for (const auto* value : {R"("sk-os.environ/KEY")", "7", "null", R"({"a":"environ"})"})
        EXPECT_EQ(status(refuse_references({{"api_key", value}})), 200) << value;
    EXPECT_EQ(status(refuse_references({{"vertex_credentials", R"(" {\"type\":\"x\"}")"}})), 200);
}

TEST(ModelRules, KeepACredentialWhereItWasMeantToGo) {
    const JsonFields before{{"api_key", R"("sk-1")"}, {"api_base", R"("https://a.example")"}};
    const JsonFields moved{{"api_base", R"("https://b.example")"}};
    EXPECT_EQ(status(permit_new_address(before, moved)), 400);
    EXPECT_EQ(status(permit_new_address(before, {{"api_base", "null"}})), 400);
    EXPECT_EQ(status(permit_new_address(before, {{"base_url", R"("https://b.example")"}})), 400);
    EXPECT_EQ(status(permit_new_address(before, {before[1]})), 200) << "the same address";
    EXPECT_EQ(status(permit_new_address(before, {moved[0], {"api_key", R"("sk-2")"}})), 200);
    EXPECT_EQ(status(permit_new_address({before[1]}, moved)), 200) << "nothing to keep";
}

TEST(ModelRules, LetTeamsSetWhatIsTheirs) {
    const auto permitted = [](const JsonFields& params, bool may_name_address = false) {
        return status(permit_team_fields(params, {}, may_name_address));
    };
    EXPECT_EQ(permitted({{"api_key", R"("k")"}, {"rpm", "5"}}), 200);
    for (const auto* name : {"input_cost_per_token", "cache_read_input_token_cost",
                             "litellm_credential_name", "silent_model", "use_in_pass_through"})
        EXPECT_EQ(permitted({{name, "1"}}), 403) << name;
    EXPECT_EQ(status(permit_team_fields({}, {{"output_cost_per_token", "0"}}, true)), 403);
    EXPECT_EQ(permitted({{"api_base", R"("https://a.example")"}}), 403);
    EXPECT_EQ(permitted({{"api_base", R"("https://a.example")"}}, true), 200);
    EXPECT_EQ(status(need_own_credential({{"api_key", R"("")"}})), 400);
    EXPECT_EQ(status(need_own_credential({{"api_key", R"("k")"}})), 200);
}

TEST(ModelRules, AllowNoNameThatOpensOtherModels) {
    Deployment deployment;
    deployment.id = "d";
    deployment.group = "gpt-4";
    deployment.info_json = R"({"access_groups":["premium"]})";
    deployment.mock_response = "\"x\"";
    deployment.provider = find_provider("openai")->provider;
    Config config;
    config.deployments = {deployment};
    const auto snapshot = *Snapshot::build(std::move(config), nullptr);
    TeamRow team;
    team.models = {"other"};
    const auto asked = [&](const std::string& name, bool is_admin = false) {
        return status(permit_team_name(*snapshot, team, name, is_admin));
    };
    EXPECT_EQ(asked("ours"), 200);
    for (const auto* name : {"gpt-4", "premium", "ours/*", "d"}) {
        EXPECT_EQ(asked(name), 403) << name;
        EXPECT_EQ(asked(name, true), 200) << name;
    }
    for (const auto* name : {"*", "all-proxy-models", "all-team-models", "no-default-models"})
        EXPECT_EQ(asked(name, true), 400) << name;
    team.models = {"gpt-4"};
    EXPECT_EQ(asked("gpt-4"), 200) << "the team may use it already";
}

}  // namespace
}  // namespace tollweir
