#include "tollweir/gateway/limit_headers.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "tollweir/core/text_pen.hpp"

namespace tollweir {
namespace {

/// How its headers' names end; an ordinary limit has all three, slots come back with their call.
struct Names {
    std::string_view limit;
    std::string_view remaining;
    std::string_view reset;
};

Names names_of(LimitKind kind) {
    switch (kind) {
        case LimitKind::requests:
            return {"-limit-requests: ", "-remaining-requests: ", "-reset-requests: "};
        case LimitKind::tokens:
            return {"-limit-tokens: ", "-remaining-tokens: ", "-reset-tokens: "};
        case LimitKind::slots:
            return {"-limit-max_parallel_requests: ", "-remaining-max_parallel_requests: ", {}};
        case LimitKind::budget:
            break;
    }
    return {};
}

// The longest of those names with the number behind it, `x-ratelimit-` before it and the line's
// end.
constexpr std::size_t kMostOfALine = 96;

/// The lines of one limit: a dozen of these go out with each answer.
void append_limit(std::string& headers, const Charge& charge, std::string_view reset) {
    const auto descriptor = descriptor_of(charge.cell->scope());
    const auto names = names_of(charge.cell->kind());
    append_with_pen(headers, 3 * (kMostOfALine + descriptor.size()), [&](TextPen& pen) {
        const auto begin = [&](std::string_view name) -> TextPen& {
            return pen.text("x-ratelimit-").text(descriptor).text(name);
        };
        begin(names.limit).number(charge.limit).text("\r\n");
        begin(names.remaining).number(charge.left).text("\r\n");
        if (!names.reset.empty()) begin(names.reset).text(reset).text("s\r\n");
    });
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
    char digits[24];
    const auto* end = std::to_chars(digits, digits + sizeof digits,
                                    std::chrono::ceil<std::chrono::seconds>(window).count())
                          .ptr;
    const std::string_view reset(digits, static_cast<std::size_t>(end - digits));
    std::optional<std::int64_t> key_requests;
    std::optional<std::int64_t> key_tokens;
    const auto note_least = [](std::optional<std::int64_t>& least, std::int64_t left) {
        least = std::min(least.value_or(left), left);
    };
    for (const auto& charge : reservation.charges()) {
        const auto kind = charge.cell->kind();
        const auto& scope = charge.cell->scope();
        if (kind == LimitKind::budget || !is_callers(scope)) continue;
        append_limit(headers, charge, reset);
        if (scope.kind != ScopeKind::key) continue;
        if (kind == LimitKind::requests) note_least(key_requests, charge.left);
        if (kind == LimitKind::tokens) note_least(key_tokens, charge.left);
    }
    if (model.empty() || (!key_requests && !key_tokens)) return;
    const auto suffix = as_header_part(model);
    const auto append_least = [&](std::string_view name, std::int64_t least) {
        append_with_pen(headers, kMostOfALine + suffix.size(), [&](TextPen& pen) {
            pen.text(name).text(suffix).text(": ").number(least).text("\r\n");
        });
    };
    if (key_requests) append_least("x-litellm-key-remaining-requests-", *key_requests);
    if (key_tokens) append_least("x-litellm-key-remaining-tokens-", *key_tokens);
}

}  // namespace tollweir
