#pragma once

#include <cstdint>
#include <optional>

namespace tollweir {

/// A count by kind of error, as LiteLLM's `retry_policy` and `allowed_fails_policy` tell them
/// apart; nothing: the general number holds.
struct ErrorCounts {
    std::optional<std::int64_t> authentication;
    std::optional<std::int64_t> bad_request;
    std::optional<std::int64_t> timeout;
    std::optional<std::int64_t> rate_limit;
    std::optional<std::int64_t> content_policy;
    std::optional<std::int64_t> internal;

    friend bool operator==(const ErrorCounts&, const ErrorCounts&) = default;
};

}  // namespace tollweir
