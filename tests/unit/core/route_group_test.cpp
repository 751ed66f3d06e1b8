#include "tollweir/core/route_group.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

struct Case {
    std::vector<std::string> entries;
    const char* path;
    RouteGroups groups;
    bool admitted;
};

void PrintTo(const Case& shown, std::ostream* out) {
    for (const auto& entry : shown.entries) *out << entry << ' ';
    *out << "| " << shown.path;
}

class Routes : public testing::TestWithParam<Case> {};

TEST_P(Routes, AreAdmittedByPathBeginningOrGroup) {
    const auto& c = GetParam();
    EXPECT_EQ(AllowedRoutes(c.entries).admit(c.path, c.path, c.groups), c.admitted);
}

constexpr const char* kChat = "/v1/chat/completions";

INSTANTIATE_TEST_SUITE_P(
    All, Routes,
    testing::Values(
        Case{{}, kChat, RouteGroup::openai, true}, Case{{kChat}, kChat, RouteGroup::openai, true},
        Case{{"/v1/chat"}, kChat, RouteGroup::openai, true},
        Case{{"/v1/chat/comp"}, kChat, RouteGroup::openai, false},
        Case{{"/v1/chat/comp*"}, kChat, RouteGroup::openai, true},
        Case{{"*"}, kChat, RouteGroup::openai, true},
        Case{{"/v1/embeddings"}, kChat, RouteGroup::openai, false},
        Case{{""}, kChat, RouteGroup::openai, false},
        Case{{"openai_routes"}, kChat, RouteGroup::openai, true},
        Case{{"llm_api_routes"}, kChat, RouteGroup::openai, true},
        Case{{"anthropic_routes"}, kChat, RouteGroup::openai, false},
        Case{{"llm_api_routes"}, "/key/generate", RouteGroup::key_management, false},
        Case{{"management_routes"}, "/key/generate", RouteGroup::key_management, true},
        Case{{"management_routes"}, kChat, RouteGroup::openai, false},
        Case{{"info_routes"}, "/key/info", RouteGroup::info | RouteGroup::key_management, true},
        Case{{"info_routes"}, "/key/generate", RouteGroup::key_management, false},
        Case{{"info_routes", kChat}, kChat, RouteGroup::openai, true},
        // A path is no group's name, and a group that nobody knows admits nothing.
        Case{{"some_routes"}, kChat, RouteGroup::openai, false}));

TEST(AllowedRoutes, MayNameARoutesPattern) {
    const AllowedRoutes routes({"/v1/models/{model}"});
    EXPECT_TRUE(routes.admit("/v1/models/gpt-4o", "/v1/models/{model}", RouteGroup::openai));
    EXPECT_FALSE(routes.admit("/v1/models", "/v1/models", RouteGroup::openai));
}

TEST(RouteGroups, AreKnownByLiteLlmsNames) {
    EXPECT_EQ(parse_route_group("openai_routes"), RouteGroups(RouteGroup::openai));
    EXPECT_FALSE(parse_route_group("openai"));
    EXPECT_FALSE(parse_route_group(""));
}

}  // namespace
}  // namespace tollweir
