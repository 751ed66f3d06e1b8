#include "loading.hpp"

namespace tollweir {
namespace {

LoadedConfig load_wild(const std::string& name, std::map<std::string, std::string> variables) {
    auto result = load_config(std::string(TOLLWEIR_SOURCE_DIR "/tests/golden/wild-configs/") + name,
                              {}, environment_of(std::move(variables)));
    if (result) return std::move(*result);
    ADD_FAILURE() << all_text(result.error());
    return {};
}

TEST(WildConfigs, WorkshopLoadsAsMeant) {
    const auto wild = load_wild("workshop.yaml", {{"OPENAI_API_KEY", "sk-o"},
                                                  {"ANTHROPIC_API_KEY", "sk-a"},
                                                  {"LITELLM_MASTER_KEY", "sk-m"}});
    ASSERT_EQ(wild.config.deployments.size(), 5U);
    EXPECT_EQ(wild.config.master_key.reveal(), "sk-m");
    const auto& gpt = wild.config.deployments[0];
    EXPECT_EQ(gpt.api_key.reveal(), "sk-o");
    EXPECT_EQ(gpt.defaults, (JsonFields{{"max_tokens", "3000"}, {"temperature", "0.5"}}));
    const auto& llama = wild.config.deployments[3];
    EXPECT_EQ(llama.provider->name(), "hosted_vllm");
    EXPECT_EQ(llama.model, "meta-llama/Llama-2-7b-hf");
    EXPECT_EQ(llama.origin.host, "vllm-small");
    EXPECT_EQ(llama.origin.port, 8000);
    EXPECT_EQ(llama.base_path, "/v1");
}

TEST(WildConfigs, WorkshopMeansWhatItsAuthorMeant) {
    const auto& config = load_wild("workshop.yaml", {{"LANGFUSE_PUBLIC_KEY", "pk-lf"},
                                                     {"LANGFUSE_SECRET_KEY", "sk-lf"},
                                                     {"LANGFUSE_HOST", "https://lf.example"},
                                                     {"LITELLM_DATABASE_URL", "postgresql://db/x"},
                                                     {"REDIS_HOST", "redis.example"}})
                             .config;
    const auto& router = config.router;
    EXPECT_EQ(router.strategy.strategy, RoutingStrategy::least_busy);
    EXPECT_EQ(router.retries.num_retries, 3);
    EXPECT_EQ(router.retries.backoff_factor, 2);
    EXPECT_EQ(router.fallbacks.general, (std::vector<Fallback>{{"gpt-4", {"gpt-3.5-turbo"}},
                                                               {"claude-3-sonnet", {"gpt-4"}},
                                                               {"llama2-70b", {"llama2-7b"}}}));
    EXPECT_EQ(router.weighted_groups,
              (std::vector<WeightedGroup>{
                  {"balanced-gpt", {{"gpt-3.5-turbo", 0.6}, {"gpt-4", 0.4}}},
                  {"balanced-local", {{"llama2-7b", 0.9}, {"llama2-70b", 0.1}}}}));
    EXPECT_EQ(config.database.url.reveal(), "postgresql://db/x");
    EXPECT_EQ(config.callbacks.langfuse.public_key.reveal(), "pk-lf");
    EXPECT_EQ(config.callbacks.langfuse.secret_key.reveal(), "sk-lf");
    EXPECT_EQ(config.callbacks.langfuse.host, "https://lf.example");
    EXPECT_EQ(config.redis.host, "redis.example");
    EXPECT_EQ(config.redis.port, 6379);
    EXPECT_TRUE(config.cache.is_enabled);
    EXPECT_EQ(config.cache.type, CacheType::redis);
    EXPECT_EQ(config.cache.ttl, std::chrono::milliseconds(1'800'000));
    EXPECT_EQ(config.limits.rpm, 900);
    EXPECT_EQ(config.limits.tpm, 90'000);
    ASSERT_EQ(config.access.allowed_ips.size(), 1U);
    EXPECT_TRUE(config.access.allowed_ips[0].contains(*parse_ip_address("2001:db8::1")));
    EXPECT_TRUE(config.spend.writes_logs);
}

TEST(WildConfigs, WorkshopExplainsEachForeignSpelling) {
    const auto text = all_text(load_wild("workshop.yaml", {}).warnings);
    for (const char* part :
         {"env/OPENAI_API_KEY is read as os.environ/OPENAI_API_KEY",
          "litellm_params.model: the provider `vllm` is `hosted_vllm` in LiteLLM",
          "router_settings.load_balancing: each becomes a group of its members' deployments; in",
          "router_settings.fallbacks[0]: `[from, to]` is read as `{from: [to]}`, LiteLLM's",
          "router_settings.retry_policy.max_retries: is read as `router_settings.num_retries`",
          "router_settings.retry_policy.backoff_factor: each wait is so many times",
          "general_settings.redis_host: not active yet (docs/status.md); in LiteLLM it is",
          "the environment variable LITELLM_MASTER_KEY is not set"})
        EXPECT_TRUE(text.contains(part)) << part << "\n" << text;
    EXPECT_FALSE(text.contains("unknown key")) << text;
}

TEST(WildConfigs, KubernetesMinimalTakesKeysFromTheEnvironment) {
    const auto wild = load_wild("kubernetes-minimal.yaml",
                                {{"OPENAI_API_KEY", "sk-o"}, {"GEMINI_API_KEY", "sk-g"}});
    ASSERT_EQ(wild.config.deployments.size(), 3U);
    EXPECT_EQ(wild.config.default_model, "gpt-4o-mini");
    EXPECT_EQ(wild.config.deployments[0].api_key.reveal(), "sk-o");
    EXPECT_EQ(wild.config.deployments[2].provider->name(), "gemini");
    EXPECT_TRUE(wild.config.master_key.empty());
    EXPECT_EQ(wild.config.log.level, LogLevel::info);
    EXPECT_EQ(wild.config.router.strategy.strategy, RoutingStrategy::usage_based_v2);
    EXPECT_EQ(wild.config.budgets.max_budget, 120 * kPicodollarsPerDollar);
    EXPECT_EQ(wild.config.budgets.budget_duration, parse_budget_duration("1mo"));
    const auto text = all_text(wild.warnings);
    EXPECT_TRUE(text.contains("`usage` is read as `usage-based-routing-v2`")) << text;
    EXPECT_TRUE(text.contains("the provider `google` is `gemini` in LiteLLM")) << text;
    EXPECT_TRUE(text.contains("router_settings.budget_limit")) << text;
}

TEST(WildConfigs, PeopleLoadsWithoutModels) {
    const auto wild = load_wild("people.yaml", {});
    EXPECT_TRUE(wild.config.deployments.empty());
    const auto& people = wild.config.people;
    ASSERT_EQ(people.users.size(), 2U);
    EXPECT_EQ(people.users[0].id, "svc-agent-1");
    EXPECT_EQ(people.users[0].email, "agent1@example.org");
    EXPECT_EQ(people.users[0].models, (std::vector<std::string>{"gpt-3.5-turbo", "llama2-7b"}));
    EXPECT_EQ(people.users[0].max_budget, 80 * kPicodollarsPerDollar);
    EXPECT_EQ(people.users[0].budget_duration, parse_budget_duration("1mo"));
    ASSERT_EQ(people.teams.size(), 2U);
    EXPECT_EQ(people.teams[1].alias, "prod");
    EXPECT_EQ(people.teams[1].members, std::vector<std::string>{"admin"});
    EXPECT_EQ(people.teams[1].max_budget, 4000 * kPicodollarsPerDollar);
    const auto text = all_text(wild.warnings);
    EXPECT_FALSE(text.contains("not active yet")) << text;
}

TEST(WildConfigs, CloudRunNeedsNoFile) {
    const auto variables =
        read_env_file(TOLLWEIR_SOURCE_DIR "/tests/golden/wild-configs/cloudrun.env");
    EXPECT_EQ(variables.at("DATABASE_URL"),
              "postgresql://postgres:p$ssw0rd$$x@db.example.org/postgres");
    ConfigOverrides flags;
    flags.model = "gpt-3.5-turbo";
    flags.api_base = "https://api.openai.com/v1";
    const auto result = load_config(std::nullopt, flags, environment_of(variables));
    ASSERT_TRUE(result) << all_text(result.error());
    const auto& config = result->config;
    EXPECT_EQ(config.master_key.reveal(), "sk-7f3a9c");
    ASSERT_EQ(config.deployments.size(), 2U);
    EXPECT_EQ(config.deployments[0].group, "gpt-3.5-turbo");
    EXPECT_EQ(config.deployments[1].group, "*");
    EXPECT_TRUE(config.deployments[1].wildcard);
    EXPECT_EQ(config.deployments[1].model, "gpt-3.5-turbo");
    EXPECT_NE(config.deployments[0].id, config.deployments[1].id);
    EXPECT_EQ(config.deployments[0].api_key.reveal(), "sk-provider");
    EXPECT_EQ(config.default_model, "gpt-3.5-turbo");
    EXPECT_EQ(config.database.url.reveal(), variables.at("DATABASE_URL"));
    EXPECT_TRUE(config.database.stores_models);
    EXPECT_EQ(all_text(result->warnings), "");
}

}  // namespace
}  // namespace tollweir
