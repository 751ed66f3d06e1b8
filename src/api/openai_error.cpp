#include "api/openai_error.hpp"

#include <array>
#include <charconv>

namespace tollweir {
namespace {

// Code words with which OpenAI names what went wrong; they say more than the 500 that a stream's
// error otherwise counts as. Source: spec/providers-openai-family.md 1.7.
struct CodeWord {
    std::string_view literal;
    ErrorKind kind;
};
constexpr std::array<CodeWord, 8> kCodeWords{{
    {"\"context_length_exceeded\"", ErrorKind::context_window_exceeded},
    {"\"content_policy_violation\"", ErrorKind::content_policy_violation},
    {"\"content_filter\"", ErrorKind::content_policy_violation},
    {"\"invalid_api_key\"", ErrorKind::authentication},
    {"\"model_not_found\"", ErrorKind::not_found},
    {"\"rate_limit_exceeded\"", ErrorKind::rate_limited},
    {"\"insufficient_quota\"", ErrorKind::rate_limited},
    {"\"invalid_prompt\"", ErrorKind::bad_request},
}};

bool is_text_or_null(const JsonMember* member) {
    return member != nullptr &&
           (member->type == JsonType::string || member->type == JsonType::null);
}

/// The code as a status of 400 to 599, 0 if it is none.
int status_of(const JsonMember* code) {
    if (code == nullptr) return 0;
    std::string_view digits = code->value;
    if (code->type == JsonType::string) digits = digits.substr(1, digits.size() - 2);
    int status = 0;
    const char* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, status);
    if (read.ptr != end || read.ec != std::errc()) return 0;
    return status >= 400 && status <= 599 ? status : 0;
}

void classify(const JsonMember* code, GatewayError& error) {
    error.source = ErrorSource::upstream;
    error.status = status_of(code);
    if (error.status == 0 && code != nullptr) {
        for (const CodeWord& word : kCodeWords) {
            if (word.literal != code->value) continue;
            error.kind = word.kind;
            return;
        }
    }
    if (error.status == 0) error.status = 500;
    error.kind = kind_of_status(error.status);
}

std::string message_of(const ObjectView& object) {
    const JsonMember* const message = object.find("message");
    if (message != nullptr && message->type == JsonType::string) {
        if (auto text = decode_json_string(message->value)) return std::move(*text);
    }
    constexpr std::size_t kShownBytes = 4096;
    return "The upstream reported an error: " + std::string(object.text().substr(0, kShownBytes));
}

GatewayError read_fields(const ObjectView& object) {
    GatewayError error;
    const JsonMember* const code = object.find("code");
    classify(code, error);
    error.message = message_of(object);
    if (const auto* type = object.find("type"); is_text_or_null(type))
        error.type_json = type->value;
    if (const auto* param = object.find("param"); is_text_or_null(param)) {
        error.param_json = param->value;
    }
    if (is_text_or_null(code)) error.code_json = code->value;
    if (code != nullptr && code->type == JsonType::number) {
        error.code_json = '"' + std::string(code->value) + '"';
    }
    const JsonMember* const inner = object.find("innererror");  // Azure's
    if (inner != nullptr && inner->type == JsonType::object && is_valid_json(inner->value)) {
        error.provider_fields_json = "{\"innererror\":" + std::string(inner->value) + '}';
    }
    return error;
}

}  // namespace

void write_openai_error(const GatewayError& error, std::string& out) {
    const ErrorFacts& kind = facts(error.kind);
    JsonWriter json(out);
    json.begin_object().key("error").begin_object();
    json.key("message").string(error.message);
    json.key("type");
    error.type_json ? json.raw(*error.type_json) : json.string(kind.type);
    json.key("param");
    error.param_json ? json.raw(*error.param_json) : json.null();
    json.key("code");
    if (error.code_json) {
        json.raw(*error.code_json);
    } else {
        json.string(kind.code.empty() ? std::to_string(error.http_status()) : kind.code);
    }
    if (error.provider_fields_json) {
        json.key("provider_specific_fields").raw(*error.provider_fields_json);
    }
    json.end_object();
    if (error.detail_json) json.key("detail").raw(*error.detail_json);
    json.end_object();
}

std::optional<GatewayError> read_openai_stream_error(const ObjectView& event) {
    const JsonMember* const error = event.find("error");
    if (error != nullptr && error->type == JsonType::object) {
        ObjectView object;
        if (object.scan(error->value)) return read_fields(object);
        GatewayError unreadable;
        classify(nullptr, unreadable);
        unreadable.message = "The upstream reported an error that is not JSON.";
        return unreadable;
    }
    if (error != nullptr && error->type == JsonType::string && error->value != "\"\"") {
        GatewayError told;
        classify(nullptr, told);
        told.message = decode_json_string(error->value).value_or("The upstream reported an error.");
        return told;
    }
    const JsonMember* const object = event.find("object");
    if (object != nullptr && object->value == "\"error\"") return read_fields(event);
    return std::nullopt;
}

}  // namespace tollweir
