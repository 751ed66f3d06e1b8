#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tollweir/gateway/health_checker.hpp"
#include "tollweir/gateway/routes.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/net/client_connection.hpp"
#include "tollweir/net/task.hpp"
#include "tollweir/routing/affinity.hpp"
#include "tollweir/routing/call_queues.hpp"
#include "tollweir/telemetry/unpriced.hpp"

namespace tollweir {

class Journal;
class LiveConfig;
class SpendWriter;
class StorePool;

/// What the gateway works with beside its workers; `app` owns it, and it outlives the gateway.
struct GatewayServices {
    StorePool* store = nullptr;                 // null in tests that have none
    KeyCache* keys = nullptr;                   // null: there is no store, so no virtual keys
    LiveConfig* live_config = nullptr;          // likewise: nothing of it is stored
    Limiter* limiter = nullptr;                 // null: nothing is limited
    Journal* journal = nullptr;                 // null: nothing is booked
    const SpendWriter* spend_writer = nullptr;  // with a journal
    // Why a crash can lose spend, for readiness; empty: no reason is known.
    std::string spend_at_risk{};
};

/// The request's path: finds the route, decides who may, runs the handler, and alone turns an error
/// into the dialect's body. One object for all workers; what it keeps for each is touched by that
/// worker only.
class Gateway final : public net::RequestHandler {
public:
    /// `workers` outlive the gateway. `root_path`: SERVER_ROOT_PATH, without a trailing slash.
    Gateway(std::span<const std::unique_ptr<net::Worker>> workers,
            std::shared_ptr<const Snapshot> snapshot, std::string root_path,
            const GatewayServices& services);
    ~Gateway();

    net::Task<void> handle(net::ClientConnection& client) override;
    void write_error(const GatewayError& error, std::string& headers,
                     std::string& body) const override;

    /// New requests begin under `snapshot`; those under way keep theirs. Any thread.
    void replace_snapshot(std::shared_ptr<const Snapshot> snapshot);
    /// A row has changed, whoever did it; an empty table: any may have. Any thread.
    void forget_row(std::string_view table, std::string_view id);
    /// From now on readiness says no. Any thread.
    void set_draining() { draining_ = true; }

private:
    static void attach_journal(WorkerState& state, Journal& journal);
    net::Task<Result<void>> dispatch(RequestContext& context, const Route& route);
    net::Task<Result<void>> call_model(RequestContext& context, Endpoint endpoint);
    net::Task<Result<void>> respond_preflight(RequestContext& context);
    net::Task<void> respond_error(RequestContext& context, const Route* route, GatewayError error);
    bool is_ready(const RequestContext& context) const;
    std::string readiness(const RequestContext& context) const;
    std::string_view without_root(std::string_view path) const;
    void finish(RequestContext& context, std::size_t route);

    std::vector<std::unique_ptr<WorkerMetrics>> metrics_;
    std::vector<std::unique_ptr<WorkerState>> states_;
    std::vector<std::string_view> route_names_;
    const std::string root_path_;
    const GatewayServices services_;
    UnpricedModels unpriced_;
    HealthChecker health_checker_;
    CallQueues queues_;
    AffinityTable affinity_;
    std::atomic<bool> draining_{false};
};

}  // namespace tollweir
