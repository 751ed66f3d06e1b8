#include "loading.hpp"

namespace tollweir {
namespace {

LoadedConfig load_shipped(const std::string& name, std::map<std::string, std::string> variables) {
    auto result = load_config(TOLLWEIR_SOURCE_DIR "/config/" + name, {},
                              environment_of(std::move(variables)));
    if (result) return std::move(*result);
    ADD_FAILURE() << all_text(result.error());
    return {};
}

TEST(ShippedConfigs, QuickstartNeedsNothingAndIsSilent) {
    const auto load = load_shipped("quickstart.yaml", {});
    EXPECT_EQ(all_text(load.warnings), "");
    EXPECT_TRUE(load.config.generate_master_key);
    ASSERT_FALSE(load.config.deployments.empty());
    EXPECT_EQ(load.config.deployments[0].group, "demo");
    EXPECT_TRUE(load.config.deployments[0].mock_response);
    for (std::size_t i = 1; i < load.config.deployments.size(); ++i)
        EXPECT_TRUE(load.config.deployments[i].wildcard);
}

/// Every key of the example has an effect, and it says so.
TEST(ShippedConfigs, ExampleHasNoWarningOnceItsKeysAreSet) {
    const auto load = load_shipped("example.yaml", {{"OPENAI_API_KEY", "sk-1"},
                                                    {"OPENAI_SECOND_API_KEY", "sk-2"},
                                                    {"LITELLM_MASTER_KEY", "sk-3"}});
    EXPECT_EQ(all_text(load.warnings), "");
    EXPECT_EQ(load.config.deployments.size(), 6U);
    EXPECT_EQ(load.config.deployments[1].api_key.reveal(), "sk-2");
    EXPECT_EQ(load.config.deployments[2].api_base, "http://localhost:8000/v1");
}

}  // namespace
}  // namespace tollweir
