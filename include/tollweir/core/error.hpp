#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tollweir {

/// What went wrong, in LiteLLM's classes. One table (`facts`) turns a kind into status, OpenAI
/// error type, code word and whether another attempt may help.
enum class ErrorKind : std::uint8_t {
    bad_request,
    unsupported_params,
    context_window_exceeded,
    content_policy_violation,
    authentication,
    permission_denied,
    not_found,
    method_not_allowed,
    conflict,
    timeout,
    payload_too_large,
    uri_too_long,
    expectation_failed,
    unprocessable,
    headers_too_large,
    rate_limited,
    budget_exceeded,
    internal,
    api_connection,  // the upstream could not be reached: DNS, refused
    bad_gateway,     // the upstream was reached and then broke: reset, TLS, not HTTP, torn body
    unavailable,
    not_implemented,
    http_version,   // 505
    client_closed,  // the client left; never written to anybody, only logged (as nginx: 499)
};

enum class ErrorSource : std::uint8_t { client, gateway, upstream };

struct ErrorFacts {
    int status;
    std::string_view type;           // OpenAI's `error.type`
    std::string_view code;           // OpenAI's `error.code`; empty: the status as a string
    std::string_view litellm_class;  // as logs, metrics and fallback rules name it
    bool retryable;
};

const ErrorFacts& facts(ErrorKind kind);

/// The kind that an upstream's status stands for where nothing says more. Source:
/// spec/providers-anthropic-bedrock-google.md section 1, "Errors", step 3.
ErrorKind kind_of_status(int status);

/// A text that is hardly ever there, in the size of a pointer: errors travel through every frame of
/// a request, and most carry none. Used like std::optional<std::string>.
class OptionalText {
public:
    OptionalText() = default;
    OptionalText(std::string text) : text_(std::make_unique<std::string>(std::move(text))) {}
    OptionalText(std::string_view text) : OptionalText(std::string(text)) {}
    OptionalText(const char* text) : OptionalText(std::string(text)) {}
    OptionalText(std::nullopt_t) {}
    OptionalText(std::optional<std::string> text) {
        if (text) text_ = std::make_unique<std::string>(std::move(*text));
    }
    OptionalText(const OptionalText& other)
        : text_(other.text_ ? std::make_unique<std::string>(*other.text_) : nullptr) {}
    OptionalText(OptionalText&&) noexcept = default;
    OptionalText& operator=(const OptionalText& other) { return *this = OptionalText(other); }
    OptionalText& operator=(OptionalText&&) noexcept = default;

    explicit operator bool() const { return text_ != nullptr; }
    bool has_value() const { return text_ != nullptr; }
    /// True also for a text without characters.
    bool empty() const { return !text_ || text_->empty(); }
    const std::string& operator*() const { return *text_; }
    const std::string* operator->() const { return text_.get(); }
    std::string value_or(std::string_view other) const {
        return std::string(text_ ? *text_ : other);
    }

    friend bool operator==(const OptionalText& a, const OptionalText& b) {
        return a.text_ && b.text_ ? *a.text_ == *b.text_ : a.text_ == b.text_;
    }

private:
    std::unique_ptr<std::string> text_;
};

/// An error on its way to a client. `message` reaches the client: no secret, no upstream address.
struct GatewayError {
    GatewayError() = default;
    GatewayError(ErrorKind kind, ErrorSource source, std::string message);

    /// The status that goes out: the upstream's own where it sent one, else the kind's.
    int http_status() const { return status != 0 ? status : facts(kind).status; }

    ErrorKind kind = ErrorKind::internal;
    ErrorSource source = ErrorSource::gateway;
    std::string message;
    int status = 0;  // 0: the kind's
    // JSON texts (`"messages"`, `null`) that replace the kind's own; an OpenAI-shaped upstream's
    // values stay as sent (spec/README.md, decision 2). Unset: the kind's type and code, null
    // param.
    OptionalText type_json;
    OptionalText param_json;
    OptionalText code_json;
    OptionalText provider_fields_json;  // `error.provider_specific_fields`
    OptionalText detail_json;           // stands beside `error` where LiteLLM's body is `detail`
    OptionalText retry_after;           // value of the Retry-After header; empty: none
    OptionalText allow;                 // value of the Allow header (405); empty: none
    OptionalText headers;               // further header lines, complete with CRLF
    bool should_not_retry = false;      // sends `x-should-retry: false`
};

template <class T>
using Result = std::expected<T, GatewayError>;

/// `std::unexpected` of a GatewayError, for `return fail(ErrorKind::bad_request, "...")`.
std::unexpected<GatewayError> fail(ErrorKind kind, std::string message,
                                   ErrorSource source = ErrorSource::client);

}  // namespace tollweir
