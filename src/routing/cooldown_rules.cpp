#include "tollweir/routing/cooldown_rules.hpp"

#include <algorithm>
#include <charconv>

namespace tollweir {
namespace {

using std::chrono::milliseconds;

/// Failures a minute that are allowed; nothing: the share of failures decides.
struct Allowed {
    std::optional<std::int64_t> of_class;
    std::optional<std::int64_t> of_all;
};

Allowed allowed_for(const Deployment& deployment, const CooldownConfig& config, FailureClass kind) {
    Allowed allowed;
    allowed.of_class = deployment.policy.allowed_fails_by_error.of(kind);
    if (!allowed.of_class) allowed.of_class = config.allowed_fails_by_error.of(kind);
    allowed.of_all =
        deployment.policy.allowed_fails ? deployment.policy.allowed_fails : config.allowed_fails;
    return allowed;
}

/// Rule A: nobody said how many failures are allowed.
bool is_too_much(const Deployment& deployment, const CooldownConfig& config, ErrorKind kind,
                 std::uint64_t minute) {
    if (kind == ErrorKind::rate_limited || kind == ErrorKind::authentication ||
        kind == ErrorKind::not_found)
        return true;
    const auto& health = *deployment.health;
    if (health.failures_in_a_row.load(std::memory_order_relaxed) >= kMaxFailuresInARow) return true;
    const auto failed = health.recent_failures.in(minute);
    const auto all = failed + health.recent_successes.in(minute);
    return static_cast<std::int64_t>(all) >= config.failure_share_minimum &&
           static_cast<double>(failed) > config.failure_share * static_cast<double>(all);
}

bool is_one_too_many(const Deployment& deployment, const CooldownConfig& config, ErrorKind kind,
                     std::uint64_t minute) {
    const auto type = failure_class(kind);
    const auto& health = *deployment.health;
    const auto allowed = allowed_for(deployment, config, type);
    const auto over = [](std::uint64_t count, std::int64_t most) {
        return static_cast<std::int64_t>(count) > most;
    };
    if (allowed.of_class)
        return over(health.failures_by_class[static_cast<std::size_t>(type)].in(minute),
                    *allowed.of_class);
    if (allowed.of_all) return over(health.recent_failures.in(minute), *allowed.of_all);
    return is_too_much(deployment, config, kind, minute);
}

milliseconds cooldown_time(const Deployment& deployment, const CooldownConfig& config,
                           const GatewayError& error) {
    if (deployment.policy.cooldown_time) return *deployment.policy.cooldown_time;
    return retry_after_of(error).value_or(config.cooldown_time);
}

void count_failure(Health& health, ErrorKind kind, std::uint64_t minute) {
    health.recent_failures.add(1, minute);
    health.failures_by_class[static_cast<std::size_t>(failure_class(kind))].add(1, minute);
    health.failures_in_a_row.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

bool is_blamed(const Outcome& outcome) {
    if (outcome.error == nullptr) return false;
    const auto& error = *outcome.error;
    switch (error.kind) {
        case ErrorKind::timeout:
            return !outcome.callers_timeout;
        case ErrorKind::internal:
        case ErrorKind::bad_gateway:
        case ErrorKind::unavailable:
            return error.source == ErrorSource::upstream;
        case ErrorKind::rate_limited:
            return error.source == ErrorSource::upstream;
        case ErrorKind::authentication:
        case ErrorKind::not_found:
        case ErrorKind::api_connection:
            return true;
        default:
            return false;
    }
}

std::optional<milliseconds> note_outcome(const Deployment& deployment, const CooldownConfig& config,
                                         const Outcome& outcome, bool has_others) {
    auto& health = *deployment.health;
    if (outcome.error == nullptr) {
        health.recent_successes.add(1, outcome.minute);
        health.failures_in_a_row.store(0, std::memory_order_relaxed);
        health.cooldown.end();
        return std::nullopt;
    }
    const auto& error = *outcome.error;
    const bool was_probe = health.cooldown.state(outcome.now) == Cooldown::State::probing;
    if (!is_blamed(outcome)) {
        if (was_probe) health.cooldown.release_probe();
        return std::nullopt;
    }
    count_failure(health, error.kind, outcome.minute);
    const auto time = cooldown_time(deployment, config, error);
    if (config.is_disabled || deployment.wildcard || time <= milliseconds(0) || !has_others) {
        if (was_probe) health.cooldown.release_probe();
        return std::nullopt;
    }
    // The one request that was to tell whether it is back has told.
    if (!was_probe && !is_one_too_many(deployment, config, error.kind, outcome.minute))
        return std::nullopt;
    health.cooldown.begin(outcome.now, time);
    return time;
}

bool others_serve(const ModelGroup& group, const Deployment& deployment, TimePoint now) {
    return std::ranges::any_of(group.deployments, [&](const Deployment* other) {
        return other != &deployment &&
               other->health->cooldown.state(now) == Cooldown::State::serving;
    });
}

std::optional<milliseconds> retry_after_of(const GatewayError& error) {
    if (error.retry_after.empty()) return std::nullopt;
    const auto& text = *error.retry_after;
    double seconds = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (problem != std::errc{} || end != text.data() + text.size() || !(seconds > 0))
        return std::nullopt;
    const auto most = static_cast<double>(kMaxRetryAfter.count());
    return milliseconds(static_cast<std::int64_t>(std::min(seconds, most) * 1000));
}

}  // namespace tollweir
