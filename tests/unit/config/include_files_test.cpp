#include <filesystem>
#include <fstream>

#include "loading.hpp"

namespace tollweir {
namespace {

namespace fs = std::filesystem;

class Includes : public testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "tollweir-includes-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
        fs::create_directory(folder_ / "sub");
    }
    void TearDown() override { fs::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
    }
    auto load(const std::string& name = "main.yaml") const {
        return load_config(folder_ / name, {}, environment_of({}));
    }
    LoadedConfig good() const {
        auto result = load();
        if (result) return std::move(*result);
        ADD_FAILURE() << all_text(result.error());
        return {};
    }

    fs::path folder_;
};

std::string entry(const std::string& name) {
    return "  - {model_name: " + name + ", litellm_params: {model: openai/x, api_key: k}}\n";
}

TEST_F(Includes, MergeMappingsAppendListsAndWinForSingleValues) {
    write("main.yaml", "include: [a.yaml]\nmodel_list:\n" + entry("m") +
                           "litellm_settings: {request_timeout: 1, json_logs: true}\n"
                           "tollweir_settings: {drain: {delay: 1, timeout: 2}}\n"
                           "general_settings: {master_key: sk-1}\n");
    write("a.yaml", "model_list:\n" + entry("a") +
                        "litellm_settings: {request_timeout: 5}\n"
                        "tollweir_settings: {drain: {timeout: 3}}\ngeneral_settings:\n");
    const auto config = good().config;
    ASSERT_EQ(config.deployments.size(), 2U);
    EXPECT_EQ(config.deployments[0].group, "m");
    EXPECT_EQ(config.deployments[1].group, "a");
    EXPECT_EQ(config.request_timeout, std::chrono::seconds(5));
    EXPECT_TRUE(config.log.json);
    EXPECT_EQ(config.drain.delay, std::chrono::seconds(1));
    EXPECT_EQ(config.drain.timeout, std::chrono::seconds(3));
    EXPECT_EQ(config.master_key.reveal(), "sk-1");
}

TEST_F(Includes, NestRelativeToTheMainFile) {
    write("main.yaml", "include: [sub/a.yaml]\n");
    write("sub/a.yaml", "include: [sub/b.yaml]\nmodel_list:\n" + entry("a"));
    write("sub/b.yaml", "model_list:\n" + entry("b"));
    const auto load = good();
    EXPECT_EQ(load.config.deployments.size(), 2U);
    EXPECT_EQ(load.files, (std::vector<fs::path>{folder_ / "main.yaml", folder_ / "sub/a.yaml",
                                                 folder_ / "sub/b.yaml"}));
}

TEST_F(Includes, InACircleAreAnError) {
    write("main.yaml", "include: [a.yaml]\n");
    write("a.yaml", "include: [sub/../b.yaml]\n");  // found whatever way its name goes
    write("b.yaml", "include: [a.yaml]\n");
    const auto result = load();
    ASSERT_FALSE(result);
    EXPECT_EQ(all_text(result.error()), (folder_ / "sub/../b.yaml").string() +
                                            ":1:11: include[0]: " + (folder_ / "a.yaml").string() +
                                            " includes itself\n");
}

TEST_F(Includes, NamedTwiceAreReadOnce) {
    write("main.yaml", "include: [a.yaml, b.yaml]\n");
    write("a.yaml", "include: [c.yaml]\n");
    write("b.yaml", "include: [c.yaml]\n");
    write("c.yaml", "model_list:\n" + entry("c"));
    const auto load = good();
    EXPECT_EQ(load.config.deployments.size(), 1U);
    EXPECT_TRUE(all_text(load.warnings).contains("was included before; read once"));
}

TEST_F(Includes, MayBeASingleText) {
    write("main.yaml", "include: a.yaml\n");
    write("a.yaml", "model_list:\n" + entry("a"));
    EXPECT_EQ(good().config.deployments.size(), 1U);
}

TEST_F(Includes, KeepTheirPlacesInFindings) {
    write("main.yaml", "include: [a.yaml]\nmodel_list:\n" + entry("m"));
    write("a.yaml", "general_settings:\n  mastre_key: x\n");
    EXPECT_EQ(all_text(good().warnings),
              (folder_ / "a.yaml").string() +
                  ":2:3: general_settings.mastre_key: unknown key; did you mean `master_key`?\n");
}

TEST_F(Includes, ThatAreFoldersAreErrors) {
    write("main.yaml", "include: [sub]\n");
    const auto result = load();
    ASSERT_FALSE(result);
    EXPECT_TRUE(all_text(result.error()).contains("is a directory"));
}

TEST_F(Includes, AMainFileThatIsMissingIsAnError) {
    const auto result = load("absent.yaml");
    ASSERT_FALSE(result);
    EXPECT_EQ(all_text(result.error()), (folder_ / "absent.yaml").string() + " does not exist\n");
}

TEST_F(Includes, EnvFilesAreRead) {
    write(".env",
          "# comment\nA=1\nexport B = two words  # comment\nC=\"x\\ny # no\" # yes\n"
          "D='a\\nb'\nE=\nF=a#b\n9BAD=x\nno equals\nG=\"multi\nline\"\nH=$A\r\n");
    const auto variables = read_env_file(folder_ / ".env");
    const std::map<std::string, std::string> expected = {
        {"A", "1"}, {"B", "two words"}, {"C", "x\ny # no"},   {"D", "a\\nb"},
        {"E", ""},  {"F", "a#b"},       {"G", "multi\nline"}, {"H", "$A"}};
    EXPECT_EQ(variables, expected);
    EXPECT_TRUE(read_env_file(folder_ / "absent").empty());
    EXPECT_TRUE(read_env_file(folder_).empty());
}

TEST_F(Includes, TheProcessWinsOverTheEnvFileUnlessInProduction) {
    write(".env", "TOLLWEIR_TEST_A=file\nTOLLWEIR_TEST_B=file\n");
    setenv("TOLLWEIR_TEST_A", "process", 1);
    unsetenv("LITELLM_MODE");
    const auto environment = process_environment(folder_ / ".env");
    setenv("LITELLM_MODE", "PRODUCTION", 1);
    const auto production = process_environment(folder_ / ".env");
    EXPECT_EQ(environment("TOLLWEIR_TEST_A"), "process");
    EXPECT_EQ(environment("TOLLWEIR_TEST_B"), "file");
    EXPECT_EQ(production("TOLLWEIR_TEST_A"), "process");
    EXPECT_EQ(production("TOLLWEIR_TEST_B"), std::nullopt);
    unsetenv("TOLLWEIR_TEST_A");
    unsetenv("LITELLM_MODE");
}

}  // namespace
}  // namespace tollweir
