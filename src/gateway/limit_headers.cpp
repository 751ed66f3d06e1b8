#include "tollweir/gateway/limit_headers.hpp"

#include <algorithm>
#include <optional>

namespace tollweir {
namespace {

void append_line(std::string& headers, std::initializer_list<std::string_view> name,
                 std::string_view value) {
    for (const auto part : name) headers += part;
    headers.append(": ").append(value).append("\r\n");
}

std::string_view name_of(LimitKind kind) {
    switch (kind) {
        case LimitKind::requests:
            return "requests";
        case LimitKind::tokens:
            return "tokens";
        case LimitKind::slots:
            return "max_parallel_requests";
        case LimitKind::budget:
            break;
    }
    return {};
}

/// What binds the gateway or an upstream is not the caller's business.
bool is_callers(const Scope& scope) {
    return scope.kind != ScopeKind::global && scope.kind != ScopeKind::provider &&
           scope.kind != ScopeKind::deployment;
}

// What a header's name may hold beside letters and digits.
constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";

/// A model's name as a part of a header's name: LiteLLM puts `-` for `/` and `:`; so do we for
/// whatever else a name of a header cannot hold.
std::string as_header_part(std::string_view model) {
    std::string out(model);
    std::ranges::replace_if(
        out,
        [](char c) {
            const bool is_alphanumeric =
                (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            return !is_alphanumeric && !kOthers.contains(c);
        },
        '-');
    return out;
}

}  // namespace

void append_limit_headers(const Reservation& reservation, std::string_view model,
                          std::chrono::nanoseconds window, std::string& headers) {
    // All that was used is free again when the window has passed after this call.
    const auto reset =
        std::to_string(std::chrono::ceil<std::chrono::seconds>(window).count()) + "s";
    std::optional<std::int64_t> key_requests;
    std::optional<std::int64_t> key_tokens;
    const auto note_least = [](std::optional<std::int64_t>& least, std::int64_t left) {
        least = std::min(least.value_or(left), left);
    };
    for (const auto& charge : reservation.charges()) {
        const auto kind = charge.cell->kind();
        const auto& scope = charge.cell->scope();
        if (kind == LimitKind::budget || !is_callers(scope)) continue;
        const auto descriptor = descriptor_of(scope);
        const auto what = name_of(kind);
        append_line(headers, {"x-ratelimit-", descriptor, "-limit-", what},
                    std::to_string(charge.limit));
        append_line(headers, {"x-ratelimit-", descriptor, "-remaining-", what},
                    std::to_string(charge.left));
        if (kind != LimitKind::slots)
            append_line(headers, {"x-ratelimit-", descriptor, "-reset-", what}, reset);
        if (scope.kind != ScopeKind::key) continue;
        if (kind == LimitKind::requests) note_least(key_requests, charge.left);
        if (kind == LimitKind::tokens) note_least(key_tokens, charge.left);
    }
    if (model.empty() || (!key_requests && !key_tokens)) return;
    const auto suffix = as_header_part(model);
    if (key_requests)
        append_line(headers, {"x-litellm-key-remaining-requests-", suffix},
                    std::to_string(*key_requests));
    if (key_tokens)
        append_line(headers, {"x-litellm-key-remaining-tokens-", suffix},
                    std::to_string(*key_tokens));
}

}  // namespace tollweir
