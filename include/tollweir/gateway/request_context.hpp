#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tollweir/api/front.hpp"
#include "tollweir/auth/identity.hpp"
#include "tollweir/config/snapshot.hpp"
#include "tollweir/core/charge.hpp"
#include "tollweir/core/cost.hpp"
#include "tollweir/core/spend_row.hpp"
#include "tollweir/gateway/kept_texts.hpp"
#include "tollweir/gateway/upstream_body.hpp"
#include "tollweir/gateway/usage_estimate.hpp"
#include "tollweir/net/client_connection.hpp"
#include "tollweir/routing/router.hpp"
#include "tollweir/telemetry/journal_writer.hpp"
#include "tollweir/telemetry/request_record.hpp"

namespace tollweir {

struct BoundCustomer;
struct BoundTags;
struct WorkerState;

/// One try at a deployment for a request, and what it used.
struct Leg {
    const Deployment* deployment = nullptr;
    std::string model;  // as the upstream calls it
    Usage usage;
    Cost cost;                                   // by the deployment's price
    ChargedCost charged;                         // with the operator's discount and margin
    Reservation reservation;                     // of what hangs on the deployment
    std::chrono::microseconds response_time{0};  // from the request's last byte to the answer's
    bool sent = false;       // it may have reached the upstream, or was answered in its place
    bool priced = false;     // `cost` and `charged` hold
    bool has_price = false;  // the model's is known
    bool failed = true;      // until its answer was whole
    bool ended = false;      // another try has followed: its part of the books is closed
    std::chrono::microseconds first_token{0};  // from the sending to the first word; 0: none
    bool timed_out = false;
    bool callers_timeout = false;  // its time was limited by the caller, below the deployment's own
    std::unique_ptr<GatewayError> broken;  // why a stream broke that the client had begun to get
};

/// A stream that its client has begun to get and that its upstream has broken off: what came of it,
/// for whoever goes on.
struct BrokenStream {
    std::shared_ptr<AnswerRecorder> said;
    Usage usage;  // of the parts so far
    Picodollars cost = 0;
};

/// What a call is taken to use and cost before it is made.
struct CallEstimate {
    PromptEstimate prompt;
    std::optional<std::uint64_t> counted_prompt;  // where upstreams of the group tell none
    std::uint64_t completion_tokens = 0;
    Picodollars cost = 0;
    const ModelGroup* group = nullptr;  // learns from what the call comes to
    CallFacts facts;
};

/// What a client wants its spend row to carry.
struct CallNotes {
    bool taken = false;
    std::vector<std::string> tags;
    std::string trace;            // session or trace id
    std::string client_metadata;  // a JSON object

    void clear();
};

/// What binds a call beside its key: the customer and the tags that it names.
struct NamedCells {
    std::shared_ptr<const BoundCustomer> customer;
    std::shared_ptr<const BoundTags> tags;
    std::vector<const CellSet*> sets;  // of both; few

    void clear();
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
    WallTime arrived{};           // of a billed request
    // When the request last went on after a wait: what limits, cooldowns and plans are judged by.
    TimePoint now{};
    ChatView view;

    const Deployment* deployment = nullptr;            // of the attempt under way or last made
    std::optional<std::chrono::milliseconds> timeout;  // that it had
    std::string upstream_headers;                      // of its answer, as lines for the client

    std::string headers;  // of the answer, complete lines
    Plan plan;
    std::vector<Leg> legs;         // one an attempt; the settlement books them
    std::size_t group_begin = 0;   // the first leg of the group that is asked now
    std::int64_t retries = 0;      // tries beyond the first in each group, all groups together
    std::int64_t fallbacks = 0;    // groups beyond the first
    std::int64_t max_retries = 0;  // that the group allows, as headers tell it
    std::string response_id;       // the upstream's name for its answer

    NamedCells named;
    CallEstimate estimate;
    CallNotes notes;
    std::unique_ptr<KeptTexts> kept;              // null: nothing of what is said is kept
    std::unique_ptr<BrokenStream> broken_stream;  // null: none has broken
    Reservation reservation;                      // of the limits that bind the caller
    JournalCall journal_call;
    SpendRow row;  // what it points to is kept by this context and its identity
    std::vector<BookedScope> settled_scopes;  // of what was settled before the call ended
    std::size_t callers_scopes = 0;           // of the row, behind the settled ones: the caller's
    std::string row_status;
    UpstreamBody upstream_body;
    ReplyEditor reply_editor;
    Pieces pieces;

    const Config& config() const { return snapshot->config(); }
    void clear();
};

}  // namespace tollweir
