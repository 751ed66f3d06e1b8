#include "tollweir/providers/reference.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "providers/openai/quirks.hpp"
#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

TEST(ProvidersReference, IsWhatTheDocumentationHolds) {
    std::ifstream file(std::string(TOLLWEIR_SOURCE_DIR) + "/docs/providers.md");
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_TRUE(text.str() == providers_reference())
        << "write it anew: build/release/tollweir docs providers > docs/providers.md";
}

TEST(ProvidersReference, NamesEveryProvider) {
    const auto page = providers_reference();
    for (const auto& entry : providers()) {
        EXPECT_TRUE(page.contains("`" + std::string(entry.provider->name()) + "`"));
    }
}

TEST(ProvidersReference, HasAWordForEveryRule) {
    for (std::size_t i = 0; i < kQuirkCount; ++i) {
        EXPECT_FALSE(text_of(static_cast<Quirk>(i)).empty()) << i;
    }
}

}  // namespace
}  // namespace tollweir
