#include "tollweir/telemetry/unpriced.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tollweir/core/log.hpp"

namespace tollweir {
namespace {

class UnpricedModelsTest : public testing::Test {
protected:
    UnpricedModelsTest() {
        set_log_writer([this](LogLevel, std::string_view text) { lines.emplace_back(text); },
                       LogLevel::warning);
    }
    ~UnpricedModelsTest() override {
        set_log_writer([](LogLevel, std::string_view) {}, LogLevel::warning);
    }

    std::vector<std::string> lines;
    UnpricedModels unpriced;
};

TEST_F(UnpricedModelsTest, AreWarnedOfOnceEach) {
    for (int i = 0; i < 3; ++i) {
        unpriced.note("openai/ours");
        unpriced.note("openai/theirs");
    }
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_TRUE(lines[0].contains("`openai/ours`"));
}

TEST_F(UnpricedModelsTest, ShowNamesThatFitOnALine) {
    unpriced.note("a\nb" + std::string(10'000, 'x'));
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_TRUE(lines[0].contains("`a?bx"));
    EXPECT_LT(lines[0].size(), 400U);
}

TEST_F(UnpricedModelsTest, AreNotWarnedOfWithoutEnd) {
    for (int i = 0; i < 5'000; ++i) unpriced.note("made-up-" + std::to_string(i));
    EXPECT_EQ(lines.size(), UnpricedModels::kMost);
}

}  // namespace
}  // namespace tollweir
