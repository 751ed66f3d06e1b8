#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/config/snapshot.hpp"

namespace tollweir {

/// A deployment that may serve a request, and what its model is called there.
struct Candidate {
    const Deployment* deployment = nullptr;
    std::string model;
};

/// Where a request may go, best first.
struct Plan {
    std::string_view group;
    std::vector<Candidate> candidates;
};

/// Orders a group's deployments by weighted chance (LiteLLM's simple-shuffle): `weight`, else
/// `rpm`, else `tpm`, whichever any of them has; deployments without it come last, and where none
/// has any, all are equal. A group of groups has weights of its own. Pure but for `random`.
/// spec/data-plane.md, 5.2. `plan` is overwritten; its storage is reused.
void make_plan(const GroupMatch& match, std::string_view requested, std::minstd_rand& random,
               Plan& plan);

}  // namespace tollweir
