#include "tollweir/gateway/routes.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace tollweir {
namespace {

struct Expected {
    const char* method;
    const char* path;
    const char* route;
    const char* model;
};

class Routes : public testing::TestWithParam<Expected> {};

TEST_P(Routes, FindTheirHandler) {
    const auto match = find_route(GetParam().method, GetParam().path);
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(match.route->path, GetParam().route);
    EXPECT_EQ(match.part, GetParam().model);
    EXPECT_FALSE(match.wrong_method);
}

INSTANTIATE_TEST_SUITE_P(
    All, Routes,
    testing::Values(Expected{"POST", "/v1/chat/completions", "/v1/chat/completions", ""},
                    Expected{"POST", "/chat/completions", "/chat/completions", ""},
                    Expected{"POST", "//v1//chat/completions/", "/v1/chat/completions", ""},
                    Expected{"POST", "/openai/deployments/gpt-4o/chat/completions",
                             "/openai/deployments/{model}/chat/completions", "gpt-4o"},
                    Expected{"POST", "/openai/deployments/a/b/c/chat/completions",
                             "/openai/deployments/{model}/chat/completions", "a/b/c"},
                    Expected{"POST", "/openai/deployments/x/completions",
                             "/openai/deployments/{model}/completions", "x"},
                    Expected{"POST", "/engines/x/embeddings", "/engines/{model}/embeddings", "x"},
                    Expected{"GET", "/v1/models/openai%2Fgpt-4o", "/v1/models/{model}",
                             "openai/gpt-4o"},
                    Expected{"GET", "/models/a/b", "/models/{model}", "a/b"},
                    Expected{"HEAD", "/health/liveliness", "/health/liveliness", ""},
                    Expected{"GET", "/model/info", "/model/info", ""},
                    Expected{"POST", "/key/generate", "/key/generate", ""},
                    Expected{"POST", "/key/sk-1/regenerate", "/key/{key}/regenerate", "sk-1"},
                    Expected{"POST", "/key/regenerate", "/key/regenerate", ""}));

TEST(RouteTable, KnowsNothingElse) {
    EXPECT_EQ(find_route("GET", "/nowhere").route, nullptr);
    EXPECT_EQ(find_route("POST", "/v1/chat").route, nullptr);
    EXPECT_EQ(find_route("POST", "/engines//").route, nullptr);
}

TEST(RouteTable, TellsTheMethodsAPathHas) {
    const auto match = find_route("GET", "/v1/chat/completions");
    ASSERT_NE(match.route, nullptr);
    EXPECT_TRUE(match.wrong_method);
    EXPECT_EQ(allowed_methods(*match.route), "POST, OPTIONS");
    EXPECT_EQ(allowed_methods(*find_route("POST", "/v1/models").route), "GET, HEAD, OPTIONS");
}

TEST(RouteTable, ListsEveryMethodOfAPathOnce) {
    std::map<std::string_view, unsigned> taken;
    for (const auto& route : routes()) {
        auto& methods = taken[route.path];
        EXPECT_EQ(methods & route.methods, 0U) << route.path;
        methods |= route.methods;
    }
}

TEST(RouteTable, TakesTheRouteOfTheMethodAmongThoseOfAPath) {
    EXPECT_EQ(name_of(*find_route("GET", "/credentials").route), "get_credentials");
    EXPECT_EQ(name_of(*find_route("POST", "/credentials").route), "create_credential");
    const auto match = find_route("DELETE", "/credentials/of%2Fa%20model");
    EXPECT_EQ(name_of(*match.route), "delete_credential");
    EXPECT_EQ(match.part, "of/a model");
    EXPECT_TRUE(find_route("PUT", "/credentials").wrong_method);
}

TEST(RouteTable, OpensOnlyProbesAndThePublicPages) {
    std::set<std::string_view> open;
    for (const auto& route : routes())
        if (route.access == Access::open || route.access == Access::probe) open.insert(route.path);
    EXPECT_EQ(open,
              (std::set<std::string_view>{"/", "/routes", "/test", "/health", "/health/liveliness",
                                          "/health/liveness", "/health/readiness"}));
}

}  // namespace
}  // namespace tollweir
