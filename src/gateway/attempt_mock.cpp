#include <ctime>

#include "gateway/attempt_call.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/gateway/mock_reply.hpp"
#include "tollweir/gateway/reply_headers.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/net/wake.hpp"

namespace tollweir {

net::Task<bool> Attempt::pause(std::chrono::milliseconds time) {
    net::Wake wake(context_.state->worker.context());
    context_.client->cancel_on_leave(&wake);
    const auto reason = co_await wake.wait_until(after(Clock::now(), time));
    context_.client->cancel_on_leave(nullptr);
    co_return reason == net::Wake::Reason::timed_out;
}

net::Task<Result<void>> Attempt::mock(std::string_view json) {
    auto& client = *context_.client;
    leg_->sent = true;
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
    leg_->usage = made->usage;
    leg_->failed = made->breaks_with.has_value();
    if (!context_.view.stream) price_leg(context_, *leg_);
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
        leg_->usage = editor.usage();
        note_names({}, editor.response_id());
        keep_answer(context_, body);
        if (!co_await client.respond(200, context_.headers, body))
            co_return fail(ErrorKind::client_closed, "the client left");
        co_return Result<void>{};
    }
    context_.headers += kStreamHeaders;
    client.begin_stream(200, context_.headers);
    auto* said = open_recorder();
    const auto shown = made->breaks_with ? made->events.size() / 2 : made->events.size();
    for (std::size_t i = 0; i < shown; ++i) {
        if (said != nullptr) said->add_chunk(made->events[i]);
        const Pieces event{"data: ", made->events[i], "\n\n"};
        if (!co_await client.send(event))
            co_return fail(ErrorKind::client_closed, "the client left");
        if (!context_.record.first_token) context_.record.first_token = since(client.arrival());
    }
    if (said != nullptr) keep_stream(context_, *said);
    if (made->breaks_with)
        co_return co_await end_broken_stream(context_, *leg_, *made->breaks_with);
    const Pieces done{"data: [DONE]\n\n"};
    if (!co_await client.finish_stream(done))
        co_return fail(ErrorKind::client_closed, "the client left");
    co_return Result<void>{};
}

}  // namespace tollweir
