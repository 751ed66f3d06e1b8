#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "tollweir/core/error.hpp"

namespace tollweir {

/// The kinds of failures that `retry_policy` and `allowed_fails_policy` tell apart.
enum class FailureClass : std::uint8_t {
    authentication,
    bad_request,
    timeout,
    rate_limit,
    content_policy,
    internal,
};
inline constexpr std::size_t kFailureClasses = 6;

FailureClass failure_class(ErrorKind kind);

/// A count by kind of error, as LiteLLM's `retry_policy` and `allowed_fails_policy` tell them
/// apart; nothing: the general number holds.
struct ErrorCounts {
    std::optional<std::int64_t> authentication;
    std::optional<std::int64_t> bad_request;
    std::optional<std::int64_t> timeout;
    std::optional<std::int64_t> rate_limit;
    std::optional<std::int64_t> content_policy;
    std::optional<std::int64_t> internal;

    std::optional<std::int64_t> of(FailureClass kind) const;

    friend bool operator==(const ErrorCounts&, const ErrorCounts&) = default;
};

}  // namespace tollweir
