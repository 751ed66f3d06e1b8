#include "tollweir/core/error_counts.hpp"

namespace tollweir {

FailureClass failure_class(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::authentication:
        case ErrorKind::permission_denied:
            return FailureClass::authentication;
        case ErrorKind::timeout:
            return FailureClass::timeout;
        case ErrorKind::rate_limited:
            return FailureClass::rate_limit;
        case ErrorKind::content_policy_violation:
            return FailureClass::content_policy;
        case ErrorKind::internal:
        case ErrorKind::api_connection:
        case ErrorKind::bad_gateway:
        case ErrorKind::unavailable:
            return FailureClass::internal;
        default:
            return FailureClass::bad_request;
    }
}

std::optional<std::int64_t> ErrorCounts::of(FailureClass kind) const {
    switch (kind) {
        case FailureClass::authentication:
            return authentication;
        case FailureClass::bad_request:
            return bad_request;
        case FailureClass::timeout:
            return timeout;
        case FailureClass::rate_limit:
            return rate_limit;
        case FailureClass::content_policy:
            return content_policy;
        case FailureClass::internal:
            return internal;
    }
    return std::nullopt;
}

}  // namespace tollweir
