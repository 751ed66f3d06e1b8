#include "gateway/attempt_call.hpp"
#include "tollweir/core/url_query.hpp"
#include "tollweir/gateway/error_reply.hpp"
#include "tollweir/gateway/reply_headers.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/net/wake.hpp"
#include "tollweir/providers/registry.hpp"

namespace tollweir {

namespace {

// An error's body is for reading; what providers send is a hundredth of this.
constexpr std::size_t kMaxErrorBody = 256 * 1024;
// Longer ids of answers are nobody's; a row would have to carry them.
constexpr std::size_t kMaxResponseId = 256;

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

}  // namespace

net::Task<Result<void>> Attempt::run() {
    take_the_record();
    auto timeouts = choose_timeouts(context_, deployment_);
    if (!timeouts) co_return std::unexpected(std::move(timeouts.error()));
    timeouts_ = *timeouts;
    context_.timeout = wants_stream() ? timeouts_.gap : timeouts_.whole;
    leg_->callers_timeout = timeouts_.is_callers;
    if (context_.config().allow_client_mocks) {
        if (const auto* mocked = context_.view.object.find("mock_response");
            mocked != nullptr && mocked->type != JsonType::null)
            co_return co_await mock(mocked->value);
        if (const auto* late = context_.view.object.find("mock_timeout");
            late != nullptr && late->value == "true") {
            if (!co_await pause(timeouts_.whole))
                co_return fail(ErrorKind::client_closed, "the client left");
            co_return fail(ErrorKind::timeout, "this is a mock timeout", ErrorSource::gateway);
        }
    }
    if (deployment_.mock_response) co_return co_await mock(*deployment_.mock_response);
    context_.client->cancel_on_leave(&slot_);
    auto outcome = co_await call();
    context_.client->cancel_on_leave(nullptr);
    if (!outcome) tell_cut(*context_.client, outcome.error());
    note_end(outcome);
    co_return outcome;
}

void Attempt::note_end(const Result<void>& outcome) {
    if (leg_->response_time.count() == 0) leg_->response_time = since(began_);
    leg_->timed_out = !outcome && outcome.error().kind == ErrorKind::timeout;
}

void Attempt::take_the_record() {
    auto& record = context_.record;
    record.deployment_id = deployment_.id;
    record.provider = deployment_.provider->name();
    record.upstream_model = leg_->model;
    record.upstream.reset();
    context_.deployment = &deployment_;
    context_.upstream_headers.clear();
}

void Attempt::note_names(std::string_view model, std::string_view response_id) {
    if (!model.empty()) context_.record.upstream_model.assign(model);
    if (response_id.size() <= kMaxResponseId) context_.response_id.assign(response_id);
}

net::Task<Result<void>> Attempt::call() {
    const auto endpoint = context_.view.endpoint;
    const auto dialect = deployment_.provider->dialect(endpoint);
    if (!dialect || *dialect != Dialect::openai)
        co_return std::unexpected(not_offered(deployment_, endpoint));
    if (auto lacking = lacks_key(deployment_)) co_return std::unexpected(std::move(*lacking));
    const auto version = query_value(context_.client->head().query, "api-version");
    const UpstreamCall asked{endpoint, leg_->model, version};
    if (auto built = body_->build(context_.view, deployment_, asked, context_.config()); !built)
        co_return built;
    const auto& needs = body_->needs();
    tidier_ = deployment_.provider->open_answer(deployment_, endpoint, needs);
    const bool stream = wants_stream();
    const auto deadline = std::min(
        timeouts_.end, after(began_, stream && !needs.whole ? timeouts_.first : timeouts_.whole));
    const auto head = choose_head(asked);
    if (!head) co_return std::unexpected(head.error());
    if (deployment_.token_recipe) {
        auto& tokens = context_.state->tokens;
        auto added =
            co_await tokens.authorize(made_head_, *deployment_.token_recipe, deadline, slot_);
        if (!added) co_return added;
    }
    call_.emplace(context_.state->worker.upstreams(), slot_, deployment_.origin);
    sent_ = Clock::now();
    leg_->sent = true;
    if (auto sent = co_await call_->send(**head, body_->pieces(), deadline); !sent) co_return sent;
    if (stream) co_return co_await answer_stream();
    if (auto read = co_await call_->read_head(deadline); !read) co_return read;
    co_return co_await answer_whole(deadline);
}

/// The deployment's prepared head where nothing of the call is in it and no token must be added;
/// else one that is made.
Result<const UpstreamHead*> Attempt::choose_head(const UpstreamCall& call) {
    const auto& prepared = deployment_.heads[static_cast<std::size_t>(call.endpoint)];
    // A wildcard's model and a version come from the client.
    const bool is_prepared = !prepared.path.empty() && call.api_version.empty();
    if (is_prepared && !deployment_.token_recipe) return &prepared;
    if (is_prepared) {
        made_head_ = prepared;
    } else {
        auto head = deployment_.provider->head(deployment_, call);
        if (!head) return std::unexpected(head.error());
        made_head_ = std::move(*head);
    }
    return &made_head_;
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

net::Task<Result<void>> Attempt::take_error(TimePoint deadline) {
    const auto status = call_->head().status;
    const std::string retry_after(call_->head().find("retry-after").value_or(""));
    const auto body = co_await call_->read_whole(kMaxErrorBody, deadline);
    if (!body && body.error().kind == ErrorKind::client_closed)
        co_return std::unexpected(body.error());
    // A torn error body is still an error with this status.
    auto error = deployment_.provider->parse_error(status, body ? *body : std::string_view{});
    error.retry_after = retry_after;
    co_return std::unexpected(std::move(error));
}

net::Task<Result<void>> Attempt::answer_whole(TimePoint deadline) {
    auto& record = context_.record;
    auto& call = *call_;
    if (auto checked = check_head(call.head()); !checked) co_return checked;
    take_upstream_headers(call.head(), context_.upstream_headers);
    if (call.head().status >= 400) co_return co_await take_error(deadline);
    const auto status = call.head().status;
    auto body = call.whole_at_hand();
    if (!body) {
        const auto max_bytes = context_.config().upstream.max_response_bytes;
        const auto read = co_await call.read_whole(max_bytes, deadline);
        if (!read) co_return std::unexpected(read.error());
        body = *read;
    }
    record.upstream = leg_->response_time = since(sent_);
    auto& editor = context_.reply_editor;
    auto& pieces = context_.pieces;
    pieces.clear();
    ReplyEdits edits{context_.requested_model, EmbeddingForm::as_sent};
    if (context_.view.endpoint == Endpoint::embeddings)
        edits.embeddings =
            context_.view.wants_base64 ? EmbeddingForm::base64 : EmbeddingForm::floats;
    if (auto edited = editor.edit(tidied(*body), edits, pieces); !edited) co_return edited;
    leg_->usage = editor.usage();
    if (!leg_->usage.reported && !editor.choices().empty())
        leg_->usage = counted_usage(context_.view, token_counter_for(deployment_, leg_->model),
                                    editor.choices());
    leg_->failed = false;
    note_names(editor.upstream_model(), editor.response_id());
    keep_answer(context_, pieces);
    record.status = status;
    price_leg(context_, *leg_);
    append_reply_headers(context_, false, context_.headers);
    context_.headers += "content-type: application/json\r\n";
    if (!co_await context_.client->respond(status, context_.headers, pieces))
        co_return fail(ErrorKind::client_closed, "the client left");
    co_return Result<void>{};
}

/// What the upstream does otherwise than OpenAI, put right; padded as the scanner asks.
std::string_view Attempt::tidied(std::string_view body) {
    if (tidier_ == nullptr || !tidier_->tidy_answer(body, tidied_)) return body;
    tidied_.reserve(tidied_.size() + kJsonPadding);
    return tidied_;
}

net::Task<Result<void>> run_attempt(RequestContext& context, Leg& leg, TimePoint began) {
    Attempt attempt(context, leg, began);
    co_return co_await attempt.run();
}

}  // namespace tollweir
