#include "tollweir/gateway/attempt.hpp"

#include <ctime>

#include "tollweir/core/ids.hpp"
#include "tollweir/core/seconds.hpp"
#include "tollweir/core/url_query.hpp"
#include "tollweir/gateway/booking.hpp"
#include "tollweir/gateway/error_reply.hpp"
#include "tollweir/gateway/mock_reply.hpp"
#include "tollweir/gateway/relay.hpp"
#include "tollweir/gateway/reply_headers.hpp"
#include "tollweir/gateway/reserve.hpp"
#include "tollweir/gateway/whole_as_stream.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/net/wake.hpp"
#include "tollweir/providers/registry.hpp"
#include "tollweir/upstream/deployment_call.hpp"

namespace tollweir {

namespace {

// An error's body is for reading; what providers send is a hundredth of this.
constexpr std::size_t kMaxErrorBody = 256 * 1024;
// Longer ids of answers are nobody's; a row would have to carry them.
constexpr std::size_t kMaxResponseId = 256;

using Milliseconds = std::chrono::milliseconds;

/// What the client asked for, in a header or a body field; nothing if it did not. Errors: what it
/// asked for is no time.
Result<std::optional<Milliseconds>> asked_seconds(const RequestContext& context,
                                                  std::string_view header, std::string_view field) {
    const auto refuse = [](std::string_view name) {
        GatewayError error(
            ErrorKind::bad_request, ErrorSource::client,
            "Invalid '" + std::string(name) + "': a positive number of seconds is expected");
        error.param_json = "\"" + std::string(name) + "\"";
        return std::unexpected(std::move(error));
    };
    if (const auto value = context.client->head().find(header); value && !header.empty()) {
        const auto seconds = parse_seconds(*value);
        if (!seconds) return refuse(header);
        return seconds;
    }
    const auto* member = context.view.object.find(field);
    if (member == nullptr || member->type == JsonType::null) return std::nullopt;
    auto text = member->value;
    if (member->type == JsonType::string) text = text.substr(1, text.size() - 2);
    const auto seconds = parse_seconds(text);
    if (!seconds) return refuse(field);
    return seconds;
}

/// What the key's or its team's `router_settings` say in place of the deployment's own.
std::optional<Milliseconds> timeout_of_key(const Identity& identity) {
    if (!identity.key) return std::nullopt;
    const auto& key = *identity.key;
    if (key.router && key.router->timeout) return key.router->timeout;
    return key.team && key.team->router ? key.team->router->timeout : std::nullopt;
}

std::chrono::microseconds since(TimePoint begin) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
}

GatewayError not_offered(const Deployment& deployment, Endpoint endpoint) {
    const bool anything = deployment.provider->dialect(Endpoint::chat_completions) ||
                          deployment.provider->dialect(Endpoint::completions);
    const auto name = std::string(deployment.provider->name());
    return {ErrorKind::not_implemented, ErrorSource::gateway,
            anything ? "provider '" + name + "' has no '" + std::string(path_of(endpoint)) +
                           "' in this version of Tollweir (docs/status.md)"
                     : "provider '" + name +
                           "' is not built into this version of Tollweir yet (docs/status.md)"};
}

/// A hosted provider refuses calls without a key, in words that a caller takes for a complaint
/// about the key it sent to us: so we say it ourselves. Servers at addresses of one's own may need
/// none.
std::optional<GatewayError> lacks_key(const Deployment& deployment) {
    if (!deployment.api_key.empty() || !deployment.access_token.empty() || deployment.token_recipe)
        return std::nullopt;
    const auto* entry = find_provider(deployment.provider->name());
    if (entry == nullptr || entry->defaults.key_names.empty()) return std::nullopt;
    const bool is_hosted = entry->defaults.is_azure ||
                           deployment.api_base == default_base(entry->defaults, deployment.model);
    if (!is_hosted) return std::nullopt;
    return GatewayError(ErrorKind::authentication, ErrorSource::gateway,
                        "the gateway has no API key for provider '" +
                            std::string(deployment.provider->name()) + "': set " +
                            std::string(entry->defaults.key_names.front()) +
                            " in its environment, or the deployment's api_key");
}

/// The upstream call of one attempt.
class Attempt {
public:
    Attempt(RequestContext& context, Leg& leg, TimePoint began)
        : context_(context),
          deployment_(*leg.deployment),
          model_(leg.model),
          leg_(leg),
          began_(began) {}

    net::Task<Result<void>> run();

private:
    net::Task<Result<void>> call(net::CancelSlot& slot, const CallTimeouts& timeouts);
    Result<const UpstreamHead*> choose_head(const UpstreamCall& call, UpstreamHead& made) const;
    net::Task<Result<void>> answer_whole(DeploymentCall& call, TimePoint deadline);
    std::string_view tidied(std::string_view body);
    Usage untold_usage(const EventEditor& editor) const;
    UsageCost stream_cost() const;
    net::Task<Result<void>> answer_stream(DeploymentCall& call, const CallTimeouts& timeouts);
    net::Task<Result<void>> answer_in_chunks(DeploymentCall& call, const CallTimeouts& timeouts);
    net::Task<Result<void>> relay(DeploymentCall& call, StreamRelay& stream,
                                  const CallTimeouts& timeouts);
    net::Task<Result<void>> take_error(DeploymentCall& call, TimePoint deadline);
    Result<void> check_head(const net::ResponseHead& head) const;
    net::Task<Result<void>> end_broken(EventEditor& editor, GatewayError error);

    net::Task<Result<void>> mock(std::string_view json);
    net::Task<bool> pause(std::chrono::milliseconds time);

    void write_stream_headers() {
        context_.headers.clear();
        append_reply_headers(context_, false, context_.headers);
        context_.headers += kStreamHeaders;
    }
    /// What the upstream calls the model and its answer.
    void note_names(std::string_view model, std::string_view response_id) {
        if (!model.empty()) context_.record.upstream_model.assign(model);
        if (response_id.size() <= kMaxResponseId) context_.response_id.assign(response_id);
    }

    RequestContext& context_;
    const Deployment& deployment_;
    const std::string& model_;
    Leg& leg_;
    const TimePoint began_;
    TimePoint sent_{};
    std::unique_ptr<AnswerTidier> tidier_;  // null: the answer is OpenAI's own
    std::string tidied_;
    std::optional<Usage> whole_usage_;  // of a stream that was made of a whole answer
};

net::Task<Result<void>> Attempt::run() {
    auto& record = context_.record;
    record.deployment_id = deployment_.id;
    record.provider = deployment_.provider->name();
    record.upstream_model = model_;
    context_.deployment = &deployment_;
    context_.upstream_headers.clear();
    record.upstream.reset();
    if (context_.kept) context_.kept->stream = {};
    const auto timeouts = choose_timeouts(context_, deployment_);
    if (!timeouts) co_return std::unexpected(timeouts.error());
    const bool stream = context_.view.stream && can_stream(context_.view.endpoint);
    context_.timeout = stream ? timeouts->gap : timeouts->whole;
    leg_.callers_timeout = timeouts->is_callers;
    if (context_.config().allow_client_mocks) {
        if (const auto* mocked = context_.view.object.find("mock_response");
            mocked != nullptr && mocked->type != JsonType::null)
            co_return co_await mock(mocked->value);
        if (const auto* late = context_.view.object.find("mock_timeout");
            late != nullptr && late->value == "true") {
            if (!co_await pause(timeouts->whole))
                co_return fail(ErrorKind::client_closed, "the client left");
            co_return fail(ErrorKind::timeout, "this is a mock timeout", ErrorSource::gateway);
        }
    }
    if (deployment_.mock_response) co_return co_await mock(*deployment_.mock_response);
    net::CancelSlot slot;
    context_.client->cancel_on_leave(&slot);
    auto outcome = co_await call(slot, *timeouts);
    context_.client->cancel_on_leave(nullptr);
    if (!outcome) tell_cut(*context_.client, outcome.error());
    if (leg_.response_time.count() == 0) leg_.response_time = since(began_);
    leg_.timed_out = !outcome && outcome.error().kind == ErrorKind::timeout;
    co_return outcome;
}

net::Task<Result<void>> Attempt::call(net::CancelSlot& slot, const CallTimeouts& timeouts) {
    const auto endpoint = context_.view.endpoint;
    const auto dialect = deployment_.provider->dialect(endpoint);
    if (!dialect || *dialect != Dialect::openai)
        co_return std::unexpected(not_offered(deployment_, endpoint));
    if (auto lacking = lacks_key(deployment_)) co_return std::unexpected(std::move(*lacking));
    const auto version = query_value(context_.client->head().query, "api-version");
    const UpstreamCall asked{endpoint, model_, version};
    if (auto built =
            context_.upstream_body.build(context_.view, deployment_, asked, context_.config());
        !built)
        co_return built;
    const auto& needs = context_.upstream_body.needs();
    tidier_ = deployment_.provider->open_answer(deployment_, endpoint, needs);
    const bool stream = context_.view.stream && can_stream(endpoint);
    const auto deadline = std::min(
        timeouts.end, after(began_, stream && !needs.whole ? timeouts.first : timeouts.whole));
    UpstreamHead made;
    const auto head = choose_head(asked, made);
    if (!head) co_return std::unexpected(head.error());
    if (deployment_.token_recipe) {
        auto& tokens = context_.state->tokens;
        auto added = co_await tokens.authorize(made, *deployment_.token_recipe, deadline, slot);
        if (!added) co_return added;
    }
    DeploymentCall call(context_.state->worker.upstreams(), slot, deployment_.origin);
    sent_ = Clock::now();
    leg_.sent = true;
    if (auto sent = co_await call.send(**head, context_.upstream_body.pieces(), deadline); !sent)
        co_return sent;
    if (stream) co_return co_await answer_stream(call, timeouts);
    if (auto read = co_await call.read_head(deadline); !read) co_return read;
    co_return co_await answer_whole(call, deadline);
}

/// The deployment's prepared head where nothing of the call is in it and no token must be added;
/// else `made`.
Result<const UpstreamHead*> Attempt::choose_head(const UpstreamCall& call,
                                                 UpstreamHead& made) const {
    const auto& prepared = deployment_.heads[static_cast<std::size_t>(call.endpoint)];
    // A wildcard's model and a version come from the client.
    const bool is_prepared = !prepared.path.empty() && call.api_version.empty();
    if (is_prepared && !deployment_.token_recipe) return &prepared;
    if (is_prepared) {
        made = prepared;
    } else {
        auto head = deployment_.provider->head(deployment_, call);
        if (!head) return std::unexpected(head.error());
        made = std::move(*head);
    }
    return &made;
}

Result<void> Attempt::check_head(const net::ResponseHead& head) const {
    const auto refuse = [](std::string message) {
        return fail(ErrorKind::bad_gateway, std::move(message), ErrorSource::upstream);
    };
    if (head.status / 100 == 3)
        return refuse("the upstream redirects (status " + std::to_string(head.status) +
                      "), which is not followed: check api_base");
    if (const auto coding = head.find("content-encoding"); coding && *coding != "identity")
        return refuse("the upstream's answer is compressed although that was not asked for");
    return {};
}

net::Task<Result<void>> Attempt::take_error(DeploymentCall& call, TimePoint deadline) {
    const auto status = call.head().status;
    const std::string retry_after(call.head().find("retry-after").value_or(""));
    const auto body = co_await call.read_whole(kMaxErrorBody, deadline);
    if (!body && body.error().kind == ErrorKind::client_closed)
        co_return std::unexpected(body.error());
    // A torn error body is still an error with this status.
    auto error = deployment_.provider->parse_error(status, body ? *body : std::string_view{});
    error.retry_after = retry_after;
    co_return std::unexpected(std::move(error));
}

net::Task<Result<void>> Attempt::answer_whole(DeploymentCall& call, TimePoint deadline) {
    auto& record = context_.record;
    if (auto checked = check_head(call.head()); !checked) co_return checked;
    take_upstream_headers(call.head(), context_.upstream_headers);
    if (call.head().status >= 400) co_return co_await take_error(call, deadline);
    const auto status = call.head().status;
    auto body = call.whole_at_hand();
    if (!body) {
        const auto max_bytes = context_.config().upstream.max_response_bytes;
        const auto read = co_await call.read_whole(max_bytes, deadline);
        if (!read) co_return std::unexpected(read.error());
        body = *read;
    }
    record.upstream = leg_.response_time = since(sent_);
    auto& editor = context_.reply_editor;
    auto& pieces = context_.pieces;
    pieces.clear();
    ReplyEdits edits{context_.requested_model, EmbeddingForm::as_sent};
    if (context_.view.endpoint == Endpoint::embeddings)
        edits.embeddings =
            context_.view.wants_base64 ? EmbeddingForm::base64 : EmbeddingForm::floats;
    if (auto edited = editor.edit(tidied(*body), edits, pieces); !edited) co_return edited;
    leg_.usage = editor.usage();
    if (!leg_.usage.reported && !editor.choices().empty())
        leg_.usage =
            counted_usage(context_.view, token_counter_for(deployment_, model_), editor.choices());
    leg_.failed = false;
    note_names(editor.upstream_model(), editor.response_id());
    keep_answer(context_, pieces);
    record.status = status;
    price_leg(context_, leg_);
    append_reply_headers(context_, false, context_.headers);
    context_.headers += "content-type: application/json\r\n";
    if (!co_await context_.client->respond(status, context_.headers, pieces))
        co_return fail(ErrorKind::client_closed, "the client left");
    co_return Result<void>{};
}

/// What goes into the usage that a stream's client sees, where the operator wants it there.
UsageCost Attempt::stream_cost() const {
    if (!context_.config().protocol.cost_in_stream_usage) return {};
    const auto* price = context_.snapshot->price_for(deployment_, model_);
    if (price == nullptr) return {};
    return [this, price](const Usage& usage, std::string& out) {
        const auto cost = cost_of(*price, usage, context_.estimate.facts).total;
        append_dollars(out, charge(cost, deployment_.cost_terms).total);
        return true;
    };
}

/// Of a stream whose upstream told none, or that ended before it did: the model's words as counted,
/// and its prompt if it said anything.
Usage Attempt::untold_usage(const EventEditor& editor) const {
    const auto& estimate = context_.estimate;
    if (estimate.group == nullptr || editor.tally().empty()) return {};
    return estimated_usage(estimate.prompt.size, estimate.counted_prompt, *estimate.group->prompts,
                           token_counter_for(deployment_, model_), editor.tally());
}

/// What the upstream does otherwise than OpenAI, put right; padded as the scanner asks.
std::string_view Attempt::tidied(std::string_view body) {
    if (tidier_ == nullptr || !tidier_->tidy_answer(body, tidied_)) return body;
    tidied_.reserve(tidied_.size() + kJsonPadding);
    return tidied_;
}

net::Task<Result<void>> Attempt::answer_stream(DeploymentCall& call, const CallTimeouts& timeouts) {
    const auto& config = context_.config();
    StreamEdits edits;
    edits.model = context_.requested_model;
    edits.hide_usage = context_.upstream_body.hides_usage();
    edits.usage_apart = context_.upstream_body.sets_usage_apart();
    edits.tidier = tidier_.get();
    edits.cost = stream_cost();
    if (context_.kept) edits.recorder = &context_.kept->stream;
    const auto editor = openai_front().open_pass_through(std::move(edits));
    write_stream_headers();
    // All tries together have an end, until the model has said something.
    const auto left = std::chrono::duration_cast<Milliseconds>(timeouts.end - Clock::now());
    const auto first = timeouts.end == kNever ? timeouts.first : std::min(timeouts.first, left);
    StreamRelay stream(context_, call, *editor,
                       {timeouts.gap, first, config.stream_hold, config.ping_interval},
                       config.upstream.max_event_bytes, context_.headers);
    auto outcome = co_await relay(call, stream, timeouts);
    context_.record.upstream = leg_.response_time = since(sent_);
    if (context_.record.first_token)
        leg_.first_token =
            *context_.record.first_token - std::chrono::duration_cast<std::chrono::microseconds>(
                                               sent_ - context_.client->arrival());
    leg_.usage = whole_usage_.value_or(editor->usage());
    if (!leg_.usage.reported && !whole_usage_) leg_.usage = untold_usage(*editor);
    leg_.failed = !outcome || editor->upstream_error() != nullptr;
    note_names(editor->upstream_model(), editor->response_id());
    if (!whole_usage_) keep_stream(context_);
    if (outcome && editor->upstream_error() != nullptr) {
        context_.record.failed = true;
        context_.record.error_class = facts(editor->upstream_error()->kind).litellm_class;
        leg_.broken = std::make_unique<GatewayError>(*editor->upstream_error());
    }
    if (outcome) context_.record.status = 200;
    const auto& client = *context_.client;
    if (outcome || !(client.has_begun() || client.is_streaming())) {
        context_.headers.clear();
        co_return outcome;
    }
    co_return co_await end_broken(*editor, std::move(outcome.error()));
}

net::Task<Result<void>> Attempt::relay(DeploymentCall& call, StreamRelay& stream,
                                       const CallTimeouts& timeouts) {
    if (auto head = co_await stream.await_head(); !head) co_return head;
    const auto& head = call.head();
    if (auto checked = check_head(head); !checked) co_return checked;
    take_upstream_headers(head, context_.upstream_headers);
    write_stream_headers();  // anew, with the upstream's; too late if the hold has run out
    const auto patience = Clock::now() + std::chrono::seconds(10);
    if (head.status >= 400) co_return co_await take_error(call, patience);
    if (net::same_name(head.media_type(), "text/event-stream")) co_return co_await stream.run();
    if (net::same_name(head.media_type(), "application/json"))
        co_return co_await answer_in_chunks(call, timeouts);
    co_return fail(ErrorKind::bad_gateway,
                   "the upstream answered a streaming request without a stream",
                   ErrorSource::upstream);
}

/// The upstream was not asked for a stream, or does not know how: its whole answer becomes one.
net::Task<Result<void>> Attempt::answer_in_chunks(DeploymentCall& call,
                                                  const CallTimeouts& timeouts) {
    const auto body = co_await call.read_whole(context_.config().upstream.max_response_bytes,
                                               after(Clock::now(), timeouts.whole));
    if (!body) co_return std::unexpected(body.error());
    auto& editor = context_.reply_editor;
    Pieces pieces;
    const ReplyEdits edits{context_.requested_model, EmbeddingForm::as_sent};
    if (auto edited = editor.edit(tidied(*body), edits, pieces); !edited) co_return edited;
    std::string answer;
    for (const auto piece : pieces) answer += piece;
    whole_usage_ = editor.usage();
    if (!whole_usage_->reported && !editor.choices().empty())
        whole_usage_ =
            counted_usage(context_.view, token_counter_for(deployment_, model_), editor.choices());
    note_names(editor.upstream_model(), editor.response_id());
    keep_answer(context_, pieces);
    co_return co_await send_as_stream(context_, answer, stream_cost());
}

/// Past the commit point: the failure goes into the stream, which then ends properly.
net::Task<Result<void>> Attempt::end_broken(EventEditor& editor, GatewayError error) {
    auto& record = context_.record;
    record.failed = true;
    record.error_class = facts(error.kind).litellm_class;
    record.status = 200;
    if (!quotes_upstream(error)) record.error = error.message;
    tell_cut(*context_.client, error);
    leg_.broken = std::make_unique<GatewayError>(error);
    if (error.kind == ErrorKind::client_closed) co_return std::unexpected(std::move(error));
    std::string event;
    editor.write_error(error, event);
    const Pieces pieces{event};
    co_await context_.client->finish_stream(pieces);
    co_return Result<void>{};
}

net::Task<bool> Attempt::pause(std::chrono::milliseconds time) {
    net::Wake wake(context_.state->worker.context());
    context_.client->cancel_on_leave(&wake);
    const auto reason = co_await wake.wait_until(after(Clock::now(), time));
    context_.client->cancel_on_leave(nullptr);
    co_return reason == net::Wake::Reason::timed_out;
}

net::Task<Result<void>> Attempt::mock(std::string_view json) {
    auto& client = *context_.client;
    leg_.sent = true;
    auto delay = deployment_.mock_delay;
    const auto asked = asked_seconds(context_, "", "mock_delay");
    if (!asked) co_return std::unexpected(asked.error());
    delay = asked->value_or(delay);
    if (delay.count() > 0 && !co_await pause(delay))
        co_return fail(ErrorKind::client_closed, "the client left");
    std::string id = context_.view.endpoint == Endpoint::completions ? "cmpl-" : "chatcmpl-";
    append_uuid4(id);
    auto made =
        make_mock_reply(json, context_.view, context_.requested_model, id, std::time(nullptr));
    if (!made) co_return std::unexpected(made.error());
    leg_.usage = made->usage;
    leg_.failed = made->breaks_with.has_value();
    if (!context_.view.stream) price_leg(context_, leg_);
    append_reply_headers(context_, false, context_.headers);
    context_.record.status = 200;
    if (!context_.view.stream || !can_stream(context_.view.endpoint)) {
        context_.headers += "content-type: application/json\r\n";
        // A canned object has a model of its own; the client reads the name it asked for.
        made->body.reserve(made->body.size() + kJsonPadding);
        ReplyEditor editor;
        Pieces body;
        const ReplyEdits edits{context_.requested_model, EmbeddingForm::as_sent};
        if (auto edited = editor.edit(made->body, edits, body); !edited) co_return edited;
        leg_.usage = editor.usage();
        note_names({}, editor.response_id());
        keep_answer(context_, body);
        if (!co_await client.respond(200, context_.headers, body))
            co_return fail(ErrorKind::client_closed, "the client left");
        co_return Result<void>{};
    }
    context_.headers += kStreamHeaders;
    client.begin_stream(200, context_.headers);
    const auto shown = made->breaks_with ? made->events.size() / 2 : made->events.size();
    for (std::size_t i = 0; i < shown; ++i) {
        if (context_.kept) context_.kept->stream.add_chunk(made->events[i]);
        const Pieces event{"data: ", made->events[i], "\n\n"};
        if (!co_await client.send(event))
            co_return fail(ErrorKind::client_closed, "the client left");
        if (!context_.record.first_token) context_.record.first_token = since(client.arrival());
    }
    keep_stream(context_);
    if (made->breaks_with) {
        const auto editor = openai_front().open_pass_through({});
        co_return co_await end_broken(*editor, *made->breaks_with);
    }
    const Pieces done{"data: [DONE]\n\n"};
    if (!co_await client.finish_stream(done))
        co_return fail(ErrorKind::client_closed, "the client left");
    co_return Result<void>{};
}

}  // namespace

Result<CallTimeouts> choose_timeouts(const RequestContext& context, const Deployment& deployment) {
    const auto& config = context.config();
    const auto whole = asked_seconds(context, "x-litellm-timeout", "timeout");
    if (!whole) return std::unexpected(whole.error());
    const auto gap = asked_seconds(context, "x-litellm-stream-timeout", "stream_timeout");
    if (!gap) return std::unexpected(gap.error());
    CallTimeouts timeouts;
    const auto own = deployment.timeout.value_or(config.request_timeout);
    auto asked = *whole;
    if (!asked) asked = timeout_of_key(context.identity);
    timeouts.whole = asked.value_or(own);
    auto own_gap = deployment.stream_timeout;
    if (!own_gap) own_gap = config.stream_timeout;
    timeouts.gap = gap->value_or(own_gap.value_or(timeouts.whole));
    timeouts.first = timeouts.gap;
    if (config.first_token_timeout)
        timeouts.first = std::min(timeouts.first, *config.first_token_timeout);
    const auto usual = context.view.stream ? own_gap.value_or(own) : own;
    timeouts.is_callers = (context.view.stream ? timeouts.gap : timeouts.whole) < usual;
    if (config.total_timeout)
        timeouts.end = after(context.client->arrival(), *config.total_timeout);
    return timeouts;
}

net::Task<Result<void>> run_attempt(RequestContext& context, Leg& leg, TimePoint began) {
    Attempt attempt(context, leg, began);
    co_return co_await attempt.run();
}

}  // namespace tollweir
