#include "providers/upstream_error.hpp"

#include <algorithm>
#include <optional>

#include "tollweir/core/json_tree.hpp"

namespace tollweir {
namespace {

constexpr std::size_t kMaxTextBytes = 4 * 1024;      // of a body that is no error object
constexpr std::size_t kMaxMessageBytes = 64 * 1024;  // of a message, which is kept as sent
constexpr std::size_t kMaxParsedBytes = 1024 * 1024;

std::string quoted(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

// Invalid UTF-8 becomes U+FFFD: what we quote from this must be valid.
std::string clean_utf8(std::string_view text) {
    return decode_json_string(quoted(text)).value_or(std::string());
}

std::string json_of(const JsonNode& node) {
    std::string out;
    write_json(node, out);
    return out;
}

// What a member says in words: a string decoded, anything else as its JSON.
std::string words_of(const JsonNode& node) {
    if (auto text = node.string()) return *text;
    return json_of(node);
}

const JsonNode* find_given(const JsonNode& object, std::string_view name) {
    const auto* found = object.find(name);
    return found != nullptr && !found->is(JsonType::null) ? found : nullptr;
}

// type, param, code: as sent, but a number or boolean becomes a string, since OpenAI's clients
// expect one. Lists and objects count as absent.
std::optional<std::string> scalar_json(const JsonNode& object, std::string_view name) {
    const auto* found = object.find(name);
    if (found == nullptr) return std::nullopt;
    switch (found->type) {
        case JsonType::null:
            return "null";
        case JsonType::number:
        case JsonType::boolean:
            return quoted(found->text);
        case JsonType::string: {
            const auto text = found->string();
            return text ? std::optional(quoted(mask_keys(*text))) : std::nullopt;
        }
        default:
            return std::nullopt;
    }
}

std::string scalar_text(const JsonNode& object, std::string_view name) {
    const auto* found = find_given(object, name);
    return found == nullptr ? std::string() : words_of(*found);
}

// FastAPI: `[{"loc":["body","messages"],"msg":"Field required","type":"missing"}]`.
std::string validation_words(const JsonNode& list) {
    std::string out;
    for (const auto& item : list.children) {
        if (!out.empty()) out += "; ";
        const auto* location = item.find("loc");
        const auto* message = find_given(item, "msg");
        if (message == nullptr) {
            out += words_of(item);
            continue;
        }
        std::string path;
        if (location != nullptr) {
            for (const auto& step : location->children) {
                if (!path.empty()) path += '.';
                path += words_of(step);
            }
        }
        out += path.empty() ? words_of(*message) : path + ": " + words_of(*message);
    }
    return out;
}

struct ErrorParts {
    std::string message;
    const JsonNode* object = nullptr;  // holds type, param and code
};

// Which member of the body tells what happened?
ErrorParts find_parts(const JsonNode& root) {
    if (root.is(JsonType::array) && !root.children.empty())
        return find_parts(root.children.front());
    if (root.is(JsonType::string)) return {words_of(root), nullptr};
    if (const auto* error = find_given(root, "error")) {
        if (!error->is(JsonType::object)) return {words_of(*error), &root};
        const auto* message = find_given(*error, "message");
        return {message == nullptr ? json_of(*error) : words_of(*message), error};
    }
    if (const auto* message = find_given(root, "message")) return {words_of(*message), &root};
    if (const auto* detail = find_given(root, "detail")) {
        if (detail->is(JsonType::array)) return {validation_words(*detail), nullptr};
        const auto* inner = find_given(*detail, "message");
        return {words_of(inner == nullptr ? *detail : *inner), inner == nullptr ? nullptr : detail};
    }
    return {root.children.empty() ? std::string() : json_of(root), nullptr};
}

std::string message_without_body(int status) {
    return "The upstream answered with status " + std::to_string(status) + " and no explanation.";
}

void take_object(GatewayError& error, const JsonNode& object) {
    error.type_json = scalar_json(object, "type");
    error.param_json = scalar_json(object, "param");
    error.code_json = scalar_json(object, "code");
    if (const auto* inner = find_given(object, "innererror")) {
        error.provider_fields_json = R"({"innererror":)" + mask_keys(json_of(*inner)) + "}";
    }
}

std::string inner_code(const JsonNode& object) {
    const auto* inner = find_given(object, "innererror");
    return inner == nullptr ? std::string() : scalar_text(*inner, "code");
}

// A retry cannot help until somebody pays.
bool is_out_of_money(std::string_view name) {
    return name == "insufficient_quota" || name == "budget_exceeded";
}

GatewayError make_error(int status, std::string message, const JsonNode* object) {
    std::string code;
    std::string type;
    std::string inner;
    if (object != nullptr) {
        code = scalar_text(*object, "code");
        type = scalar_text(*object, "type");
        inner = inner_code(*object);
    }
    const auto kind = classify_error(status, {inner, code, type}, message);
    if (message.size() > kMaxMessageBytes) message = plain_text(message, kMaxMessageBytes);
    if (message.empty()) message = message_without_body(status);

    GatewayError error(kind, ErrorSource::upstream, mask_keys(message));
    error.status = status;
    if (object != nullptr) take_object(error, *object);
    if (!error.code_json) error.code_json = quoted(std::to_string(status));
    error.should_not_retry = is_out_of_money(code) || is_out_of_money(type);
    return error;
}

}  // namespace

GatewayError parse_openai_error(int upstream_status, std::string_view body) {
    const int status = upstream_status >= 400 && upstream_status <= 599 ? upstream_status : 502;
    const auto text = clean_utf8(body.substr(0, kMaxParsedBytes));
    const auto root =
        body.size() <= kMaxParsedBytes ? parse_json_tree(text) : std::optional<JsonNode>();
    if (!root) return make_error(status, plain_text(text, kMaxTextBytes), nullptr);

    auto parts = find_parts(*root);
    if (parts.object == nullptr) parts.message = plain_text(parts.message, kMaxTextBytes);
    return make_error(status, std::move(parts.message), parts.object);
}

}  // namespace tollweir
