#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "tollweir/config/router_config.hpp"
#include "tollweir/core/deployment.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

/// How a try at a deployment went, as far as its health goes.
struct Outcome {
    const GatewayError* error = nullptr;  // null: it answered
    // The caller's own limit of time ran out, shorter than the deployment's.
    bool callers_timeout = false;
    TimePoint now{};
    std::uint64_t minute = 0;
};

/// Whether the failure says something about the deployment rather than about the request: a
/// client's 400 blames nobody.
bool is_blamed(const Outcome& outcome);

/// Counts the outcome and, if it was one failure too many, leaves the deployment out for a while;
/// how long is returned. One that answers serves again. `has_others`: whether another deployment of
/// the group serves, or the group has fallbacks; else trying is better than a certain error, and
/// nothing is left out. Any thread. spec/data-plane.md, 5.6.
std::optional<std::chrono::milliseconds> note_outcome(const Deployment& deployment,
                                                      const CooldownConfig& config,
                                                      const Outcome& outcome, bool has_others);

/// Whether a deployment of the group other than this one is not cooling.
bool others_serve(const ModelGroup& group, const Deployment& deployment, TimePoint now);

/// So many failures in a row leave a deployment out, whatever its share of failures was before it
/// broke.
inline constexpr std::uint32_t kMaxFailuresInARow = 5;
/// The longest time an upstream's `Retry-After` may keep it out.
inline constexpr std::chrono::seconds kMaxRetryAfter{3600};

/// The seconds of a `Retry-After` value; dates and what is none: nothing.
std::optional<std::chrono::milliseconds> retry_after_of(const GatewayError& error);

}  // namespace tollweir
