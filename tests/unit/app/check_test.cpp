#include "tollweir/app/check.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace tollweir {
namespace {

const std::string kFolder = TOLLWEIR_SOURCE_DIR "/tests/golden/wild-configs/";

Environment environment_of(std::map<std::string, std::string> variables) {
    return [variables = std::move(variables)](const std::string& name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

std::string text_of(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

CheckReport report_of(const std::vector<std::string>& arguments,
                      const std::map<std::string, std::string>& variables) {
    const auto environment = environment_of(variables);
    const auto line = parse_command_line(arguments, environment);
    EXPECT_TRUE(line) << line.error();
    auto report = make_check_report(*line, environment);
    for (auto at = report.text.find(kFolder); at != std::string::npos;
         at = report.text.find(kFolder))
        report.text.erase(at, kFolder.size());
    return report;
}

const std::map<std::string, std::string> kKeys = {
    {"OPENAI_API_KEY", "sk-openai-hidden"},  {"ANTHROPIC_API_KEY", "sk-ant-hidden"},
    {"GEMINI_API_KEY", "gem-hidden"},        {"LITELLM_MASTER_KEY", "sk-master-hidden"},
    {"LITELLM_DATABASE_URL", "pg-hidden"},   {"LANGFUSE_PUBLIC_KEY", "pk-hidden"},
    {"LANGFUSE_SECRET_KEY", "sk-lf-hidden"}, {"LANGFUSE_HOST", "https://langfuse.example"},
    {"REDIS_HOST", "redis.example"}};

/// Beside each wild file stands what `tollweir check` says about it. A part that makes a key active
/// writes them anew with TOLLWEIR_WRITE_GOLDEN=1, and reads the difference.
void expect_golden(const std::string& name, const CheckReport& report) {
    EXPECT_TRUE(report.usable);
    const std::string file = kFolder + name + ".check";
    if (std::getenv("TOLLWEIR_WRITE_GOLDEN") != nullptr) std::ofstream(file) << report.text;
    EXPECT_EQ(report.text, text_of(file)) << name;
    EXPECT_FALSE(report.text.contains("hidden")) << report.text;
}

TEST(Check, ExplainsTheWildFiles) {
    for (const std::string name : {"workshop", "kubernetes-minimal", "people"})
        expect_golden(name, report_of({"check", kFolder + name + ".yaml"}, kKeys));
}

TEST(Check, ExplainsArgumentsAndVariablesWithoutAFile) {
    auto variables = read_env_file(kFolder + "cloudrun.env");
    variables["OPENAI_API_KEY"] = "sk-hidden";
    variables["LITELLM_MASTER_KEY"] = "sk-hidden";
    expect_golden("cloudrun",
                  report_of({"--validate_config", "--model", "gpt-3.5-turbo", "--api_base",
                             "https://api.openai.com/v1", "--port", "4000"},
                            variables));
}

TEST(Check, TellsWhereEachValueCameFrom) {
    const auto folder = std::filesystem::path(testing::TempDir()) / "check_test";
    std::filesystem::create_directories(folder);
    const auto file = folder / "a.yaml";
    std::ofstream(file)
        << "litellm_settings:\n  drop_params: true\n"
           "router_settings:\n  stream_timeout: os.environ/GAP\n"
           "general_settings: {master_key: sk-hidden, alert_to_webhook_url: "
           "{budget_alerts: 'https://hooks/hidden'}, pass_through_endpoints: "
           "[{path: /p, target: 'https://a/b?key=hidden', headers: {X: hidden}}]}\n"
           "model_list: [{model_name: a, litellm_params: {model: openai/a, api_key: "
           "sk-hidden, api_base: 'https://host/v1?code=hidden'}}]\n";
    const auto text =
        report_of({"check", file.string(), "--require-auth"},
                  {{"GAP", "7"}, {"REQUEST_TIMEOUT", "9"}, {"KEEPALIVE_TIMEOUT", "5"}})
            .text;
    const std::string name = file.string();
    for (const std::string& line : std::vector<std::string>{
             "litellm_settings.drop_params = true (" + name + ":2)",
             "litellm_settings.request_timeout = \"9\" (environment variable REQUEST_TIMEOUT)",
             "router_settings.stream_timeout = \"7\" (environment variable GAP, " + name + ":4)",
             "general_settings.master_key = \"***\" (" + name + ":5)",
             "model_list[0].litellm_params.api_base = \"https://host/v1?***\" (" + name + ":6)",
             "tollweir_settings.require_auth = \"true\" (flag --require_auth)",
             "tollweir_settings.server.idle_timeout = \"5\" (environment variable "
             "KEEPALIVE_TIMEOUT)",
             "tollweir_settings.drain.delay = 5 (default)"})
        EXPECT_TRUE(text.contains("  " + line + "\n")) << line << "\n" << text;
    EXPECT_FALSE(text.contains("hidden")) << text;
}

TEST(Check, FailsOnErrors) {
    const auto report =
        report_of({"check", TOLLWEIR_SOURCE_DIR "/tests/golden/broken-configs/settings.yaml"}, {});
    EXPECT_FALSE(report.usable);
    EXPECT_TRUE(report.text.contains("error: ")) << report.text;
}

}  // namespace
}  // namespace tollweir
