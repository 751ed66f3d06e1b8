#pragma once

#include <memory>

#include "tollweir/api/front.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"
#include "tollweir/upstream/deployment_call.hpp"

namespace tollweir {

/// What a client that waits for a stream's first word gets. A single line: with a blank one behind
/// it openai-python would dispatch an empty event.
inline constexpr std::string_view kPing = ": ping\n";

/// Times and bounds of one stream.
struct StreamTerms {
    std::chrono::milliseconds gap{};    // longest wait for each event but the first
    std::chrono::milliseconds first{};  // for the head, and for the first event
    std::chrono::milliseconds hold{};   // how long status and headers wait for the first event
    std::chrono::milliseconds ping{};   // between pings while nothing comes
    std::size_t max_event_bytes = 0;
    bool keeps_request = false;  // it may be sent again after the first word
};

/// Sends an upstream's events on as they come: everything that is complete after each read, in one
/// write, and reads on only when that is done, which is the whole of the backpressure. Until the
/// model has said something nothing is sent and so nothing committed, unless `hold` ran out: then
/// status 200 and pings have gone out, and failures become error events.
class StreamRelay {
public:
    StreamRelay(RequestContext& context, DeploymentCall& call, EventEditor& editor,
                const StreamTerms& terms, const std::string& headers)
        : context_(context),
          call_(call),
          editor_(editor),
          terms_(terms),
          headers_(headers),
          open_(context.client->is_streaming()) {}

    /// The answer's head, pinging the client meanwhile if it has to; if `is_quiet`, whoever else
    /// races for the answer does.
    net::Task<Result<void>> await_head(bool is_quiet);
    /// The events up to the model's first word, kept for `run`: nothing is said to the client.
    net::Task<Result<void>> await_word();
    /// The events, to the end.
    net::Task<Result<void>> run();

private:
    net::Task<Result<void>> read_more();
    net::Task<Result<void>> send(const Pieces& pieces);
    net::Task<Result<void>> ping();
    net::Task<Result<void>> finish(const Pieces& pieces);
    const GatewayError* pending_error() const;
    bool hold_back(Pieces& pieces);
    void keep(const Pieces& pieces);
    net::Task<Result<bool>> send_kept();
    Result<void> check_size();
    void note_first_token();
    TimePoint next_stop(TimePoint deadline) const;

    RequestContext& context_;
    DeploymentCall& call_;
    EventEditor& editor_;
    const StreamTerms terms_;
    const std::string& headers_;  // read when the first byte goes out
    std::string held_;            // what came before the model said anything
    const TimePoint began_ = Clock::now();
    TimePoint silent_since_ = began_;
    bool open_;              // the client has status and headers
    bool is_quiet_ = false;  // the client is not ours to talk to
    bool in_event_ = false;  // bytes of a cut event are held: no ping now
    bool is_whole_ = false;  // all of it is kept
};

}  // namespace tollweir
