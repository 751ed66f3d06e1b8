#pragma once

#include <memory>

#include "tollweir/api/front.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"
#include "tollweir/upstream/deployment_call.hpp"

namespace tollweir {

/// Times of one stream.
struct StreamTimes {
    std::chrono::milliseconds gap;    // longest wait for each event but the first
    std::chrono::milliseconds first;  // for the head, and for the first event
    std::chrono::milliseconds hold;   // how long status and headers wait for the first event
    std::chrono::milliseconds ping;   // between pings while nothing comes
};

/// Sends an upstream's events on as they come: everything that is complete after each read, in one
/// write, and reads on only when that is done, which is the whole of the backpressure. Until the
/// model has said something nothing is sent and so nothing committed, unless `hold` ran out: then
/// status 200 and pings have gone out, and failures become error events.
class StreamRelay {
public:
    StreamRelay(RequestContext& context, DeploymentCall& call, EventEditor& editor,
                const StreamTimes& times, std::size_t max_event_bytes, const std::string& headers)
        : context_(context),
          call_(call),
          editor_(editor),
          times_(times),
          max_event_bytes_(max_event_bytes),
          headers_(headers) {}

    /// The answer's head, pinging the client meanwhile if it has to.
    net::Task<Result<void>> await_head();
    /// The events, to the end.
    net::Task<Result<void>> run();

private:
    net::Task<Result<void>> read_more();
    net::Task<Result<void>> send(const Pieces& pieces);
    net::Task<Result<void>> ping();
    net::Task<Result<void>> finish(const Pieces& pieces);
    const GatewayError* early_error() const;
    bool hold_back(Pieces& pieces);
    void note_first_token();
    TimePoint next_stop(TimePoint deadline) const;

    RequestContext& context_;
    DeploymentCall& call_;
    EventEditor& editor_;
    const StreamTimes times_;
    const std::size_t max_event_bytes_;
    const std::string& headers_;  // read when the first byte goes out
    std::string held_;            // what came before the model said anything
    const TimePoint began_ = Clock::now();
    TimePoint silent_since_ = began_;
    bool open_ = false;      // the client has status and headers
    bool in_event_ = false;  // bytes of a cut event are held: no ping now
};

}  // namespace tollweir
