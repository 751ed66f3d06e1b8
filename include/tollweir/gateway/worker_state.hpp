#pragma once

#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "tollweir/auth/worker_keys.hpp"
#include "tollweir/config/snapshot.hpp"
#include "tollweir/gateway/named_scopes.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/worker.hpp"
#include "tollweir/telemetry/metrics.hpp"
#include "tollweir/telemetry/request_log.hpp"
#include "tollweir/upstream/token_source.hpp"

namespace tollweir {

class AffinityTable;
class JournalWriter;
class CallQueues;
class Limiter;
class LiveConfig;
class StorePool;
class UnpricedModels;

/// The gateway's side of a worker: touched by that worker's thread only, metrics aside.
struct WorkerState {
    WorkerState(net::Worker& its_worker, WorkerMetrics& its_metrics)
        : worker(its_worker),
          metrics(its_metrics),
          tokens(its_worker),
          random(std::random_device{}()) {}

    net::Worker& worker;
    WorkerMetrics& metrics;
    TokenSource tokens;
    std::shared_ptr<const Snapshot> snapshot;
    StorePool* store = nullptr;         // null in tests that have none
    LiveConfig* live_config = nullptr;  // null likewise
    std::optional<WorkerKeys> keys;     // none without a store
    NamedScopes named;                  // customers and tags
    Limiter* limiter = nullptr;         // null in tests that have no limits
    JournalWriter* journal = nullptr;   // null in tests that book nothing
    UnpricedModels* unpriced = nullptr;
    AffinityTable* affinity = nullptr;  // likewise
    CallQueues* queues = nullptr;       // of calls that wait for a slot; never null in a gateway
    RequestLog log;
    std::minstd_rand random;
    std::vector<std::unique_ptr<RequestContext>> spare_contexts;

    /// Whether a request that reached no upstream gets a spend row: so many a second, since they
    /// cost their senders nothing and the store a row each. Others are counted only.
    bool may_note_refusal(TimePoint now);
    static constexpr int kRefusalRowsPerSecond = 100;

private:
    TimePoint refusals_since_{};
    int refusals_ = 0;
};

}  // namespace tollweir
