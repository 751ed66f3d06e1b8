#include "tollweir/core/pattern.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

Pattern pattern(std::string_view text) {
    auto compiled = Pattern::compile(text);
    if (compiled) return std::move(*compiled);
    ADD_FAILURE() << compiled.error();
    return {};
}

TEST(Pattern, IsFoundAnywhereUnlessItSaysOtherwise) {
    EXPECT_TRUE(pattern("claude-code/\\d+").is_in("User-Agent: claude-code/2.1"));
    EXPECT_FALSE(pattern("^claude").is_in("User-Agent: claude"));
    EXPECT_FALSE(pattern("x").is_in(""));
}

TEST(Pattern, MayHaveToCoverEverything) {
    EXPECT_TRUE(pattern("https://[a-z]+\\.example").is_all_of("https://a.example"));
    EXPECT_FALSE(pattern("https://[a-z]+\\.example").is_all_of("https://a.example.org"));
    EXPECT_FALSE(pattern("a|ab").is_all_of("xab"));
    EXPECT_TRUE(pattern("a|ab").is_all_of("ab"));
}

TEST(Pattern, SaysWhatIsWrongWithIt) {
    const auto broken = Pattern::compile("a(b");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error(), "missing closing parenthesis at character 4");
}

TEST(Pattern, ThatWouldTakeForEverMatchesNothing) {
    EXPECT_FALSE(pattern("(a+)+b").is_in(std::string(64, 'a') + "c"));
}

TEST(Pattern, OfNothingMatchesNothing) {
    EXPECT_FALSE(Pattern().is_in("a"));
}

}  // namespace
}  // namespace tollweir
