#include "tollweir/config/reference.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "config/known_keys.hpp"

namespace tollweir {
namespace {

std::string text_of(const std::string& file) {
    std::ifstream stream(TOLLWEIR_SOURCE_DIR + ("/" + file), std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

TEST(ConfigurationReference, IsWhatTheDocumentationHolds) {
    EXPECT_TRUE(text_of("docs/configuration.md") == configuration_reference())
        << "write it anew: build/release/tollweir docs configuration > docs/configuration.md";
}

/// A key is honoured, or it is said that it is not: docs/status.md points to the reference, where
/// each key that is not active yet says so.
TEST(ConfigurationReference, NamesEveryKeyThatIsNotActive) {
    EXPECT_TRUE(text_of("docs/status.md").contains("[configuration.md](configuration.md)"));
    const auto text = configuration_reference();
    for (const auto& table : key_tables()) {
        if (table.section == "router_settings.default_litellm_params") continue;
        for (const auto& key : table.keys) {
            const auto at = text.find("| `" + std::string(key.name) + "` | ");
            ASSERT_NE(at, std::string::npos) << key.name;
        }
    }
    EXPECT_TRUE(
        text.contains("| `cache_params` | mapping |  | Which cache, and its rules. | later |"));
}

}  // namespace
}  // namespace tollweir
