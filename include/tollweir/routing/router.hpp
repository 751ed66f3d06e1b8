#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/config/snapshot.hpp"
#include "tollweir/core/clock.hpp"
#include "tollweir/core/endpoint.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/routing/affinity.hpp"

namespace tollweir {

/// A deployment that may serve a request, and what its model is called there.
struct Candidate {
    const Deployment* deployment = nullptr;
    std::string model;  // empty beyond `RoutedCall::depth`: see upstream_model
};

/// Why a deployment of the group is no candidate.
enum class Exclusion : std::uint8_t {
    other_team,      // belongs to one team, and the caller is of another
    unhealthy,       // failed its last health check
    cooling,         // failed too often; out for a while
    context_window,  // the prompt is too long for its model
    unsupported,     // lacks a parameter of the request that may not be dropped
    other_region,    // outside the regions that the caller may use
    rate_limit,      // its rpm or tpm are used up this minute
    other_tags,      // its tags are not the request's
    slow,            // its answers took longer lately than wished, and others' did not
    cannot_go_on,    // its model does not take up an answer in its middle
    elsewhere,       // another one served the caller, the conversation or the prompt before
    later_order,     // of a later `order` than others
    tried,           // has failed this request, and others have not
};

/// `cooling`, as explanations and metrics say it.
std::string_view name_of(Exclusion why);

struct Excluded {
    const Deployment* deployment = nullptr;
    Exclusion why = Exclusion::cooling;
};

/// A call, as far as its route hangs on it. Views are the caller's.
struct RoutedCall {
    Endpoint endpoint = Endpoint::chat_completions;
    bool stream = false;
    std::string_view team_id;
    std::string_view user_agent;
    std::span<const std::string> tags;  // of body, header, key and team
    std::string_view region;            // the only one allowed, as `eu`; empty: any
    std::uint64_t prompt_tokens = 0;
    const ObjectView* body = nullptr;  // null: no parameters are checked
    AffinityId pinned = 0;             // the deployment that serves if it can
    bool goes_on = false;              // an answer that has begun is to be gone on with
    bool has_fallbacks = false;        // other groups may serve where none of this one does
    /// So many candidates are put in order; the rest follow in any. A request asks few of a large
    /// group.
    std::size_t depth = std::numeric_limits<std::size_t>::max();
    std::span<const Deployment* const> tried;
    TimePoint now{};
    std::uint64_t minute = 0;  // minute_of the wall clock
    std::int64_t second = 0;   // of that minute
};

/// Where a request may go, best first.
struct Plan {
    std::string_view group;
    std::vector<Candidate> candidates;
    std::vector<Excluded> excluded;  // in the group's order
};

/// Orders the deployments of a group that may serve, by its strategy; the others are told with the
/// reason. A pure function of the snapshot, the counters in `Health`, the facts and `random`: it
/// changes nothing, so that explaining is planning. `plan` is overwritten; its storage is reused.
/// Source of the steps: spec/data-plane.md, 5.1 to 5.6.
void make_plan(const GroupMatch& match, std::string_view requested, const RoutedCall& call,
               const RouterConfig& config, std::minstd_rand& random, Plan& plan);

/// The longest prompt that the deployment takes, by its configuration or its model; nothing: not
/// known.
std::optional<std::int64_t> max_input_tokens(const Deployment& deployment);

/// Whether its model takes up an answer that has begun (`supports_assistant_prefill`).
bool can_go_on(const Deployment& deployment);

/// The error of a plan without candidates: what stood in their way, and when that may be over.
GatewayError no_candidate(const Plan& plan, const RoutedCall& call);

}  // namespace tollweir
