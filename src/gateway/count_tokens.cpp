#include "tollweir/gateway/count_tokens.hpp"

#include "tollweir/core/prompt_count.hpp"
#include "tollweir/gateway/called_model.hpp"
#include "tollweir/gateway/json_body.hpp"
#include "tollweir/gateway/respond.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/net/wake.hpp"

namespace tollweir {
namespace {

std::unexpected<GatewayError> refuse(std::string message, std::string param_json) {
    GatewayError error(ErrorKind::bad_request, ErrorSource::client, std::move(message));
    error.param_json = std::move(param_json);
    return std::unexpected(std::move(error));
}

/// The worker's other requests have their turn. False: the client left.
net::Task<bool> give_way(RequestContext& context) {
    net::Wake wake(context.state->worker.context());
    context.client->cancel_on_leave(&wake);
    const auto reason = co_await wake.wait_until(Clock::now());
    context.client->cancel_on_leave(nullptr);
    co_return reason == net::Wake::Reason::timed_out;
}

std::string shown_count(std::uint64_t tokens, std::string_view requested, std::string_view used) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("total_tokens").number(tokens);
    json.key("request_model").string(requested).key("model_used").string(used);
    json.key("tokenizer_type").string("openai_tokenizer").key("original_response").null();
    json.key("error").boolean(false).key("error_message").null().key("status_code").null();
    json.end_object();
    return out;
}

}  // namespace

net::Task<Result<void>> count_tokens(RequestContext& context) {
    ObjectView body;
    if (auto read = co_await read_json_body(context, body); !read) co_return read;
    const auto model = text_member(body, "model");
    if (model.empty()) co_return refuse("you must provide a model parameter", "\"model\"");
    const auto* prompt = find_given(body, "prompt");
    const bool is_chat =
        find_given(body, "messages") != nullptr || find_given(body, "contents") != nullptr;
    if (prompt == nullptr && !is_chat)
        co_return refuse("prompt or messages or contents must be provided", "null");

    const auto called = find_called_model(*context.snapshot, model, context.identity.team_id());
    PromptCount count(called.counter);
    is_chat ? count.add_chat(body) : count.add_input(prompt->value);
    while (!count.step(kCountedAtOnce))
        if (!co_await give_way(context))
            co_return fail(ErrorKind::client_closed, "the client left");
    co_return co_await respond(context, 200, kJson,
                               shown_count(count.tokens(), model, called.model));
}

}  // namespace tollweir
