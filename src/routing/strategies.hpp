#pragma once

#include <random>
#include <span>

#include "tollweir/routing/router.hpp"

namespace tollweir {

/// A deployment among the candidates: lower ranks come first, and of equal ones the lower `draw`.
struct Ranked {
    const Deployment* deployment = nullptr;
    double weight = 0;  // given by a group of groups; 0 where its own attributes weigh
    double rank = 0;
    double draw = 0;
};

/// Sets `rank` and `draw` by the group's strategy; pure but for `random`. spec/data-plane.md, 5.2.
void rank(std::span<Ranked> candidates, bool has_weights, const StrategyTerms& terms,
          const RoutedCall& call, std::minstd_rand& random);

/// Whether the strategy leaves out deployments whose rates of this minute are used up.
bool minds_rates(RoutingStrategy strategy);

}  // namespace tollweir
