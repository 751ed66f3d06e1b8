#include "tollweir/config/stored_settings.hpp"

#include <algorithm>

#include "loading.hpp"
#include "tollweir/config/stored_models.hpp"

namespace tollweir {
namespace {

const Secret kSalt("sk-salt-of-the-tests");
constexpr std::string_view kFile = R"(
model_list:
  - model_name: fast
    litellm_params: {model: openai/gpt-4o-mini, litellm_credential_name: main}
  - model_name: theirs
    litellm_params: {model: openai/gpt-4o, litellm_credential_name: of-the-store}
credential_list:
  - credential_name: main
    credential_values: {api_key: sk-of-the-file}
general_settings: {store_model_in_db: true, master_key: sk-1234, alerting: [slack]}
router_settings:
  num_retries: 2
  retry_policy: {TimeoutErrorRetries: 1}
litellm_settings: {request_timeout: 20, success_callback: [langfuse]}
)";

StoredSection section(std::string name, std::string json) {
    return {std::move(name), std::move(json)};
}

StoredCredential credential(std::string name, const JsonFields& values, std::string info = "") {
    return {std::move(name), seal_params(values, kSalt), std::move(info)};
}

MergedConfig merged(const StoredSettings& stored, std::map<std::string, std::string> variables = {},
                    const std::string& file = std::string(kFile)) {
    return with_stored_settings(loaded(file, std::move(variables)), stored, kSalt);
}

MergedConfig with_sections(std::vector<StoredSection> sections,
                           std::map<std::string, std::string> variables = {}) {
    return merged({{}, std::move(sections)}, std::move(variables));
}

const Deployment* find(const Config& config, std::string_view group) {
    const auto found = std::ranges::find(config.deployments, group, &Deployment::group);
    return found == config.deployments.end() ? nullptr : &*found;
}

TEST(StoredSettings, GoOverTheFileKeyByKey) {
    const auto both =
        with_sections({section("router_settings",
                               R"({"num_retries": 5, "retry_policy": {"TimeoutErrorRetries": 4},
                                        "cooldown_time": null, "fallbacks": []})"),
                       section("litellm_settings", R"({"request_timeout": 30})")});
    EXPECT_TRUE(both.left_out.empty()) << all_text(both.left_out);
    EXPECT_EQ(both.loaded.config.router.retries.num_retries, 5);
    EXPECT_EQ(both.loaded.config.request_timeout, std::chrono::seconds(30));
    EXPECT_EQ(both.loaded.config.master_key.reveal(), "sk-1234");
}

TEST(StoredSettings, WarnUnderTheNameOfTheirRow) {
    const auto both = with_sections({section("router_settings", R"({"num_retrys": 5})")});
    EXPECT_TRUE(both.left_out.empty());
    EXPECT_TRUE(all_text(both.loaded.warnings)
                    .contains("LiteLLM_Config.router_settings: router_settings.num_retrys: unknown "
                              "key"))
        << all_text(both.loaded.warnings);
}

TEST(StoredSettings, ThatAreWrongAreLeftOutAndTheOthersAreNot) {
    const auto both =
        with_sections({section("router_settings", R"({"num_retries": "many", "cooldown_time": 9})"),
                       section("litellm_settings", "[1]"), section("general_settings", "{")});
    EXPECT_EQ(both.loaded.config.router.retries.num_retries, 2) << "the file's";
    EXPECT_EQ(both.loaded.config.router.cooldowns.cooldown_time, std::chrono::seconds(9));
    const auto said = all_text(both.left_out);
    EXPECT_TRUE(said.contains("LiteLLM_Config.router_settings: router_settings.num_retries: "))
        << said;
    EXPECT_TRUE(said.contains("(left out)")) << said;
    EXPECT_TRUE(said.contains("LiteLLM_Config.litellm_settings: is no JSON object")) << said;
    EXPECT_TRUE(said.contains("LiteLLM_Config.general_settings: is no JSON object")) << said;
    EXPECT_TRUE(all_text(both.loaded.warnings).contains("num_retries"));
}

TEST(StoredSettings, LeaveToTheFileWhatIsItsAlone) {
    const auto both =
        with_sections({section("general_settings",
                               R"({"master_key": "sk-another", "database_url": "sqlite:///x",
                     "store_model_in_db": true, "max_parallel_requests": 4})"),
                       section("environment_variables",
                               seal_params({{"LITELLM_MASTER_KEY", R"("sk-another")"}}, kSalt))});
    EXPECT_EQ(both.loaded.config.master_key.reveal(), "sk-1234");
    EXPECT_TRUE(both.loaded.config.database.url.empty());
    EXPECT_EQ(both.loaded.config.limits.key_max_parallel_requests, 4);
    const auto said = all_text(both.left_out);
    EXPECT_TRUE(said.contains("general_settings.master_key: only the file may say this")) << said;
    EXPECT_TRUE(said.contains("general_settings.database_url: only the file")) << said;
    EXPECT_TRUE(said.contains("environment_variables.LITELLM_MASTER_KEY: only the file")) << said;
    EXPECT_FALSE(said.contains("store_model_in_db")) << "it says what the file says: " << said;
    EXPECT_FALSE(said.contains("sk-another")) << said;
}

TEST(StoredSettings, JoinCallbacksToTheFiles) {
    const auto both = with_sections(
        {section("litellm_settings", R"({"success_callback": ["prometheus", "langfuse"]})")});
    const auto& callbacks = both.loaded.config.callbacks.success;
    EXPECT_EQ(callbacks, (std::vector<std::string>{"langfuse", "prometheus"}));
}

TEST(StoredSettings, BringVariablesThatReferencesSee) {
    constexpr std::string_view file = R"(
general_settings: {store_model_in_db: true}
router_settings: {num_retries: os.environ/RETRIES}
model_list:
  - {model_name: fast, litellm_params: {model: openai/m, api_key: os.environ/MY_KEY}}
)";
    const StoredSettings stored{
        {},
        {section("environment_variables",
                 seal_params({{"my_key", R"("sk-stored")"}, {"RETRIES", R"("7")"}}, kSalt))}};
    const auto both = merged(stored, {{"RETRIES", "3"}}, std::string(file));
    EXPECT_EQ(both.loaded.config.router.retries.num_retries, 7);
    EXPECT_EQ(find(both.loaded.config, "fast")->api_key.reveal(), "sk-stored");
    EXPECT_EQ(both.loaded.environment("my_key"), "sk-stored");

    const auto lost = with_stored_settings(loaded(std::string(file), {{"MY_KEY", "k"}}), stored,
                                           Secret("another"));
    EXPECT_EQ(find(lost.loaded.config, "fast")->api_key.reveal(), "k");
    EXPECT_TRUE(all_text(lost.left_out).contains("was encrypted with another key"))
        << all_text(lost.left_out);
}

TEST(StoredCredentials, AreUsedByModelsOfTheFile) {
    EXPECT_TRUE(
        warnings_of(std::string(kFile)).contains("has no credential called `of-the-store`"));
    EXPECT_EQ(find(loaded(std::string(kFile)).config, "theirs"), nullptr);

    const auto both =
        merged({{credential("of-the-store", {{"api_key", R"("sk-stored")"},
                                             {"api_base", R"("https://up.example/v1")"}})},
                {}});
    const auto* theirs = find(both.loaded.config, "theirs");
    ASSERT_NE(theirs, nullptr);
    EXPECT_EQ(theirs->api_key.reveal(), "sk-stored");
    EXPECT_EQ(theirs->api_base, "https://up.example/v1");
    EXPECT_EQ(find(both.loaded.config, "fast")->api_key.reveal(), "sk-of-the-file");
    EXPECT_FALSE(all_text(both.loaded.warnings).contains("sk-stored"));
}

TEST(StoredCredentials, TakeThePlaceOfTheFilesOfTheirName) {
    const auto both = merged({{credential("main", {{"api_key", R"("sk-newer")"}})}, {}});
    EXPECT_EQ(find(both.loaded.config, "fast")->api_key.reveal(), "sk-newer");
    const auto shown = show_credentials(*both.loaded.models);
    ASSERT_EQ(shown.size(), 1U);
    EXPECT_EQ(shown[0].name, "main");
}

TEST(StoredCredentials, AreUsedByModelsOfTheStore) {
    const auto both = merged({{credential("of-the-store", {{"api_key", R"("sk-stored")"}})}, {}});
    const StoredModel model{"m-1", "smart",
                            seal_params({{"model", R"("openai/gpt-4o")"},
                                         {"litellm_credential_name", R"("of-the-store")"}},
                                        kSalt),
                            "{}", false};
    const auto read = read_stored_models(*both.loaded.models, {&model, 1}, kSalt);
    ASSERT_EQ(read.deployments.size(), 1U);
    EXPECT_EQ(read.deployments[0].api_key.reveal(), "sk-stored");
}

TEST(StoredCredentials, SendNoKeyOfTheEnvironmentToTheirAddress) {
    const auto both =
        merged({{credential("of-the-store", {{"api_base", R"("https://up.example/v1")"}})}, {}},
               {{"OPENAI_API_KEY", "sk-ours"}});
    const auto* theirs = find(both.loaded.config, "theirs");
    ASSERT_NE(theirs, nullptr);
    EXPECT_TRUE(theirs->api_key.empty());
    const StoredModel model{"m-1", "smart",
                            seal_params({{"model", R"("openai/gpt-4o")"},
                                         {"litellm_credential_name", R"("of-the-store")"}},
                                        kSalt),
                            "{}", false};
    const auto read = read_stored_models(*both.loaded.models, {&model, 1}, kSalt);
    ASSERT_EQ(read.deployments.size(), 1U);
    EXPECT_TRUE(read.deployments[0].api_key.empty());
}

TEST(StoredCredentials, ThatCannotBeUsedAreLeftOut) {
    const StoredSettings stored{
        {{"sealed", seal_params({{"api_key", R"("sk-x")"}}, Secret("another")), ""},
         {"no-object", "[]", ""},
         credential("of-the-store", {{"api_base", R"("ftp://x")"}})},
        {}};
    const auto both = merged(stored);
    const auto said = all_text(both.left_out);
    EXPECT_TRUE(
        said.contains("LiteLLM_CredentialsTable.sealed: credential_values.api_key was "
                      "encrypted with another key"))
        << said;
    EXPECT_TRUE(said.contains("LiteLLM_CredentialsTable.no-object: ")) << said;
    EXPECT_TRUE(said.contains("LiteLLM_CredentialsTable.of-the-store: ")) << said;
    EXPECT_NE(find(both.loaded.config, "fast"), nullptr);
    EXPECT_EQ(find(both.loaded.config, "theirs"), nullptr);
}

TEST(StoredCredentials, AreShownMasked) {
    const auto both = merged({{credential("of-the-store",
                                          {{"api_key", R"("sk-0123456789abcdef")"},
                                           {"api_base", R"("https://up.example/v1")"},
                                           {"client_secret", R"("short")"}},
                                          R"({"description": "ours"})")},
                              {}});
    const auto shown = show_credentials(*both.loaded.models);
    ASSERT_EQ(shown.size(), 2U);
    EXPECT_EQ(shown[1].name, "of-the-store");
    EXPECT_EQ(
        shown[1].values_json,
        R"({"api_key":"sk****ef","api_base":"https://up.example/v1","client_secret":"****"})");
    EXPECT_EQ(shown[1].info_json, R"({"description":"ours"})");
    EXPECT_EQ(masked_values({{"api_base", R"("https://u:p@up.example/v1?key=1")"}}),
              R"({"api_base":"ht****=1"})");
}

TEST(StoredSettings, AreListedWithWhatIsInForce) {
    const auto both =
        with_sections({section("general_settings", R"({"max_parallel_requests": 4})")});
    const auto shown = show_general_settings(*both.loaded.models);
    const auto find_setting = [&](std::string_view name) {
        return std::ranges::find(shown, name, &ShownSetting::name);
    };
    const auto parallel = find_setting("max_parallel_requests");
    ASSERT_NE(parallel, shown.end());
    EXPECT_EQ(parallel->type, "Integer");
    EXPECT_EQ(parallel->value_json, "4");
    EXPECT_EQ(find_setting("health_check_interval")->default_json, "300");
    EXPECT_EQ(find_setting("master_key"), shown.end()) << "the file's alone";
    EXPECT_TRUE(is_known_general_setting("max_parallel_requests"));
    EXPECT_FALSE(is_known_general_setting("no_such"));
}

}  // namespace
}  // namespace tollweir
