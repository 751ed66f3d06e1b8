#include "tollweir/gateway/health_checker.hpp"

#include <random>

#include "tollweir/core/log.hpp"
#include "tollweir/gateway/worker_state.hpp"

namespace tollweir {
namespace {

/// A tenth more or less, so that many gateways do not ask at once.
std::chrono::milliseconds about(std::chrono::milliseconds interval, std::minstd_rand& random) {
    std::uniform_real_distribution<double> share(0.9, 1.1);
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(share(random) * static_cast<double>(interval.count())));
}

}  // namespace

void HealthChecker::on_tick(WorkerState& state, TimePoint now) {
    const auto& config = state.snapshot->config().health;
    if (!config.runs_in_background || running_ || now < due_) return;
    due_ = after(now, about(config.interval, state.random));
    auto round = std::make_shared<ProbeRound>();
    round->snapshot = state.snapshot;
    for (const auto& deployment : round->snapshot->deployments())
        if (can_probe(deployment) && deployment.policy.background_health_check)
            round->probes.push_back({&deployment, {}});
    running_ = true;
    net::spawn(state.worker.context(), run(state, std::move(round)),
               [](const std::exception_ptr&) {});
}

net::Task<void> HealthChecker::run(WorkerState& state, std::shared_ptr<ProbeRound> round) {
    co_await run_probes(state, round);
    take(std::move(round));
    running_ = false;
}

void HealthChecker::take(std::shared_ptr<ProbeRound> round) {
    const auto& config = round->snapshot->config().health;
    for (const auto& probe : round->probes) note_probe(probe, config, Clock::now());
    const std::lock_guard lock(mutex_);
    last_ = std::move(round);
}

std::shared_ptr<const ProbeRound> HealthChecker::last_round() const {
    const std::lock_guard lock(mutex_);
    return last_;
}

void note_probe(const ProbeRound::Probe& probe, const HealthConfig& config, TimePoint now) {
    auto& health = *probe.deployment->health;
    const bool failed =
        !probe.error.empty() && !(probe.transient && config.ignores_transient_errors);
    health.checked_at.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    if (!failed) {
        health.failed_checks.store(0, std::memory_order_relaxed);
        if (health.check_failed.exchange(false, std::memory_order_relaxed))
            log_warning("deployment " + probe.deployment->id + " answers its health check again");
        return;
    }
    const auto in_a_row = health.failed_checks.fetch_add(1, std::memory_order_relaxed) + 1;
    if (in_a_row < static_cast<std::uint64_t>(config.unhealthy_threshold)) return;
    if (!health.check_failed.exchange(true, std::memory_order_relaxed))
        log_warning("deployment " + probe.deployment->id + " of model group '" +
                    probe.deployment->group + "' fails its health check");
}

}  // namespace tollweir
