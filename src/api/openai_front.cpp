#include <array>

#include "api/openai_error.hpp"
#include "api/openai_stream.hpp"
#include "tollweir/api/front.hpp"

namespace tollweir {
namespace {

std::string quoted(std::string_view text) {
    std::string literal;
    append_json_string(literal, text);
    return literal;
}

/// OpenAI's wording: spec/providers-openai-family.md section 2.
std::unexpected<GatewayError> refuse(std::string message, std::string_view param,
                                     std::string_view code) {
    GatewayError error(ErrorKind::bad_request, ErrorSource::client, std::move(message));
    error.param_json = quoted(param);
    if (!code.empty()) error.code_json = quoted(code);
    return std::unexpected(std::move(error));
}

std::unexpected<GatewayError> not_json(const GatewayError& why) {
    return refuse("We could not parse the JSON body of your request. " + why.message,
                  "request_body", "");
}

std::string_view name_with_article(JsonType type) {
    switch (type) {
        case JsonType::object:
            return "an object";
        case JsonType::array:
            return "an array";
        case JsonType::string:
            return "a string";
        case JsonType::number:
            return "a number";
        case JsonType::boolean:
            return "a boolean";
        case JsonType::null:
            return "null";
    }
    return "something else";
}

Result<void> expect(std::string_view path, const JsonMember& member, JsonType type) {
    if (member.type == type) return {};
    return refuse("Invalid type for '" + std::string(path) + "': expected " +
                      std::string(name_with_article(type)) + ", but got " +
                      std::string(name_with_article(member.type)) + " instead.",
                  path, "invalid_type");
}

/// The member of that name; null counts as absent, as most optional fields may be null.
const JsonMember* find_given(const ObjectView& object, std::string_view key) {
    const JsonMember* const member = object.find(key);
    return member == nullptr || member->type == JsonType::null ? nullptr : member;
}

Result<void> read_model(ChatView& view) {
    const JsonMember* const member = find_given(view.object, "model");
    if (member == nullptr) return {};
    if (auto good = expect("model", *member, JsonType::string); !good) return good;
    auto model = decode_json_string(member->value);
    if (!model)
        return refuse("Invalid 'model': it holds a lone surrogate.", "model", "invalid_value");
    view.model = std::move(*model);
    return {};
}

Result<void> find_input(const ChatView& view) {
    constexpr std::array<std::string_view, kEndpointCount> kInputs{"messages", "prompt", "input",
                                                                   "input"};
    const std::string_view name = kInputs[static_cast<std::size_t>(view.endpoint)];
    const JsonMember* const member = find_given(view.object, name);
    if (member == nullptr) {
        return refuse("Missing required parameter: '" + std::string(name) + "'.", name,
                      "missing_required_parameter");
    }
    if (view.endpoint != Endpoint::chat_completions) return {};
    return expect(name, *member, JsonType::array);
}

Result<void> read_stream_options(ChatView& view) {
    const JsonMember* const member = find_given(view.object, "stream_options");
    if (member == nullptr) return {};
    if (auto good = expect("stream_options", *member, JsonType::object); !good) return good;
    thread_local ObjectView options;
    if (auto scanned = options.scan(member->value); !scanned) return not_json(scanned.error());
    const JsonMember* const include = find_given(options, "include_usage");
    if (include == nullptr) return {};
    if (auto good = expect("stream_options.include_usage", *include, JsonType::boolean); !good) {
        return good;
    }
    view.wants_stream_usage = include->value == "true";
    return {};
}

Result<void> read_stream(ChatView& view) {
    if (!can_stream(view.endpoint)) return {};
    if (const JsonMember* const member = find_given(view.object, "stream")) {
        if (auto good = expect("stream", *member, JsonType::boolean); !good) return good;
        view.stream = member->value == "true";
    }
    return read_stream_options(view);
}

class OpenAiFront final : public Front {
public:
    Dialect dialect() const override { return Dialect::openai; }

    Result<void> scan(Endpoint endpoint, std::string_view body, ChatView& out) const override {
        out.clear();
        out.endpoint = endpoint;
        static constexpr char kEmptyObject[2 + kJsonPadding + 1] = "{}";
        if (body.empty()) body = {kEmptyObject, 2};
        if (auto scanned = out.object.scan(body); !scanned) return not_json(scanned.error());
        if (auto read = read_model(out); !read) return read;
        const JsonMember* const format = out.object.find("encoding_format");
        out.wants_base64 =
            endpoint == Endpoint::embeddings && format != nullptr && format->value == "\"base64\"";
        return read_stream(out);
    }

    Result<void> check_input(const ChatView& view) const override { return find_input(view); }

    void write_error(const GatewayError& error, std::string& out) const override {
        write_openai_error(error, out);
    }

    std::unique_ptr<EventEditor> open_pass_through(StreamEdits edits) const override {
        return std::make_unique<OpenAiEventEditor>(edits);
    }
};

}  // namespace

void ChatView::clear() {
    object.clear();
    endpoint = Endpoint::chat_completions;
    model.clear();
    stream = false;
    wants_stream_usage = false;
    wants_base64 = false;
}

const Front& openai_front() {
    static const OpenAiFront front;
    return front;
}

}  // namespace tollweir
