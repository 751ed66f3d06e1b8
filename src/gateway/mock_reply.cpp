#include "tollweir/gateway/mock_reply.hpp"

#include "tollweir/core/json.hpp"

namespace tollweir {

namespace {

// LiteLLM's mock usage.
constexpr std::uint64_t kPromptTokens = 10;
constexpr std::uint64_t kCompletionTokens = 20;

struct Shape {
    const ChatView& view;
    std::string_view model;
    std::string_view id;
    std::int64_t created;

    bool is_chat() const { return view.endpoint == Endpoint::chat_completions; }
};

void write_usage(JsonWriter& json) {
    json.key("usage").begin_object();
    json.key("prompt_tokens").number(kPromptTokens);
    json.key("completion_tokens").number(kCompletionTokens);
    json.key("total_tokens").number(kPromptTokens + kCompletionTokens);
    json.end_object();
}

void write_top(JsonWriter& json, const Shape& shape, std::string_view object) {
    json.begin_object().key("id").string(shape.id).key("object").string(object);
    json.key("created").number(shape.created).key("model").string(shape.model);
}

std::string whole_answer(const Shape& shape, std::string_view text) {
    std::string out;
    JsonWriter json(out);
    write_top(json, shape, shape.is_chat() ? "chat.completion" : "text_completion");
    json.key("choices").begin_array().begin_object().key("index").number(0);
    if (shape.is_chat())
        json.key("message")
            .begin_object()
            .key("role")
            .string("assistant")
            .key("content")
            .string(text)
            .end_object();
    else
        json.key("text").string(text);
    json.key("logprobs").null().key("finish_reason").string("stop").end_object().end_array();
    write_usage(json);
    json.end_object();
    return out;
}

std::string chunk(const Shape& shape, std::string_view text, bool first, bool last) {
    std::string out;
    JsonWriter json(out);
    write_top(json, shape, shape.is_chat() ? "chat.completion.chunk" : "text_completion");
    json.key("choices").begin_array().begin_object().key("index").number(0);
    if (shape.is_chat()) {
        json.key("delta").begin_object();
        if (first) json.key("role").string("assistant");
        if (!last) json.key("content").string(text);
        json.end_object();
    } else {
        json.key("text").string(text);
    }
    json.key("logprobs").null().key("finish_reason");
    last ? json.string("stop") : json.null();
    json.end_object().end_array().end_object();
    return out;
}

std::string usage_chunk(const Shape& shape) {
    std::string out;
    JsonWriter json(out);
    write_top(json, shape, shape.is_chat() ? "chat.completion.chunk" : "text_completion");
    json.key("choices").begin_array().end_array();
    write_usage(json);
    json.end_object();
    return out;
}

/// Words with the blanks before them: joined they are the text.
std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> out;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const auto word = text.find_first_not_of(' ', begin);
        const auto end =
            word == text.npos ? text.size() : std::min(text.find(' ', word), text.size());
        out.push_back(text.substr(begin, end - begin));
        begin = end;
    }
    return out;
}

std::optional<GatewayError> special_error(std::string_view text) {
    const auto mock = [](ErrorKind kind) {
        return GatewayError(kind, ErrorSource::gateway, "this is a mock error");
    };
    if (text == "litellm.RateLimitError") return mock(ErrorKind::rate_limited);
    if (text == "litellm.ContextWindowExceededError")
        return mock(ErrorKind::context_window_exceeded);
    if (text == "litellm.ContentPolicyViolationError")
        return mock(ErrorKind::content_policy_violation);
    if (text == "litellm.InternalServerError") return mock(ErrorKind::internal);
    return std::nullopt;
}

Result<MockReply> from_text(const Shape& shape, std::string_view text) {
    if (auto error = special_error(text)) return std::unexpected(*error);
    if (!can_stream(shape.view.endpoint))
        return fail(ErrorKind::bad_request, "the model answers with a canned text, which '" +
                                                std::string(path_of(shape.view.endpoint)) +
                                                "' cannot return");
    MockReply reply;
    reply.usage.prompt_tokens = kPromptTokens;
    reply.usage.completion_tokens = kCompletionTokens;
    reply.usage.total_tokens = kPromptTokens + kCompletionTokens;
    reply.usage.reported = true;
    if (!shape.view.stream) {
        reply.body = whole_answer(shape, text);
        return reply;
    }
    if (text == "Exception: mock_streaming_error") {
        text = "This stream breaks.";
        reply.breaks_with = GatewayError(ErrorKind::internal, ErrorSource::gateway,
                                         "this is a mock error in the middle of a stream");
        reply.breaks_with->status = 529;
    }
    const auto parts = words(text);
    for (std::size_t i = 0; i < parts.size(); ++i)
        reply.events.push_back(chunk(shape, parts[i], i == 0, false));
    if (parts.empty()) reply.events.push_back(chunk(shape, "", true, false));
    reply.events.push_back(chunk(shape, "", false, true));
    if (shape.view.wants_stream_usage) reply.events.push_back(usage_chunk(shape));
    return reply;
}

/// `choices[0].message.content` of a canned object, for a client that wants it as a stream.
Result<std::string> content_of(std::string_view object_json) {
    const auto inner = [](std::string_view json, std::string_view name) -> std::string {
        std::string text(json);
        text.reserve(text.size() + kJsonPadding);
        ObjectView view;
        if (!view.scan(text)) return {};
        const auto* member = view.find(name);
        return member == nullptr ? std::string() : std::string(member->value);
    };
    auto choices = inner(object_json, "choices");
    const auto open = choices.find('{');
    const auto close = choices.rfind('}');
    if (open == choices.npos || close == choices.npos || close < open)
        return fail(ErrorKind::bad_request, "mock_response has no choices to stream");
    const auto content = inner(inner(choices.substr(open, close - open + 1), "message"), "content");
    return decode_json_string(content).value_or("");
}

}  // namespace

Result<MockReply> make_mock_reply(std::string_view mock_json, const ChatView& view,
                                  std::string_view model, std::string_view id,
                                  std::int64_t created) {
    const Shape shape{view, model, id, created};
    if (mock_json.starts_with('"')) {
        const auto text = decode_json_string(mock_json);
        if (!text) return fail(ErrorKind::bad_request, "mock_response is not a valid string");
        return from_text(shape, *text);
    }
    if (!mock_json.starts_with('{') || !is_valid_json(mock_json))
        return fail(ErrorKind::bad_request, "mock_response must be a string or an object");
    if (view.stream) {
        auto text = content_of(mock_json);
        if (!text) return std::unexpected(text.error());
        return from_text(shape, *text);
    }
    MockReply reply;
    reply.body.assign(mock_json);
    return reply;
}

}  // namespace tollweir
