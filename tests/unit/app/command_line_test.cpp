#include "tollweir/app/command_line.hpp"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

namespace tollweir {
namespace {

using Words = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;

Environment environment_of(Variables variables) {
    return [variables = std::move(variables)](const std::string& name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

CommandLine parsed(const Words& words, Variables variables = {}) {
    auto result = parse_command_line(words, environment_of(std::move(variables)));
    if (result) return std::move(*result);
    ADD_FAILURE() << result.error();
    return {};
}

std::string error_of(const Words& words, Variables variables = {}) {
    const auto result = parse_command_line(words, environment_of(std::move(variables)));
    return result ? std::string() : result.error();
}

TEST(CommandLine, HasLiteLlmsDefaults) {
    const auto line = parsed({});
    EXPECT_EQ(line.action, CommandLine::Action::serve);
    EXPECT_EQ(line.host, "0.0.0.0");
    EXPECT_EQ(line.port, 4000);
    EXPECT_GE(line.num_workers, 1U);
    EXPECT_FALSE(line.config_file);
    EXPECT_TRUE(line.notices.empty());
}

TEST(CommandLine, TakesDashesUnderscoresAndEqualsSigns) {
    EXPECT_EQ(parsed({"--num-workers", "3"}).num_workers, 3U);
    EXPECT_EQ(parsed({"--num_workers", "3"}).num_workers, 3U);
    EXPECT_EQ(parsed({"--num-workers=3"}).num_workers, 3U);
    EXPECT_EQ(parsed({"--num_workers=3"}).num_workers, 3U);
}

TEST(CommandLine, TakesShortFlags) {
    EXPECT_EQ(parsed({"-c", "a.yaml"}).config_file, "a.yaml");
    EXPECT_EQ(parsed({"-ca.yaml"}).config_file, "a.yaml");
    EXPECT_EQ(parsed({"-m", "gpt-4o"}).overrides.model, "gpt-4o");
    EXPECT_EQ(parsed({"-v"}).action, CommandLine::Action::version);
    EXPECT_EQ(parsed({"-h"}).action, CommandLine::Action::help);
}

TEST(CommandLine, LetsTheLastOfARepeatedFlagCount) {
    EXPECT_EQ(parsed({"--port", "1", "--port", "2"}).port, 2);
}

TEST(CommandLine, PrefersFlagOverVariableOverDefault) {
    EXPECT_EQ(parsed({"--port", "5"}, {{"PORT", "6"}}).port, 5);
    EXPECT_EQ(parsed({}, {{"PORT", "6"}}).port, 6);
    EXPECT_EQ(parsed({}, {{"PORT", ""}}).port, 4000);
}

TEST(CommandLine, ReadsTheVariablesOfItsFlags) {
    const auto line = parsed({}, {{"HOST", "[::]"},
                                  {"NUM_WORKERS", "7"},
                                  {"SSL_KEYFILE_PATH", "k.pem"},
                                  {"SSL_CERTFILE_PATH", "c.pem"},
                                  {"KEEPALIVE_TIMEOUT", "12.5"},
                                  {"LIMIT_CONCURRENCY", "9"},
                                  {"TOLLWEIR_REQUIRE_AUTH", "true"},
                                  {"DEBUG", "True"},
                                  {"DETAILED_DEBUG", "false"}});
    EXPECT_EQ(line.host, "[::]");
    EXPECT_EQ(line.num_workers, 7U);
    EXPECT_EQ(line.ssl_keyfile, "k.pem");
    EXPECT_EQ(line.ssl_certfile, "c.pem");
    EXPECT_EQ(line.overrides.keepalive_timeout, 12.5);
    EXPECT_EQ(line.overrides.limit_concurrency, 9);
    EXPECT_TRUE(line.overrides.require_auth);
    EXPECT_TRUE(line.overrides.debug);
    EXPECT_FALSE(line.overrides.detailed_debug);
}

TEST(CommandLine, TakesTheOverridesOfADirectModel) {
    const auto flags =
        parsed({"--model", "openai/x", "--alias", "fast", "--api_base", "http://localhost:8000",
                "--api-version", "2025-01-01", "--temperature", "0.25", "--max_tokens", "64",
                "--request_timeout", "30", "--headers", R"({"X-Team":"blue","X-B":"a\"b"})",
                "--drop_params", "--reload"})
            .overrides;
    EXPECT_EQ(flags.model, "openai/x");
    EXPECT_EQ(flags.alias, "fast");
    EXPECT_EQ(flags.api_base, "http://localhost:8000");
    EXPECT_EQ(flags.api_version, "2025-01-01");
    EXPECT_EQ(flags.temperature, 0.25);
    EXPECT_EQ(flags.max_tokens, 64);
    EXPECT_EQ(flags.request_timeout, 30.0);
    const std::vector<std::pair<std::string, std::string>> headers = {{"X-Team", "blue"},
                                                                      {"X-B", "a\"b"}};
    EXPECT_EQ(flags.headers, headers);
    EXPECT_TRUE(flags.drop_params);
    EXPECT_TRUE(flags.watch_config);
}

TEST(CommandLine, NamesTheNearestFlag) {
    EXPECT_EQ(error_of({"--pot", "4000"}),
              "unknown flag --pot; did you mean --port? (--help lists all)");
    EXPECT_EQ(error_of({"--detailled-debug"}),
              "unknown flag --detailled-debug; did you mean --detailed_debug? (--help lists all)");
    EXPECT_EQ(error_of({"--zzzzzzzzzz"}), "unknown flag --zzzzzzzzzz (--help lists all)");
    EXPECT_EQ(error_of({"-x"}), "unknown flag -x (--help lists all)");
    EXPECT_EQ(error_of({"-vx"}), "unknown flag -vx (--help lists all)");
}

TEST(CommandLine, RefusesWrongValues) {
    EXPECT_EQ(error_of({"--port", "x"}),
              "--port: expected a whole number from 0 to 65535, found \"x\"");
    EXPECT_EQ(error_of({}, {{"PORT", "70000"}}),
              "the variable PORT: expected a whole number from 0 to 65535, found \"70000\"");
    EXPECT_EQ(error_of({"--port"}), "--port needs a value: N");
    EXPECT_EQ(error_of({"--port", "--debug"}), "--port needs a value: N");
    EXPECT_EQ(error_of({"--config="}), "--config is empty");
    EXPECT_EQ(error_of({"--debug=maybe", "--drop_params=maybe"}),
              "--drop_params: expected true or false, found \"maybe\"");
    for (const Words& words :
         {Words{"--num_workers", "0"}, Words{"--temperature", "nan"}, Words{"--temperature", "inf"},
          Words{"--max_tokens", "1.5"}, Words{"--request_timeout", "0"},
          Words{"--request_timeout", "-1"}, Words{"--limit_concurrency", "0"},
          Words{"--port", "-1"}, Words{"--headers", "[]"}, Words{"--headers", "{\"a\":1}"},
          Words{"--headers", "{"}})
        EXPECT_FALSE(error_of(words).empty()) << words[0] << " " << words[1];
}

TEST(CommandLine, RefusesToGuessWhereAccessIsConcerned) {
    EXPECT_EQ(error_of({}, {{"TOLLWEIR_REQUIRE_AUTH", "sure"}}),
              "the variable TOLLWEIR_REQUIRE_AUTH: expected true or false, found \"sure\"");
}

TEST(CommandLine, LeavesADebugVariableOfOtherProgramsAlone) {
    const auto line = parsed({}, {{"DEBUG", "app:*"}});
    EXPECT_FALSE(line.overrides.debug);
    ASSERT_EQ(line.notices.size(), 1U);
    EXPECT_EQ(line.notices[0], "the variable DEBUG is neither true nor false: left out");
}

TEST(CommandLine, WantsKeyAndCertificateTogether) {
    EXPECT_EQ(error_of({"--ssl_keyfile_path", "k.pem"}),
              "--ssl_keyfile_path and --ssl_certfile_path belong together: one is missing");
}

TEST(CommandLine, ChecksAFile) {
    const auto line = parsed({"check", "a.yaml"}, {{"CONFIG_FILE_PATH", "/nonexistent.yaml"}});
    EXPECT_EQ(line.action, CommandLine::Action::check);
    EXPECT_EQ(line.config_file, "a.yaml");
    EXPECT_EQ(parsed({"-c", "b.yaml", "--validate_config"}).action, CommandLine::Action::check);
    EXPECT_EQ(error_of({"check", "a", "b"}), "check takes one file");
    EXPECT_EQ(error_of({"serve"}), "unexpected argument \"serve\" (--help lists the flags)");
}

TEST(CommandLine, EndsWhereOnlyMigrationsWereAskedFor) {
    EXPECT_EQ(parsed({"--skip_server_startup"}).action, CommandLine::Action::migrate);
    EXPECT_EQ(parsed({"migrate"}).action, CommandLine::Action::migrate);
    EXPECT_EQ(parsed({"migrate", "there.yaml"}).config_file, "there.yaml");
}

TEST(CommandLine, KnowsWhatToAskARunningGateway) {
    EXPECT_EQ(parsed({"--health"}).action, CommandLine::Action::health);
    EXPECT_EQ(parsed({"--test"}).action, CommandLine::Action::test);
}

TEST(CommandLine, LetsConfigFilePathBeatTheFlag) {
    const std::string file = TOLLWEIR_SOURCE_DIR "/config/quickstart.yaml";
    const auto line = parsed({"--config", "other.yaml"}, {{"CONFIG_FILE_PATH", file}});
    EXPECT_EQ(line.config_file, file);
    ASSERT_EQ(line.notices.size(), 1U);
    EXPECT_EQ(line.notices[0], "--config is left out: CONFIG_FILE_PATH names " + file);
}

TEST(CommandLine, PassesOverAConfigFilePathThatNamesNoYamlFile) {
    for (const char* path : {"/nonexistent.yaml", TOLLWEIR_SOURCE_DIR "/CMakeLists.txt"}) {
        const auto line = parsed({"--config", "other.yaml"}, {{"CONFIG_FILE_PATH", path}});
        EXPECT_EQ(line.config_file, "other.yaml");
        ASSERT_EQ(line.notices.size(), 1U);
        EXPECT_TRUE(line.notices[0].contains("CONFIG_FILE_PATH names no")) << line.notices[0];
    }
}

TEST(CommandLine, NormalizesTheRootPath) {
    EXPECT_EQ(parsed({}, {{"SERVER_ROOT_PATH", "/llm/"}}).root_path, "/llm");
    EXPECT_EQ(parsed({}, {{"SERVER_ROOT_PATH", "llm/v2"}}).root_path, "/llm/v2");
    EXPECT_EQ(parsed({}, {{"SERVER_ROOT_PATH", "/"}}).root_path, "");
    for (const char* bad : {"/a b", "/a?b", "/a#", "/a%2f", "/../a", "//a", "/a//b"})
        EXPECT_FALSE(error_of({}, {{"SERVER_ROOT_PATH", bad}}).empty()) << bad;
}

TEST(CommandLine, TellsOfFlagsWithoutEffect) {
    const auto line =
        parsed({"--run_gunicorn", "--telemetry", "False", "--max_budget=5", "--local"});
    const Words expected = {"--max_budget is not active yet (docs/status.md)",
                            "--run_gunicorn has no effect here", "--local has no effect here"};
    EXPECT_EQ(line.notices, expected);
}

TEST(CommandLine, RemembersWhichVariableStoodInForAFlag) {
    const auto overrides =
        parsed({"--limit_concurrency=5"}, {{"KEEPALIVE_TIMEOUT", "9"}, {"LIMIT_CONCURRENCY", "7"}})
            .overrides;
    EXPECT_EQ(overrides.source_of("keepalive_timeout"), "KEEPALIVE_TIMEOUT");
    EXPECT_EQ(overrides.source_of("limit_concurrency"), "--limit_concurrency");
}

TEST(CommandLine, HelpFitsATerminal) {
    std::istringstream help(help_text());
    for (std::string line; std::getline(help, line);) EXPECT_LE(line.size(), 100U) << line;
}

/// Every flag of LiteLLM's reference starts a gateway that its users' scripts start with it.
TEST(CommandLine, TakesEveryFlagOfLiteLlm) {
    for (const char* flag :
         {"--save", "--test_async", "--use_queue", "--local", "--run_hypercorn", "--run_granian",
          "--iam_token_db_auth", "--use_prisma_migrate", "--enforce_prisma_migration_check",
          "--use_prisma_db_push", "--setup", "--add_function_to_prompt", "--azure_postgresql_auth",
          "--use_v2_migration_resolver", "--use_legacy_migration_resolver"})
        EXPECT_EQ(parsed({flag}).notices.size(), 1U) << flag;
    for (const char* flag :
         {"--num_requests", "--granian_threads", "--timeout_worker_healthcheck",
          "--max_requests_before_restart", "--max_requests_before_restart_jitter",
          "--prometheus_metrics_port", "--add_key", "--log_config"})
        EXPECT_EQ(parsed({flag, "10"}).notices.size(), 1U) << flag;
}

TEST(UsableProcessors, FollowsTheQuota) {
    EXPECT_EQ(usable_processors(8, "max 100000"), 8U);
    EXPECT_EQ(usable_processors(8, "150000 100000"), 2U);
    EXPECT_EQ(usable_processors(8, "50000 100000"), 1U);
    EXPECT_EQ(usable_processors(2, "900000 100000"), 2U);
    for (const char* odd : {"", "x", "1 0", "1", "100000 x"})
        EXPECT_EQ(usable_processors(4, odd), 4U) << odd;
}

}  // namespace
}  // namespace tollweir
