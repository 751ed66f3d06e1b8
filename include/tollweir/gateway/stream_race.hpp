#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

/// Calls of several deployments for one stream, of which the first to say a word serves; the others
/// are cancelled. While none has, the client gets pings as it would from one. Lives in the
/// coroutine of the request. Use: `start`, `wait_until`, perhaps another `start`, `wait_until`
/// again, `settle`, `serve`.
class StreamRace {
public:
    explicit StreamRace(RequestContext& context);
    StreamRace(const StreamRace&) = delete;
    StreamRace& operator=(const StreamRace&) = delete;
    ~StreamRace();

    /// Calls the leg's deployment; the leg stays where it is until `settle`.
    void start(Leg& leg, TimePoint began);
    /// Until some call has said a word, all have failed, the client has left, or `when`. True: it
    /// is decided.
    net::Task<bool> wait_until(TimePoint when);

    /// A call that does not serve.
    struct Loser {
        Leg* leg;
        GatewayError error;  // `client_closed`: it was cancelled
    };
    /// Ends all calls but the one that serves (none has won: the last that failed); what they have
    /// used stands in their legs then.
    net::Task<std::vector<Loser>> settle();
    /// Whether some call has said a word.
    bool is_won() const;
    /// The leg of the call that serves is another now.
    void move_winner(Leg& leg);
    /// The rest of its stream, to the end. Errors: as of run_attempt.
    net::Task<Result<void>> serve();

private:
    struct Runner;
    struct Track;
    net::Task<void> ping();

    RequestContext& context_;
    std::shared_ptr<Track> track_;  // the runners' coroutines own it too
    std::size_t winner_ = 0;
    TimePoint silent_since_;
    bool has_left_ = false;
};

}  // namespace tollweir
