#include "routing/strategies.hpp"

#include <algorithm>
#include <cmath>

namespace tollweir {
namespace {

// How often a deployment of which nothing is known goes before those that are known, so that one
// that was slow, or is new, gets its chance: bounded, where LiteLLM lets each such one win.
constexpr double kExploredShare = 0.1;
// What a token is taken to cost where no price is known, in dollars; LiteLLM's.
constexpr double kUnknownPrice = 5.0;
constexpr double kFemtodollars = 1e-15;

/// From 0 up to 1, without 1; a tenth of what the library's distribution takes.
double share(std::minstd_rand& random) {
    constexpr auto kSpan =
        static_cast<double>(std::minstd_rand::max() - std::minstd_rand::min()) + 1;
    return static_cast<double>(random() - std::minstd_rand::min()) / kSpan;
}

using Measure = double (*)(const Deployment&);

/// The first attribute that tells the deployments apart, as a weight; null: all are equal.
Measure choose_measure(std::span<const Ranked> candidates) {
    constexpr Measure kMeasures[] = {
        [](const Deployment& deployment) { return deployment.weight; },
        [](const Deployment& deployment) { return static_cast<double>(deployment.rpm); },
        [](const Deployment& deployment) { return static_cast<double>(deployment.tpm); },
    };
    for (const auto measure : kMeasures)
        if (std::ranges::any_of(candidates,
                                [&](const Ranked& c) { return measure(*c.deployment) > 0; }))
            return measure;
    return nullptr;
}

double weight_of(const Ranked& candidate, Measure measure, bool has_weights) {
    if (has_weights) return std::max(0.0, candidate.weight);
    return measure != nullptr ? std::max(0.0, measure(*candidate.deployment)) : 1.0;
}

/// The first few of many, each drawn in proportion to the weights that are left: a sum instead of a
/// logarithm a deployment. Those without a weight are not drawn.
void draw_few(std::span<Ranked> candidates, std::size_t few, bool has_weights,
              std::minstd_rand& random) {
    const auto measure = has_weights ? nullptr : choose_measure(candidates);
    double total = 0;
    for (auto& candidate : candidates) {
        candidate.rank = HUGE_VAL;
        total += weight_of(candidate, measure, has_weights);
    }
    for (std::size_t place = 0; place < few && total > 0; ++place) {
        auto left = share(random) * total;
        Ranked* drawn = nullptr;
        for (auto& candidate : candidates) {
            const auto weight = weight_of(candidate, measure, has_weights);
            if (candidate.rank != HUGE_VAL || weight <= 0) continue;
            drawn = &candidate;  // the last one takes what rounding leaves over
            if ((left -= weight) < 0) break;
        }
        if (drawn == nullptr) return;
        drawn->rank = static_cast<double>(place);
        total -= weight_of(*drawn, measure, has_weights);
    }
}

/// Weighted order without replacement: the smallest of Exp(1)/weight comes first (Efraimidis and
/// Spirakis, 2006), so each place is drawn in proportion to the weights that are left.
void rank_by_chance(std::span<Ranked> candidates, bool has_weights, std::minstd_rand& random) {
    const auto measure = has_weights ? nullptr : choose_measure(candidates);
    for (auto& candidate : candidates) {
        const auto own = measure != nullptr ? measure(*candidate.deployment) : 1.0;
        const auto weight = has_weights ? candidate.weight : own;
        // Those without a weight come last, in any order.
        candidate.draw = -std::log1p(-share(random));
        candidate.rank = weight > 0 ? candidate.draw / weight : HUGE_VAL;
    }
}

double dollars_per_token(const Deployment& deployment) {
    const auto* price = deployment.price.get();
    const auto of = [&price](PriceUnit unit) {
        const auto* rate = price != nullptr ? price->find(unit, ServiceTier::standard, 0) : nullptr;
        return rate != nullptr ? static_cast<double>(rate->price) * kFemtodollars : kUnknownPrice;
    };
    return of(PriceUnit::input_token) + of(PriceUnit::output_token);
}

void rank_by_latency(std::span<Ranked> candidates, const StrategyTerms& terms,
                     const RoutedCall& call, std::minstd_rand& random) {
    const bool explores = share(random) < kExploredShare;
    double lowest = HUGE_VAL;
    for (auto& candidate : candidates) {
        const auto& health = *candidate.deployment->health;
        const auto& average = call.stream ? health.first_token : health.latency;
        const auto known = average.value(call.now, terms.latency_ttl);
        if (known) lowest = std::min(lowest, *known);
        candidate.rank = known.value_or(explores ? -1.0 : HUGE_VAL);
    }
    // As good as the lowest: any of them.
    const auto good = lowest * (1.0 + terms.lowest_latency_buffer);
    for (auto& candidate : candidates)
        if (candidate.rank > lowest && candidate.rank <= good) candidate.rank = lowest;
}

double rank_of(const Deployment& deployment, RoutingStrategy strategy, const RoutedCall& call) {
    const auto& health = *deployment.health;
    switch (strategy) {
        case RoutingStrategy::least_busy:
            return static_cast<double>(health.in_flight.load(std::memory_order_relaxed));
        case RoutingStrategy::usage_based:
        case RoutingStrategy::usage_based_v2:
            return static_cast<double>(health.tokens.in(call.minute));
        case RoutingStrategy::cost_based:
            return dollars_per_token(deployment);
        default:
            return 0;
    }
}

}  // namespace

void rank(std::span<Ranked> candidates, bool has_weights, const StrategyTerms& terms,
          const RoutedCall& call, std::minstd_rand& random) {
    if (terms.strategy == RoutingStrategy::simple_shuffle) {
        constexpr std::size_t kMany = 16;
        if (candidates.size() > kMany && call.depth < kMany)
            return draw_few(candidates, call.depth, has_weights, random);
        return rank_by_chance(candidates, has_weights, random);
    }
    // Of equally dear ones the first serves, as in LiteLLM.
    const bool first_wins = terms.strategy == RoutingStrategy::cost_based;
    double place = 0;
    for (auto& candidate : candidates) {
        candidate.rank = rank_of(*candidate.deployment, terms.strategy, call);
        candidate.draw = first_wins ? ++place : share(random);
    }
    if (terms.strategy == RoutingStrategy::latency_based)
        rank_by_latency(candidates, terms, call, random);
}

bool minds_rates(RoutingStrategy strategy) {
    return strategy == RoutingStrategy::latency_based || strategy == RoutingStrategy::usage_based ||
           strategy == RoutingStrategy::usage_based_v2 || strategy == RoutingStrategy::cost_based;
}

}  // namespace tollweir
