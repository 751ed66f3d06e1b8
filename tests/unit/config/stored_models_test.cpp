#include "tollweir/config/stored_models.hpp"

#include "loading.hpp"
#include "tollweir/config/snapshot.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/seal.hpp"

namespace tollweir {
namespace {

using Why = SkippedModel::Why;

const Secret kSalt("sk-salt-of-the-tests");
constexpr std::string_view kFile = R"(
model_list:
  - model_name: fast
    litellm_params: {model: openai/gpt-4o-mini, api_key: k}
    model_info: {id: of-the-file}
)";

std::string sealed(const JsonFields& params) {
    return seal_params(params, kSalt);
}

StoredModel row(const JsonFields& params, std::string info = "{}", std::string name = "smart") {
    return {"m-1", std::move(name), sealed(params), std::move(info), false};
}

ReadModels read(const std::vector<StoredModel>& rows,
                std::map<std::string, std::string> variables = {},
                const std::string& file = std::string(kFile)) {
    return read_stored_models(*loaded(file, std::move(variables)).models, rows, kSalt);
}

Deployment only(const StoredModel& model, std::map<std::string, std::string> variables = {},
                const std::string& file = std::string(kFile)) {
    auto models = read({model}, std::move(variables), file);
    if (!models.skipped.empty()) ADD_FAILURE() << models.skipped.front().reason;
    return models.deployments.size() == 1 ? models.deployments.front() : Deployment();
}

SkippedModel skipped(const StoredModel& model) {
    auto models = read({model});
    EXPECT_TRUE(models.deployments.empty());
    return models.skipped.size() == 1 ? models.skipped.front() : SkippedModel();
}

TEST(StoredModels, AreReadAsEntriesOfTheFileAre) {
    const auto model =
        only(row({{"model", R"("openai/gpt-4o")"},
                  {"api_key", R"("sk-1")"},
                  {"api_base", R"("https://up.example/v1")"},
                  {"rpm", "7"},
                  {"tpm", R"("900")"},
                  {"timeout", "2.5"},
                  {"input_cost_per_token", "1.5e-07"},
                  {"extra_headers", R"({"X-Team":"blau \u00e9 \ud83d\ude00"})"}},
                 R"({"id":"another","db_model":false,"mode":"chat","note":[1,"n"]})"));
    EXPECT_EQ(model.id, "m-1");
    EXPECT_EQ(model.group, "smart");
    EXPECT_EQ(model.model, "gpt-4o");
    EXPECT_EQ(model.api_key.reveal(), "sk-1");
    EXPECT_EQ(model.api_base, "https://up.example/v1");
    EXPECT_EQ(model.rpm, 7);
    EXPECT_EQ(model.tpm, 900);
    EXPECT_EQ(model.timeout, std::chrono::milliseconds(2500));
    EXPECT_FALSE(model.price_overrides.empty());
    ASSERT_EQ(model.extra_headers.size(), 1U);
    EXPECT_EQ(model.extra_headers.front().second, "blau \u00e9 \U0001F600");
    EXPECT_EQ(model.info_json, R"({"id":"m-1","db_model":true,"mode":"chat","note":[1,"n"]})");
    EXPECT_FALSE(model.params_json.contains("sk-1"));
}

TEST(StoredModels, MayHaveDefaultsOfTheFileThatAreWarnedOf) {
    const std::string file =
        std::string(kFile) + "router_settings: {default_litellm_params: {api_key: 'sk-d '}}\n";
    const auto model = only(row({{"model", R"("openai/gpt-4o")"}}), {}, file);
    EXPECT_EQ(model.api_key.reveal(), "sk-d");
}

TEST(StoredModels, WithNullsForWhatIsNotGivenAreLiteLlmsOwn) {
    const auto model = only(row({{"model", R"("openai/gpt-4o")"},
                                 {"api_key", R"("k")"},
                                 {"custom_llm_provider", "null"},
                                 {"tpm", "null"},
                                 {"use_in_pass_through", "false"},
                                 {"use_litellm_proxy", "false"},
                                 {"merge_reasoning_content_in_choices", "false"}},
                                R"({"id":"m-1","db_model":false,"base_model":null,"tier":null,)"
                                R"("team_id":null,"team_public_model_name":null})"));
    EXPECT_EQ(model.model, "gpt-4o");
    EXPECT_TRUE(model.policy.team_id.empty());
}

TEST(StoredModels, InTheClearAreReadAsTheyStand) {
    const std::string key = "sk-" + std::string(61, 'A');  // could be a sealed text
    const StoredModel model{"m-1", "smart",
                            R"({"model":"openai/gpt-4o","api_key":")" + key + R"("})", "", false};
    EXPECT_EQ(only(model).api_key.reveal(), key);
    EXPECT_EQ(shown_sealed_params(model.params_json), R"({"model":"openai/gpt-4o"})");
}

TEST(StoredModels, SealedWithAnotherKeyAreSkipped) {
    StoredModel model = row({});
    model.params_json = seal_params({{"model", R"("openai/gpt-4o")"}}, Secret("another"));
    const auto skip = skipped(model);
    EXPECT_EQ(skip.why, Why::sealed);
    EXPECT_EQ(skip.id, "m-1");
    EXPECT_EQ(skip.group, "smart");
    EXPECT_TRUE(skip.reason.contains("encrypted with another key")) << skip.reason;
}

TEST(StoredModels, ThatAreNoneAreSkippedAndTheOthersAreNot) {
    auto good = row({{"model", R"("openai/gpt-4o")"}});
    good.id = "good";
    auto paused = good;
    paused.id = "paused";
    paused.blocked = true;
    const auto unknown = row({{"model", R"("nobody/x")"}});
    const auto nameless = row({{"model", R"("openai/gpt-4o")"}}, "{}", "");
    auto list = row({});
    list.params_json = "[]";
    const auto info = row({{"model", R"("openai/gpt-4o")"}}, "[1]");
    auto elsewhere =
        row({{"model", R"("openai/gpt-4o")"}}, R"({"supported_environments":["staging"]})");
    auto taken = row({{"model", R"("openai/gpt-4o")"}});
    taken.id = "of-the-file";
    auto twice = good;
    const auto models =
        read({unknown, nameless, list, info, paused, elsewhere, taken, good, twice});
    ASSERT_EQ(models.deployments.size(), 1U);
    EXPECT_EQ(models.deployments.front().id, "good");
    std::vector<Why> why;
    for (const auto& skip : models.skipped) why.push_back(skip.why);
    EXPECT_EQ(why, (std::vector{Why::invalid, Why::invalid, Why::sealed, Why::invalid, Why::paused,
                                Why::elsewhere, Why::invalid, Why::invalid}));
    EXPECT_TRUE(models.skipped.back().reason.contains("belongs to another deployment"));
}

TEST(StoredModels, ResolveReferencesThatAnotherProgramTook) {
    const auto model =
        only(row({{"model", R"("openai/gpt-4o")"}, {"api_key", R"("os.environ/MY_KEY")"}}),
             {{"MY_KEY", "sk-of-the-environment"}});
    EXPECT_EQ(model.api_key.reveal(), "sk-of-the-environment");
}

TEST(StoredModels, GetNoCredentialOfTheEnvironmentAtAnAddressOfTheirOwn) {
    const std::map<std::string, std::string> variables = {{"OPENAI_API_KEY", "sk-ours"}};
    const JsonFields plain = {{"model", R"("openai/gpt-4o")"}};
    EXPECT_EQ(only(row(plain), variables).api_key.reveal(), "sk-ours");
    auto elsewhere = plain;
    elsewhere.emplace_back("api_base", R"("https://stranger.example/v1")");
    EXPECT_EQ(only(row(elsewhere), variables).api_key.reveal(), "");
    const std::string file = "router_settings: {default_litellm_params: {api_key: sk-default}}\n";
    EXPECT_EQ(only(row(plain), {}, file).api_key.reveal(), "sk-default");
    EXPECT_EQ(only(row(elsewhere), {}, file).api_key.reveal(), "");
}

TEST(StoredModels, UseCredentialsOfTheFile) {
    const auto model = only(
        row({{"model", R"("openai/gpt-4o")"}, {"litellm_credential_name", R"("ours")"}}), {},
        "credential_list: [{credential_name: ours, credential_values: {api_key: sk-listed}}]\n");
    EXPECT_EQ(model.api_key.reveal(), "sk-listed");
}

TEST(StoredModels, AreShownSealedAndWithoutNestedSecrets) {
    const auto json =
        sealed({{"model", R"("openai/gpt-4o")"},
                {"api_key", R"("sk-1")"},
                {"rpm", "7"},
                {"extra_headers", R"({"Authorization":"Bearer x","X-Team":"blue"})"}});
    const auto shown = shown_sealed_params(json);
    const auto parts = json_members(shown);
    ASSERT_TRUE(parts) << shown;
    const auto key = decode_json_string(find_part(*parts, "api_key"));
    ASSERT_TRUE(key) << shown;
    EXPECT_EQ(unseal(*key, kSalt), "sk-1");
    EXPECT_EQ(find_part(*parts, "rpm"), "7");
    EXPECT_EQ(find_part(*parts, "extra_headers"), R"({"X-Team":"blue"})");
    EXPECT_EQ(shown_info(R"({"custom_tokenizer":{"identifier":"a","auth_token":"t"}})"),
              R"({"custom_tokenizer":{"identifier":"a"}})");
}

TEST(StoredModels, ComeBackFromTheirSeals) {
    const JsonFields params = {{"model", R"("openai/gpt-4o \" \u00e9")"}, {"rpm", "7"}};
    const auto back = unseal_params(sealed(params), kSalt);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->front().second, R"("openai/gpt-4o \" )"
                                    "\u00e9\"");
    EXPECT_EQ(back->back(), params.back());
    EXPECT_FALSE(unseal_params("[]", kSalt));
}

// --- Models of teams.

std::shared_ptr<const Snapshot> snapshot_of(const std::vector<StoredModel>& rows) {
    auto config = loaded(std::string(kFile)).config;
    auto stored = read(rows);
    std::ranges::move(stored.deployments, std::back_inserter(config.deployments));
    auto built = Snapshot::build(std::move(config), nullptr, {}, std::move(stored.skipped));
    EXPECT_TRUE(built);
    return *built;
}

StoredModel of_team(std::string id, const std::string& team, const std::string& name) {
    StoredModel model =
        row({{"model", R"("openai/gpt-4o")"}, {"api_key", R"("k")"}},
            R"({"team_id":")" + team + R"(","team_public_model_name":")" + name + R"("})",
            "model_name_" + team + "_" + id);
    model.id = std::move(id);
    return model;
}

TEST(TeamModels, AreFoundByTheirTeamAlone) {
    const auto snapshot = snapshot_of(
        {of_team("a", "blue", "fast"), of_team("b", "blue", "fast"), of_team("c", "red", "only")});
    const auto own = snapshot->find_group("fast", "blue");
    ASSERT_TRUE(own);
    EXPECT_EQ(own->group->name, "fast");
    EXPECT_EQ(own->group->deployments.size(), 2U);
    EXPECT_EQ(team_of(*own->group), "blue");
    for (const std::string_view team : {"", "red"})
        EXPECT_EQ(snapshot->find_group("fast", team)->group->deployments.front()->id,
                  "of-the-file");
    EXPECT_TRUE(snapshot->find_group("only", "red"));
    for (const std::string_view name : {"only", "c", "model_name_red_c"})
        EXPECT_FALSE(snapshot->find_group(name, "blue")) << name;
    EXPECT_TRUE(snapshot->find_group("c", "red"));
    EXPECT_FALSE(snapshot->find_group("openai/gpt-4o"));
    EXPECT_TRUE(snapshot->has_deployment("c"));
}

TEST(TeamModels, MayBePatterns) {
    const auto snapshot = snapshot_of({of_team("a", "blue", "ours/*")});
    EXPECT_TRUE(snapshot->find_group("ours/x", "blue"));
    EXPECT_FALSE(snapshot->find_group("ours/x"));
    EXPECT_FALSE(snapshot->find_group("a", "blue")) << "it leaves open which model is meant";
}

}  // namespace
}  // namespace tollweir
