#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string_view>

#include "tollweir/config/router_config.hpp"
#include "tollweir/core/deployment.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

/// Upstream calls that one request may cause, fallbacks included.
inline constexpr std::int64_t kMaxAttempts = 10;

/// What a request says of its retries, and where it stands.
struct RetryState {
    std::string_view group;
    std::optional<std::int64_t> asked;         // num_retries of header, body, key or team
    const ErrorCounts* keys_policy = nullptr;  // the key's or its team's for this group; null: none
    std::int64_t retries = 0;                  // made in this group
    std::size_t others_left = 0;               // deployments that serve and were not tried yet
    bool has_fallbacks = false;                // for this very error
};

/// Attempts beyond the first that a group gets after this error: the matching entry of a retry
/// policy, else the deployment's, else what was asked for, else the router's. spec/data-plane.md,
/// 5.4.
std::int64_t allowed_retries(const RetryConfig& config, const Deployment& deployment,
                             const RetryState& state, const GatewayError& error);

/// Whether another try in the same group may help. A pure function.
bool should_retry(const RetryConfig& config, const Deployment& deployment, const RetryState& state,
                  const GatewayError& error);

/// How long to wait before it: not at all where another deployment is there to ask; else what the
/// upstream asks for, up to a minute, else longer each time, with jitter.
std::chrono::milliseconds retry_delay(const RetryConfig& config, const RetryState& state,
                                      const GatewayError& error, std::minstd_rand& random);

}  // namespace tollweir
