#include "tollweir/gateway/stream_race.hpp"

#include <algorithm>

#include "gateway/attempt_call.hpp"
#include "tollweir/gateway/error_reply.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/net/wake.hpp"

namespace tollweir {

/// One of the calls.
struct StreamRace::Runner {
    Runner(RequestContext& context, Leg& its_leg, TimePoint began)
        : leg(&its_leg), attempt(context, its_leg, began) {}

    bool has_ended() const { return outcome.has_value(); }
    bool has_word() const { return outcome && outcome->has_value(); }

    Leg* leg;
    Attempt attempt;
    std::optional<Result<void>> outcome;  // nothing: under way
    std::size_t place = 0;                // in the order of their ends
};

struct StreamRace::Track {
    explicit Track(boost::asio::io_context& context) : changed(context), ended(context) {}

    bool is_decided() const {
        return std::ranges::any_of(runners, [](const auto& r) { return r->has_word(); }) ||
               has_all_ended();
    }
    bool has_all_ended() const {
        return std::ranges::all_of(runners, [](const auto& r) { return r->has_ended(); });
    }

    std::vector<std::unique_ptr<Runner>> runners;
    std::size_t ends = 0;
    net::Wake changed;  // is cancelled when the client leaves
    net::Wake ended;    // the same without the client
};

StreamRace::StreamRace(RequestContext& context)
    : context_(context),
      track_(std::make_shared<Track>(context.state->worker.context())),
      silent_since_(context.client->arrival()) {}

StreamRace::~StreamRace() = default;

void StreamRace::start(Leg& leg, TimePoint began) {
    auto& runner = *track_->runners.emplace_back(std::make_unique<Runner>(context_, leg, began));
    if (track_->runners.size() == 1)
        runner.attempt.take_the_record();
    else
        runner.attempt.use_own_body();
    net::spawn(
        context_.state->worker.context(), runner.attempt.open(),
        [track = track_, &runner](const std::exception_ptr&, std::optional<Result<void>> outcome) {
            if (!outcome) outcome = fail(ErrorKind::internal, "the call of a race failed");
            runner.outcome = std::move(outcome);
            runner.place = track->ends++;
            track->changed.wake();
            track->ended.wake();
        });
}

net::Task<void> StreamRace::ping() {
    auto& client = *context_.client;
    if (!client.is_streaming()) {
        track_->runners.front()->attempt.write_stream_headers();
        client.begin_stream(200, context_.headers);
    }
    silent_since_ = Clock::now();
    const Pieces line{kPing};
    has_left_ = !co_await client.send(line);
}

net::Task<bool> StreamRace::wait_until(TimePoint when) {
    const auto& config = context_.config();
    while (!track_->is_decided() && !has_left_) {
        const auto now = Clock::now();
        if (now >= when) co_return false;
        const auto silence =
            context_.client->is_streaming() ? config.ping_interval : config.stream_hold;
        const auto next_ping = after(silent_since_, silence);
        if (now >= next_ping) {
            co_await ping();
            continue;
        }
        context_.client->cancel_on_leave(&track_->changed);
        const auto reason = co_await track_->changed.wait_until(std::min(when, next_ping));
        context_.client->cancel_on_leave(nullptr);
        if (reason == net::Wake::Reason::cancelled) has_left_ = true;
    }
    co_return true;
}

net::Task<std::vector<StreamRace::Loser>> StreamRace::settle() {
    auto& runners = track_->runners;
    const auto is_better = [this](const auto& a, const auto& b) {
        if (has_left_ || a->has_word() != b->has_word()) return a->has_word() > b->has_word();
        // Of those with a word the first to have it, of those that failed the last.
        if (a->has_ended() != b->has_ended()) return a->has_ended();
        return a->has_word() ? a->place < b->place : a->place > b->place;
    };
    const auto best = std::ranges::min_element(runners, is_better);
    winner_ = static_cast<std::size_t>(best - runners.begin());
    for (std::size_t i = 0; i < runners.size(); ++i)
        if (!runners[i]->has_ended() && (i != winner_ || has_left_)) runners[i]->attempt.cancel();
    while (!track_->has_all_ended()) co_await track_->ended.wait_until(kNever);
    std::vector<Loser> losers;
    for (std::size_t i = 0; i < runners.size(); ++i) {
        if (i == winner_) continue;
        auto& runner = *runners[i];
        const bool was_cancelled =
            runner.has_word() || runner.outcome->error().kind == ErrorKind::client_closed;
        if (was_cancelled && !has_left_) runner.attempt.lose();
        runner.attempt.hang_up();
        losers.push_back({runner.leg, was_cancelled ? GatewayError(ErrorKind::client_closed,
                                                                   ErrorSource::gateway,
                                                                   "another call was quicker")
                                                    : runner.outcome->error()});
    }
    co_return losers;
}

bool StreamRace::is_won() const {
    return track_->runners[winner_]->has_word();
}

void StreamRace::move_winner(Leg& leg) {
    auto& runner = *track_->runners[winner_];
    runner.leg = &leg;
    runner.attempt.move_to(leg);
}

net::Task<Result<void>> StreamRace::serve() {
    auto& runner = *track_->runners[winner_];
    if (!has_left_ && runner.has_word()) co_return co_await runner.attempt.serve_opened();
    runner.attempt.take_the_record();
    GatewayError error(ErrorKind::client_closed, ErrorSource::client, "the client left");
    if (!has_left_) error = std::move(runner.outcome->error());
    if (!context_.client->has_begun() && !context_.client->is_streaming()) {
        tell_cut(*context_.client, error);
        co_return std::unexpected(std::move(error));
    }
    co_return co_await end_broken_stream(context_, *runner.leg, std::move(error));
}

}  // namespace tollweir
