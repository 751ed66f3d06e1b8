#include "tollweir/routing/retry_policy.hpp"

#include <algorithm>
#include <cmath>

#include "tollweir/routing/cooldown_rules.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

// What an upstream may ask us to wait while a client waits too.
constexpr milliseconds kMaxAskedWait{60'000};

/// Of the caller's policy, else of the group's own, else of all groups'.
std::optional<std::int64_t> policy_count(const RetryConfig& config, const RetryState& state,
                                         ErrorKind kind) {
    if (state.keys_policy != nullptr) return state.keys_policy->of(failure_class(kind));
    const auto own =
        std::ranges::find(config.by_group, state.group,
                          [](const auto& entry) -> std::string_view { return entry.first; });
    const auto& counts = own != config.by_group.end() ? own->second : config.by_error;
    return counts.of(failure_class(kind));
}

/// By its status and by who is left, where no policy says anything.
bool may_help(const RetryState& state, const GatewayError& error) {
    switch (error.kind) {
        case ErrorKind::authentication:
        case ErrorKind::permission_denied:
            return error.source == ErrorSource::upstream && state.others_left > 0;
        case ErrorKind::context_window_exceeded:
        case ErrorKind::content_policy_violation:
        case ErrorKind::budget_exceeded:
            return false;
        default:
            return facts(error.kind).retryable || error.http_status() == 409 ||
                   error.http_status() >= 500;
    }
}

}  // namespace

std::int64_t allowed_retries(const RetryConfig& config, const Deployment& deployment,
                             const RetryState& state, const GatewayError& error) {
    if (const auto count = policy_count(config, state, error.kind)) return *count;
    if (deployment.policy.num_retries) return *deployment.policy.num_retries;
    return state.asked.value_or(config.num_retries);
}

bool should_retry(const RetryConfig& config, const Deployment& deployment, const RetryState& state,
                  const GatewayError& error) {
    if (error.kind == ErrorKind::client_closed || error.kind == ErrorKind::not_implemented)
        return false;
    if (state.retries >= allowed_retries(config, deployment, state, error)) return false;
    const bool by_policy = policy_count(config, state, error.kind).has_value();
    if (!by_policy && !may_help(state, error)) return false;
    // Where another group can serve at once, waiting for a busy one does not help.
    const bool is_busy = error.kind == ErrorKind::rate_limited;
    const bool has_own_list = error.kind == ErrorKind::context_window_exceeded ||
                              error.kind == ErrorKind::content_policy_violation;
    return !(state.has_fallbacks && state.others_left == 0 && (is_busy || has_own_list));
}

milliseconds retry_delay(const RetryConfig& config, const RetryState& state,
                         const GatewayError& error, std::minstd_rand& random) {
    if (state.others_left > 0) return milliseconds(0);
    std::uniform_real_distribution<double> share;
    const auto jitter = milliseconds(
        static_cast<std::int64_t>(share(random) * static_cast<double>(config.jitter.count())));
    const auto asked = retry_after_of(error);
    if (asked && *asked <= kMaxAskedWait) return *asked + jitter;
    const auto grown = static_cast<double>(config.initial_delay.count()) *
                       std::pow(config.backoff_factor, static_cast<double>(state.retries));
    const auto longest = static_cast<double>(config.max_delay.count());
    const auto wait = milliseconds(static_cast<std::int64_t>(std::min(grown, longest)));
    return std::min(std::max(wait, config.retry_after),
                    std::max(config.max_delay, config.retry_after)) +
           jitter;
}

}  // namespace tollweir
