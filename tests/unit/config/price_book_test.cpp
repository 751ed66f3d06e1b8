#include "tollweir/config/price_book.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tollweir/config/snapshot.hpp"
#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

Deployment deployment(std::string group, std::string_view model_string) {
    const auto resolved = resolve_model(model_string, {}, {});
    Deployment made;
    made.id = group + "|" + std::string(model_string);
    made.wildcard = group.contains('*');
    made.group = std::move(group);
    made.model = resolved->model;
    made.model_string = model_string;
    made.provider = resolved->provider->provider;
    made.origin = {true, "api.openai.com", 443};
    made.base_path = "/v1";
    return made;
}

Deployment resolved(Deployment one, const SpendConfig& spend = {}) {
    PriceBook book;
    book.resolve(one, spend);
    return one;
}

Femtodollars input_price(const ModelPrice* price) {
    const auto* rate =
        price == nullptr ? nullptr : price->find(PriceUnit::input_token, ServiceTier::standard, 0);
    return rate == nullptr ? -1 : rate->price;
}

std::shared_ptr<const Snapshot> build(std::vector<Deployment> deployments,
                                      const Snapshot* previous = nullptr) {
    Config config;
    config.deployments = std::move(deployments);
    auto built = Snapshot::build(std::move(config), previous);
    EXPECT_TRUE(built) << built.error().message;
    return *built;
}

TEST(PriceBook, FillsInWhatADeploymentCostsAndHowItsTokensAreCounted) {
    const auto one = resolved(deployment("a", "openai/gpt-4o-mini"));
    EXPECT_EQ(input_price(one.price.get()), 150'000'000);
    EXPECT_EQ(one.token_counter, TokenCounter::for_model("gpt-4o-mini"));
    EXPECT_FALSE(one.is_free);

    auto renamed = deployment("a", "azure/ours");
    renamed.base_model = "azure/gpt-4o";
    renamed = resolved(renamed);
    EXPECT_EQ(renamed.price->key, "azure/gpt-4o");
    EXPECT_EQ(renamed.token_counter, TokenCounter::for_model("gpt-4o"));
    EXPECT_EQ(resolved(deployment("a", "openai/nobody-knows-it")).price, nullptr);
}

TEST(PriceBook, SharesOnePriceAmongDeploymentsThatDifferInNothingThatCounts) {
    PriceBook book;
    auto one = deployment("a", "openai/gpt-4o");
    auto two = deployment("b", "openai/gpt-4o");
    auto three = deployment("c", "openai/gpt-4o");
    three.price_overrides = {{"input_cost_per_token", "1"}};
    for (auto* each : {&one, &two, &three}) book.resolve(*each, {});
    EXPECT_EQ(one.price.get(), two.price.get());
    EXPECT_NE(one.price.get(), three.price.get());
}

TEST(PriceBook, ComparesPricesByWhatTheySay) {
    const auto one = resolved(deployment("a", "openai/gpt-4o"));
    const auto same = resolved(deployment("a", "openai/gpt-4o"));
    EXPECT_NE(one.price.get(), same.price.get());
    EXPECT_EQ(one, same);
    auto dearer = deployment("a", "openai/gpt-4o");
    dearer.price_overrides = {{"input_cost_per_token", "1"}};
    EXPECT_FALSE(one.price == resolved(dearer).price);
    EXPECT_FALSE(one.price == SharedPrice());
}

TEST(PriceBook, IsFreeWhereAllPricesAreZeroAndNothingIsAddedToACall) {
    auto one = deployment("a", "openai/own");
    one.price_overrides = {{"input_cost_per_token", "0"}, {"output_cost_per_token", "0.0"}};
    EXPECT_TRUE(resolved(one).is_free);
    SpendConfig spend;
    spend.margins = {{"global", 0, 5}};
    EXPECT_FALSE(resolved(one, spend).is_free);
    one.price_overrides[1].second = "1e-9";
    EXPECT_FALSE(resolved(one).is_free);
    EXPECT_FALSE(resolved(deployment("a", "openai/own")).is_free);  // not known is not free
}

TEST(CostTerms, AreThoseOfTheProviderElseTheMarginForAll) {
    SpendConfig spend;
    spend.discounts = {{"openai", 50}, {"global", 70}};
    spend.margins = {{"global", 1, 2}, {"openai", 3, 0}};
    EXPECT_EQ(cost_terms_of(spend, "openai"), (CostTerms{50, 3, 0}));
    EXPECT_EQ(cost_terms_of(spend, "azure"), (CostTerms{0, 1, 2}));
    EXPECT_FALSE(cost_terms_of({}, "azure").any());
}

TEST(PriceBook, FindsPricesOfModelsThatAWildcardLeavesOpen) {
    const auto snapshot = build({deployment("openai/*", "openai/*")});
    const auto& one = snapshot->deployments().front();
    const auto* mini = snapshot->price_for(one, "gpt-4o-mini");
    EXPECT_EQ(input_price(mini), 150'000'000);
    EXPECT_EQ(snapshot->price_for(one, "gpt-4o-mini"), mini);
    EXPECT_EQ(snapshot->price_for(one, "nobody-knows-it"), nullptr);
    EXPECT_EQ(snapshot->price_for(one, one.model), nullptr);
}

TEST(PriceBook, KeepsPricesThatItGaveHoweverManyNamesAreAsked) {
    const auto snapshot = build({deployment("openai/*", "openai/*")});
    const auto& one = snapshot->deployments().front();
    const auto* mini = snapshot->price_for(one, "gpt-4o-mini");
    for (int i = 0; i < 20'000; ++i) snapshot->price_for(one, "made-up-" + std::to_string(i));
    EXPECT_EQ(snapshot->price_for(one, "gpt-4o-mini"), mini);  // the same, also if looked up anew
    EXPECT_EQ(input_price(mini), 150'000'000);
}

TEST(PriceBook, KeepsOnePriceForAllGuessesThatAreTheSame) {
    const auto snapshot = build({deployment("replicate/*", "replicate/*")});
    const auto& one = snapshot->deployments().front();
    const auto* first = snapshot->price_for(one, "me/one");
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(first, snapshot->price_for(one, "me/two"));
}

TEST(PriceBook, IsAskedByManyThreadsAtOnce) {
    const auto snapshot = build({deployment("openai/*", "openai/*")});
    const auto& one = snapshot->deployments().front();
    const auto* mini = snapshot->price_for(one, "gpt-4o-mini");
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 3'000; ++i) {
                snapshot->price_for(one, "made-up-" + std::to_string(i * 4 + t));
                EXPECT_EQ(snapshot->price_for(one, "gpt-4o-mini"), mini);
            }
        });
    for (auto& thread : threads) thread.join();
}

TEST(ModelGroupFacts, AreFreeOnlyIfEveryDeploymentIs) {
    auto free = deployment("a", "openai/own");
    free.price_overrides = {{"input_cost_per_token", "0"}, {"output_cost_per_token", "0"}};
    auto also = free;
    also.id = "other";
    also.group = "b";
    const auto snapshot = build({free, deployment("a", "openai/gpt-4o"), also});
    EXPECT_FALSE(snapshot->find_group("a")->group->is_free);
    EXPECT_TRUE(snapshot->find_group("b")->group->is_free);
}

TEST(ModelGroupFacts, KeepWhatWasLearntOfAnswersOverAReload) {
    const auto before = build({deployment("a", "openai/gpt-4o")});
    const auto bound = before->find_group("a")->group->bound;
    ASSERT_NE(bound, nullptr);
    EXPECT_EQ(before->find_group("a|openai/gpt-4o")->group->bound, bound);  // by id
    const auto now = build(
        {deployment("a", "openai/gpt-4o-mini"), deployment("b", "openai/gpt-4o")}, before.get());
    EXPECT_EQ(now->find_group("a")->group->bound, bound);
    EXPECT_EQ(now->find_group("a")->group->prompts, before->find_group("a")->group->prompts);
    ASSERT_NE(now->find_group("b")->group->prompts, nullptr);
    ASSERT_NE(now->find_group("b")->group->bound, nullptr);
    EXPECT_NE(now->find_group("b")->group->bound, bound);
}

}  // namespace
}  // namespace tollweir
