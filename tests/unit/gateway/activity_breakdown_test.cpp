#include "gateway/admin/spend/activity_breakdown.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "gateway/admin/spend/activity_json.hpp"

namespace tollweir {
namespace {

using Json = nlohmann::json;
using Part = ActivityBreakdown::Part;

constexpr const char* kParts[] = {"models",    "model_groups", "providers",
                                  "endpoints", "entities",     "api_keys"};

struct Use {
    std::string day = "2026-11-20";
    std::string owner;
    std::string key;
    std::string model = "gpt-4o";
    std::int64_t calls = 1;
};

ActivityView view_of(const Use& use) {
    return {.day = use.day,
            .owner = use.owner,
            .key_hash = use.key,
            .model = use.model,
            .model_group = "fast",
            .provider = "openai",
            .endpoint = "/chat/completions",
            .mcp_tool = {},
            .sums = {.spend = use.calls, .prompt_tokens = 7 * use.calls, .calls = use.calls}};
}

/// Twice as many keys as there is room for, each of a user of its own; the first ones are used
/// most.
std::vector<Use> many_keys(const std::string& day) {
    std::vector<Use> uses;
    for (std::size_t i = 0; i < 2 * kMostNames; ++i)
        uses.push_back({.day = day,
                        .owner = "user-" + std::to_string(i),
                        .key = "key-" + std::to_string(i),
                        .calls = static_cast<std::int64_t>(1'000 - i)});
    return uses;
}

Json json_of(const std::vector<Use>& uses) {
    ActivityBreakdown breakdown;
    for (const auto& use : uses) breakdown.add(view_of(use));
    EXPECT_TRUE(breakdown.rank());
    return Json::parse(activity_json(breakdown.days(), {}, {}));
}

std::int64_t calls_in(const Json& list) {
    std::int64_t calls = 0;
    for (const auto& entry : list) calls += entry["metrics"]["api_requests"].get<std::int64_t>();
    return calls;
}

TEST(ActivityBreakdown, ListsAreBoundedAndTheirSumsAreTheDays) {
    const auto uses = many_keys("2026-11-20");
    const auto total =
        std::accumulate(uses.begin(), uses.end(), std::int64_t{0},
                        [](std::int64_t sum, const Use& use) { return sum + use.calls; });
    const auto day = json_of(uses)["results"][0];

    EXPECT_EQ(day["metrics"]["api_requests"], total);
    for (const auto* part : kParts) {
        EXPECT_LE(day["breakdown"][part].size(), kMostNames + 1) << part;
        EXPECT_EQ(calls_in(day["breakdown"][part]), total) << part;
    }
    const auto& model = day["breakdown"]["models"]["gpt-4o"];
    EXPECT_EQ(model["api_key_breakdown"].size(), kMostKeysOfName + 1);
    EXPECT_EQ(calls_in(model["api_key_breakdown"]), total);
}

TEST(ActivityBreakdown, ListsThoseWithTheMostSpend) {
    const auto breakdown = json_of(many_keys("2026-11-20"))["results"][0]["breakdown"];
    EXPECT_TRUE(breakdown["api_keys"].contains("key-0"));
    EXPECT_TRUE(breakdown["api_keys"].contains("key-" + std::to_string(kMostNames - 1)));
    EXPECT_FALSE(breakdown["api_keys"].contains("key-" + std::to_string(kMostNames)));
    EXPECT_TRUE(breakdown["api_keys"].contains(kOtherNames));
    EXPECT_TRUE(breakdown["models"]["gpt-4o"]["api_key_breakdown"].contains("key-4"));
    EXPECT_FALSE(breakdown["models"]["gpt-4o"]["api_key_breakdown"].contains("key-5"));
    EXPECT_EQ(breakdown["entities"]["user-3"]["api_key_breakdown"].size(), 1U);
}

TEST(ActivityBreakdown, TheSameNamesAreListedOnEveryDay) {
    auto uses = many_keys("2026-11-20");
    for (std::size_t i = kMostNames; i < 2 * kMostNames; ++i)
        uses.push_back({.day = "2026-11-21", .owner = "max", .key = "key-" + std::to_string(i)});
    const auto results = json_of(uses)["results"];
    EXPECT_EQ(results[0]["date"], "2026-11-21");
    EXPECT_EQ(results[0]["breakdown"]["api_keys"].size(), 1U) << "all of them are others";
    EXPECT_EQ(calls_in(results[0]["breakdown"]["api_keys"]), std::int64_t{kMostNames});
}

TEST(ActivityBreakdown, WhatHasRoomIsListedWhole) {
    const auto day = json_of({{.owner = "lena", .key = "k1", .calls = 2},
                              {.owner = "", .key = "k2", .model = ""}})["results"][0];
    const auto& breakdown = day["breakdown"];
    EXPECT_EQ(breakdown["api_keys"].size(), 2U);
    EXPECT_EQ(breakdown["models"].size(), 1U) << "an empty name is none";
    EXPECT_EQ(breakdown["entities"]["Unassigned"]["metrics"]["api_requests"], 1);
    EXPECT_EQ(day["metrics"]["prompt_tokens"], 21);
}

TEST(ActivityBreakdown, WhatIsSeenAgainIsCountedAsIfItHadBeenKept) {
    auto uses = many_keys("2026-11-20");
    ActivityBreakdown kept;
    for (const auto& use : uses) kept.add(view_of(use));
    ASSERT_TRUE(kept.rank());
    // So many times the same that they are not kept.
    constexpr int kTimes = 4'001;
    ActivityBreakdown seen_again;
    for (int i = 0; i < kTimes; ++i)
        for (const auto& use : uses) seen_again.add(view_of(use));
    ASSERT_FALSE(seen_again.rank());
    for (const auto& use : uses) seen_again.count(view_of(use));

    EXPECT_EQ(activity_json(seen_again.days(), {}, {}), activity_json(kept.days(), {}, {}));
}

TEST(ActivityBreakdown, LabelsAreWantedOfWhatIsListedOnly) {
    ActivityBreakdown breakdown;
    for (const auto& use : many_keys("2026-11-20")) breakdown.add(view_of(use));
    ASSERT_TRUE(breakdown.rank());
    EXPECT_EQ(breakdown.listed_owners().size(), kMostNames);
    EXPECT_EQ(breakdown.listed_keys().size(), kMostNames);
}

}  // namespace
}  // namespace tollweir
