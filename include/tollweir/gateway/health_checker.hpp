#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "tollweir/core/clock.hpp"
#include "tollweir/gateway/health_probe.hpp"

namespace tollweir {

/// Probes all deployments again and again (`background_health_checks`), tells their `Health` what
/// came of it, and keeps the last round for GET /health. Runs on one worker; the last round may be
/// read by all.
class HealthChecker {
public:
    /// Each tick of its worker: begins a round when one is due and none is running.
    void on_tick(WorkerState& state, TimePoint now);

    /// Null: none has ended yet, or checks are not running.
    std::shared_ptr<const ProbeRound> last_round() const;

private:
    net::Task<void> run(WorkerState& state, std::shared_ptr<ProbeRound> round);
    void take(std::shared_ptr<ProbeRound> round);

    TimePoint due_{};
    bool running_ = false;
    mutable std::mutex mutex_;
    std::shared_ptr<const ProbeRound> last_;
};

/// What a probe says of its deployment's health, by the configuration's thresholds.
void note_probe(const ProbeRound::Probe& probe, const HealthConfig& config, TimePoint now);

}  // namespace tollweir
