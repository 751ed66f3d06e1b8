#include "gateway/attempt_call.hpp"
#include "tollweir/gateway/error_reply.hpp"
#include "tollweir/gateway/reply_headers.hpp"
#include "tollweir/gateway/reserve.hpp"
#include "tollweir/gateway/whole_as_stream.hpp"
#include "tollweir/gateway/worker_state.hpp"

namespace tollweir {
namespace {

/// What the request's stream was before this part of it.
std::optional<StreamBefore> stream_before(const RequestContext& context) {
    const auto* broken = context.broken_stream.get();
    if (broken == nullptr) return std::nullopt;
    return StreamBefore{std::string(broken->said->first_member("id")),
                        std::string(broken->said->first_member("created")), broken->usage};
}

}  // namespace

/// What goes into the usage that a stream's client sees, where the operator wants it there.
UsageCost Attempt::stream_cost() const {
    if (!context_.config().protocol.cost_in_stream_usage) return {};
    const auto* price = context_.snapshot->price_for(deployment_, leg_->model);
    if (price == nullptr) return {};
    const auto before = context_.broken_stream ? context_.broken_stream->cost : 0;
    return [this, price, before](const Usage& usage, std::string& out) {
        const auto cost = cost_of(*price, usage, context_.estimate.facts).total;
        append_dollars(out, add_saturated(before, charge(cost, deployment_.cost_terms).total));
        return true;
    };
}

/// Of a stream whose upstream told none, or that ended before it did: the model's words as counted,
/// and its prompt if it said anything.
Usage Attempt::untold_usage() const {
    const auto& estimate = context_.estimate;
    if (estimate.group == nullptr || editor_->tally().empty()) return {};
    return estimated_usage(estimate.prompt.size, estimate.counted_prompt, *estimate.group->prompts,
                           token_counter_for(deployment_, leg_->model), editor_->tally());
}

/// Whether the group was opted in to what follows a stream that breaks.
bool Attempt::may_go_on() const {
    const auto* group = context_.estimate.group;
    return group != nullptr && group->is_continued;
}

/// A stream that goes on is recorded with what came before.
AnswerRecorder* Attempt::open_recorder() {
    if (context_.broken_stream) {
        recorder_ = context_.broken_stream->said;
    } else if (context_.kept || may_go_on()) {
        recorder_ = std::make_shared<AnswerRecorder>();
    }
    return recorder_.get();
}

void Attempt::write_stream_headers() {
    context_.headers.clear();
    append_reply_headers(context_, false, context_.headers);
    context_.headers += kStreamHeaders;
}

void Attempt::open_relay() {
    const auto& config = context_.config();
    StreamEdits edits;
    edits.model = context_.requested_model;
    edits.hide_usage = body_->hides_usage();
    edits.usage_apart = body_->sets_usage_apart();
    edits.tidier = tidier_.get();
    edits.cost = stream_cost();
    edits.recorder = open_recorder();
    edits.before = stream_before(context_);
    edits.keeps_errors = may_go_on();
    editor_ = openai_front().open_pass_through(std::move(edits));
    // All tries together have an end, until the model has said something.
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(timeouts_.end - Clock::now());
    const auto first = timeouts_.end == kNever ? timeouts_.first : std::min(timeouts_.first, left);
    StreamTerms terms;
    terms.gap = timeouts_.gap;
    terms.first = first;
    terms.hold = config.stream_hold;
    terms.ping = config.ping_interval;
    terms.max_event_bytes = config.upstream.max_event_bytes;
    terms.keeps_request = may_go_on();
    stream_.emplace(context_, *call_, *editor_, terms, context_.headers);
}

net::Task<Result<void>> Attempt::answer_stream() {
    open_relay();
    if (races_) co_return co_await relay();
    write_stream_headers();
    co_return co_await end_stream(co_await relay());
}

bool Attempt::comes_in_events() const {
    return net::same_name(call_->head().media_type(), "text/event-stream");
}

net::Task<Result<void>> Attempt::relay() {
    if (auto head = co_await stream_->await_head(races_); !head) co_return head;
    const auto& head = call_->head();
    if (auto checked = check_head(head); !checked) co_return checked;
    if (!races_) {
        take_upstream_headers(head, context_.upstream_headers);
        write_stream_headers();  // anew, with the upstream's; too late if the hold has run out
    }
    const auto patience = Clock::now() + std::chrono::seconds(10);
    if (head.status >= 400) co_return co_await take_error(patience);
    if (!comes_in_events()) {
        if (races_) co_return Result<void>{};
        co_return co_await pass_on_whole();
    }
    if (races_) co_return co_await stream_->await_word();
    co_return co_await stream_->run();
}

/// The upstream was not asked for a stream, or does not know how: its whole answer becomes one.
net::Task<Result<void>> Attempt::pass_on_whole() {
    // One that goes on where another's broke would say its beginning again.
    if (!net::same_name(call_->head().media_type(), "application/json") || context_.broken_stream)
        co_return fail(ErrorKind::bad_gateway,
                       "the upstream answered a streaming request without a stream",
                       ErrorSource::upstream);
    const auto body = co_await call_->read_whole(context_.config().upstream.max_response_bytes,
                                                 after(Clock::now(), timeouts_.whole));
    if (!body) co_return std::unexpected(body.error());
    auto& editor = context_.reply_editor;
    Pieces pieces;
    const ReplyEdits edits{context_.requested_model, EmbeddingForm::as_sent};
    if (auto edited = editor.edit(tidied(*body), edits, pieces); !edited) co_return edited;
    std::string answer;
    for (const auto piece : pieces) answer += piece;
    whole_usage_ = editor.usage();
    if (!whole_usage_->reported && !editor.choices().empty())
        whole_usage_ = counted_usage(context_.view, token_counter_for(deployment_, leg_->model),
                                     editor.choices());
    note_names(editor.upstream_model(), editor.response_id());
    keep_answer(context_, pieces);
    co_return co_await send_as_stream(context_, answer, stream_cost());
}

/// Notes what the stream came to, and ends it where it broke after its first word.
net::Task<Result<void>> Attempt::end_stream(Result<void> outcome) {
    auto& record = context_.record;
    record.upstream = leg_->response_time = since(sent_);
    // That of a stream that goes on was the first part's.
    if (record.first_token && !context_.broken_stream)
        leg_->first_token =
            *record.first_token - std::chrono::duration_cast<std::chrono::microseconds>(
                                      sent_ - context_.client->arrival());
    leg_->usage = whole_usage_.value_or(editor_->usage());
    if (!leg_->usage.reported && !whole_usage_) leg_->usage = untold_usage();
    leg_->failed = !outcome || editor_->upstream_error() != nullptr;
    note_names(editor_->upstream_model(), editor_->response_id());
    if (!whole_usage_ && recorder_) keep_stream(context_, *recorder_);
    if (outcome && editor_->upstream_error() != nullptr) {
        record.failed = true;
        record.error_class = facts(editor_->upstream_error()->kind).litellm_class;
        leg_->broken = std::make_unique<GatewayError>(*editor_->upstream_error());
    }
    if (outcome) record.status = 200;
    const auto& client = *context_.client;
    if (outcome || !(client.has_begun() || client.is_streaming())) {
        context_.headers.clear();
        co_return outcome;
    }
    if (leaves_open(outcome.error())) {
        leave_open();
        co_return outcome;
    }
    co_return co_await end_broken_stream(context_, *leg_, std::move(outcome.error()));
}

/// Whether the client's stream may go on elsewhere: of a chat with one answer, which has said plain
/// text and no tool call, in a group that was opted in.
bool Attempt::leaves_open(const GatewayError& error) const {
    const auto& client = *context_.client;
    if (error.kind == ErrorKind::client_closed || client.is_cut() || client.has_left())
        return false;
    if (context_.broken_stream) return true;  // another may go on all the same
    return may_go_on() && recorder_ != nullptr &&
           context_.view.endpoint == Endpoint::chat_completions && recorder_->open_text();
}

void Attempt::leave_open() {
    if (!context_.broken_stream) {
        context_.broken_stream = std::make_unique<BrokenStream>();
        context_.broken_stream->said = recorder_;
    }
    auto& broken = *context_.broken_stream;
    add(broken.usage, leg_->usage);
    if (leg_->usage != Usage{}) price_leg(context_, *leg_);
    broken.cost = add_saturated(broken.cost, leg_->charged.total);
}

void Attempt::use_own_body() {
    own_body_ = std::make_unique<UpstreamBody>();
    body_ = own_body_.get();
}

net::Task<Result<void>> Attempt::open() {
    races_ = true;
    auto timeouts = choose_timeouts(context_, deployment_);
    if (!timeouts) co_return std::unexpected(std::move(timeouts.error()));
    timeouts_ = *timeouts;
    leg_->callers_timeout = timeouts_.is_callers;
    auto outcome = co_await call();
    if (!outcome) note_end(outcome);
    co_return outcome;
}

net::Task<Result<void>> Attempt::serve_opened() {
    races_ = false;
    take_the_record();
    context_.timeout = timeouts_.gap;
    take_upstream_headers(call_->head(), context_.upstream_headers);
    write_stream_headers();
    context_.client->cancel_on_leave(&slot_);
    Result<void> outcome;
    if (comes_in_events())
        outcome = co_await stream_->run();
    else
        outcome = co_await pass_on_whole();
    context_.client->cancel_on_leave(nullptr);
    if (!outcome) tell_cut(*context_.client, outcome.error());
    outcome = co_await end_stream(std::move(outcome));
    note_end(outcome);
    co_return outcome;
}

void Attempt::lose() {
    leg_->response_time = since(began_);
    const auto& estimate = context_.estimate;
    if (!leg_->sent || estimate.group == nullptr) return;
    // Its upstream has read the prompt, and may have said what never came.
    const auto counter = token_counter_for(deployment_, leg_->model);
    leg_->usage = editor_ ? estimated_usage(estimate.prompt.size, estimate.counted_prompt,
                                            *estimate.group->prompts, counter, editor_->tally())
                          : estimated_usage(estimate.prompt.tokens, 0);
}

void Attempt::hang_up() {
    stream_.reset();
    call_.reset();
}

net::Task<Result<void>> end_broken_stream(RequestContext& context, Leg& leg, GatewayError error) {
    auto& record = context.record;
    record.failed = true;
    record.error_class = facts(error.kind).litellm_class;
    record.status = 200;
    if (!quotes_upstream(error)) record.error = error.message;
    tell_cut(*context.client, error);
    leg.broken = std::make_unique<GatewayError>(error);
    if (error.kind == ErrorKind::client_closed) co_return std::unexpected(std::move(error));
    std::string event;
    openai_front().open_pass_through({})->write_error(error, event);
    const Pieces pieces{event};
    co_await context.client->finish_stream(pieces);
    co_return Result<void>{};
}

}  // namespace tollweir
