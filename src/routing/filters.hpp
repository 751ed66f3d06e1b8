#pragma once

#include <optional>
#include <string_view>

#include "tollweir/routing/router.hpp"

namespace tollweir {

// Whether a deployment may serve a request at all, step by step; pure.

/// Of what the caller and the request are.
std::optional<Exclusion> check_caller(const Deployment& deployment, const RoutedCall& call);

/// Of `enable_pre_call_checks`: prompt, parameters, rates.
std::optional<Exclusion> check_call(const Deployment& deployment, const RoutedCall& call);

/// Whether its rates of this minute have room for one more request.
bool has_rate_left(const Deployment& deployment, const RoutedCall& call);

/// Whether its last health check failed, lately enough to count.
bool is_unhealthy(const Deployment& deployment, const RouterConfig& config, TimePoint now);

/// How a deployment's tags fit a request; the best fit of a group serves.
enum class TagFit : std::uint8_t { none, fallback, pattern, tags };
TagFit tag_fit(const Deployment& deployment, const RoutedCall& call, bool any);

}  // namespace tollweir
