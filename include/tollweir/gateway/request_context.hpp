#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tollweir/api/front.hpp"
#include "tollweir/auth/identity.hpp"
#include "tollweir/config/snapshot.hpp"
#include "tollweir/gateway/upstream_body.hpp"
#include "tollweir/net/client_connection.hpp"
#include "tollweir/routing/router.hpp"
#include "tollweir/telemetry/request_record.hpp"

namespace tollweir {

struct WorkerState;

/// One upstream call that was made for a request, and what it used.
struct Leg {
    const Deployment* deployment = nullptr;
    Usage usage;
    bool failed = true;  // until its answer was whole
};

/// One request on its way: lives in the connection's frame while it runs, passed down by reference,
/// stored by nobody. Its storage is reused.
struct RequestContext {
    WorkerState* state = nullptr;
    net::ClientConnection* client = nullptr;
    std::shared_ptr<const Snapshot> snapshot;  // the worker's own count: not shared by threads
    Identity identity;
    RequestRecord record;

    std::string path_part;        // what the `{...}` of the path took, decoded
    std::string requested_model;  // what answers call the model
    std::string end_user;         // the customer, for spend and limits
    ChatView view;

    const Deployment* deployment = nullptr;            // of the attempt under way or last made
    std::optional<std::chrono::milliseconds> timeout;  // that it had
    std::string upstream_headers;                      // of its answer, as lines for the client

    std::string headers;  // of the answer, complete lines
    Plan plan;
    std::vector<Leg> legs;  // one an upstream call that was made; the settlement books them
    UpstreamBody upstream_body;
    ReplyEditor reply_editor;
    Pieces pieces;

    const Config& config() const { return snapshot->config(); }
    void clear();
};

}  // namespace tollweir
