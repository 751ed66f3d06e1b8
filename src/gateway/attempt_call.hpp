#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tollweir/gateway/attempt.hpp"
#include "tollweir/gateway/booking.hpp"
#include "tollweir/gateway/relay.hpp"
#include "tollweir/gateway/timeouts.hpp"
#include "tollweir/upstream/deployment_call.hpp"

namespace tollweir {

inline std::chrono::microseconds since(TimePoint begin) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
}

/// One call of a deployment for a request. Either the whole of it with `run`, or in two steps, for
/// one of several calls that race for the first word of a stream: `open`, and for the one that has
/// won, `serve_opened`. Lives in the coroutine that awaits it; of the request's context, only the
/// call that serves changes anything.
class Attempt {
public:
    Attempt(RequestContext& context, Leg& leg, TimePoint began)
        : context_(context), deployment_(*leg.deployment), leg_(&leg), began_(began) {}

    /// See run_attempt.
    net::Task<Result<void>> run();

    /// Before `open`: the context's storage for the upstream's body is another call's.
    void use_own_body();
    /// A stream up to the model's first word; the client hears nothing of it. Errors: as of `run`.
    net::Task<Result<void>> open();
    /// Makes `open` end soon with `client_closed`.
    void cancel() { slot_.cancel(); }
    /// The rest of an opened stream.
    net::Task<Result<void>> serve_opened();
    /// Another call has won: what this one has used is told to its leg.
    void lose();
    /// Ends the call: its answer will not be read, or no further.
    void hang_up();

    /// This is the call that the request's record and headers tell of.
    void take_the_record();
    /// The head of the stream as the client gets it.
    void write_stream_headers();
    /// The leg has moved.
    void move_to(Leg& leg) { leg_ = &leg; }

private:
    net::Task<Result<void>> call();
    Result<const UpstreamHead*> choose_head(const UpstreamCall& call);
    Result<void> check_head(const net::ResponseHead& head) const;
    net::Task<Result<void>> take_error(TimePoint deadline);
    net::Task<Result<void>> answer_whole(TimePoint deadline);
    std::string_view tidied(std::string_view body);

    void open_relay();
    net::Task<Result<void>> answer_stream();
    net::Task<Result<void>> relay();
    net::Task<Result<void>> pass_on_whole();
    bool comes_in_events() const;
    net::Task<Result<void>> end_stream(Result<void> outcome);
    bool leaves_open(const GatewayError& error) const;
    void leave_open();
    bool may_go_on() const;
    AnswerRecorder* open_recorder();
    Usage untold_usage() const;
    UsageCost stream_cost() const;

    net::Task<Result<void>> mock(std::string_view json);
    net::Task<bool> pause(std::chrono::milliseconds time);

    /// What the upstream calls the model and its answer.
    void note_names(std::string_view model, std::string_view response_id);
    void note_end(const Result<void>& outcome);
    bool wants_stream() const { return context_.view.stream && can_stream(context_.view.endpoint); }

    RequestContext& context_;
    const Deployment& deployment_;
    Leg* leg_;
    const TimePoint began_;
    bool races_ = false;  // nothing may be said to the client yet
    CallTimeouts timeouts_{};
    TimePoint sent_{};
    net::CancelSlot slot_;
    std::unique_ptr<UpstreamBody> own_body_;  // see use_own_body
    UpstreamBody* body_ = &context_.upstream_body;
    UpstreamHead made_head_;
    std::optional<DeploymentCall> call_;
    std::unique_ptr<AnswerTidier> tidier_;  // null: the answer is OpenAI's own
    std::string tidied_;
    std::shared_ptr<AnswerRecorder> recorder_;  // null: nobody wants to know what was said
    std::unique_ptr<EventEditor> editor_;
    std::optional<StreamRelay> stream_;
    std::optional<Usage> whole_usage_;  // of a stream that was made of a whole answer
};

}  // namespace tollweir
