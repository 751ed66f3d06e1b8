#include "tollweir/core/error.hpp"

#include <array>
#include <cassert>
#include <utility>

namespace tollweir {
namespace {

struct Row {
    ErrorKind kind;
    ErrorFacts facts;
};

constexpr std::string_view kInvalidRequest = "invalid_request_error";
constexpr std::string_view kUnavailable = "service_unavailable_error";

// In the order of the enumeration. Types, code words and classes: the table of
// spec/providers-anthropic-bedrock-google.md section 1, "Errors"; its gaps are filled in kind.
constexpr std::array<Row, 24> kRows{{
    {ErrorKind::bad_request, {400, kInvalidRequest, "", "BadRequestError", false}},
    {ErrorKind::unsupported_params, {400, kInvalidRequest, "", "UnsupportedParamsError", false}},
    {ErrorKind::context_window_exceeded,
     {400, kInvalidRequest, "context_length_exceeded", "ContextWindowExceededError", false}},
    {ErrorKind::content_policy_violation,
     {400, kInvalidRequest, "content_policy_violation", "ContentPolicyViolationError", false}},
    {ErrorKind::authentication,
     {401, "authentication_error", "invalid_api_key", "AuthenticationError", false}},
    {ErrorKind::permission_denied, {403, "permission_error", "", "PermissionDeniedError", false}},
    {ErrorKind::not_found, {404, "not_found_error", "model_not_found", "NotFoundError", false}},
    {ErrorKind::method_not_allowed,
     {405, kInvalidRequest, "method_not_supported", "BadRequestError", false}},
    {ErrorKind::conflict, {409, kInvalidRequest, "", "BadRequestError", false}},
    {ErrorKind::timeout, {408, "timeout_error", "", "Timeout", true}},
    {ErrorKind::payload_too_large, {413, kInvalidRequest, "", "BadRequestError", false}},
    {ErrorKind::uri_too_long, {414, kInvalidRequest, "", "BadRequestError", false}},
    {ErrorKind::expectation_failed, {417, kInvalidRequest, "", "BadRequestError", false}},
    {ErrorKind::unprocessable, {422, kInvalidRequest, "", "UnprocessableEntityError", false}},
    {ErrorKind::headers_too_large, {431, kInvalidRequest, "", "BadRequestError", false}},
    {ErrorKind::rate_limited,
     {429, "throttling_error", "rate_limit_exceeded", "RateLimitError", true}},
    {ErrorKind::budget_exceeded, {429, "budget_exceeded", "", "BudgetExceededError", false}},
    {ErrorKind::internal, {500, "internal_server_error", "", "InternalServerError", true}},
    {ErrorKind::api_connection, {503, "api_connection_error", "", "APIConnectionError", true}},
    {ErrorKind::bad_gateway, {502, kUnavailable, "", "BadGatewayError", true}},
    {ErrorKind::unavailable, {503, kUnavailable, "", "ServiceUnavailableError", true}},
    {ErrorKind::not_implemented, {501, "not_implemented", "", "NotImplementedError", false}},
    {ErrorKind::http_version, {505, kInvalidRequest, "", "BadRequestError", false}},
    {ErrorKind::client_closed, {499, "client_closed", "", "ClientClosed", false}},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (static_cast<std::size_t>(kRows[i].kind) != i) return false;
    }
    return true;
}
static_assert(in_order());
static_assert(static_cast<std::size_t>(ErrorKind::client_closed) + 1 == kRows.size());

}  // namespace

const ErrorFacts& facts(ErrorKind kind) {
    return kRows[static_cast<std::size_t>(kind)].facts;
}

ErrorKind kind_of_status(int status) {
    switch (status) {
        case 401:
            return ErrorKind::authentication;
        case 403:
            return ErrorKind::permission_denied;
        case 404:
            return ErrorKind::not_found;
        case 408:
        case 504:
            return ErrorKind::timeout;
        case 422:
            return ErrorKind::unprocessable;
        case 424:  // "failed dependency": the provider's own trouble
            return ErrorKind::internal;
        case 429:
            return ErrorKind::rate_limited;
        case 502:
            return ErrorKind::bad_gateway;
        case 503:
            return ErrorKind::unavailable;
        default:
            return status >= 400 && status < 500 ? ErrorKind::bad_request : ErrorKind::internal;
    }
}

GatewayError::GatewayError(ErrorKind kind, ErrorSource source, std::string message)
    : kind(kind), source(source), message(std::move(message)) {}

std::unexpected<GatewayError> fail(ErrorKind kind, std::string message, ErrorSource source) {
    return std::unexpected(GatewayError(kind, source, std::move(message)));
}

}  // namespace tollweir
