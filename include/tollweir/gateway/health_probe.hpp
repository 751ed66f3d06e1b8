#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tollweir/config/snapshot.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

struct WorkerState;

/// What probes of some deployments came to.
struct ProbeRound {
    struct Probe {
        const Deployment* deployment = nullptr;
        std::string error;       // empty: healthy
        bool told = false;       // it was asked
        bool transient = false;  // it failed with 429 or 408, which pass
    };

    std::shared_ptr<const Snapshot> snapshot;  // which the deployments are of
    std::vector<Probe> probes;
};

/// Whether a deployment can be probed at all: a pattern needs `health_check_model`.
bool can_probe(const Deployment& deployment);

/// Asks every deployment of the round, so many at once as the configuration allows, each with a
/// time of its own: one that hangs holds up nobody but itself. The worker's thread; the round may
/// outlast whoever asked for it.
net::Task<void> run_probes(WorkerState& state, std::shared_ptr<ProbeRound> round);

}  // namespace tollweir
