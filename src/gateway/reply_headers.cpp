#include "tollweir/gateway/reply_headers.hpp"

#include <algorithm>
#include <charconv>
#include <span>

#include "tollweir/core/version.hpp"
#include "tollweir/gateway/cost_headers.hpp"
#include "tollweir/gateway/limit_headers.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/limits/limiter.hpp"

namespace tollweir {

namespace {

void append(std::string& out, std::string_view name, std::string_view value) {
    // Names come from configuration and upstreams; none may break the head. The least character
    // tells, without a branch for each.
    unsigned char least = 0xff;
    for (const char c : value) least = std::min(least, static_cast<unsigned char>(c));
    if (value.empty() || least < 0x20) return;
    out.append(name).append(": ").append(value).append("\r\n");
}

/// What is ours or was checked when the configuration was read.
void append_own(std::string& out, std::string_view label, std::string_view value) {
    if (!value.empty()) out.append(label).append(value).append("\r\n");
}

/// Milliseconds with three digits behind the point, in integers: floats cost ten times as much.
void append_milliseconds(std::string& out, std::string_view label, std::chrono::microseconds time) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
    char digits[32];
    auto* end = std::to_chars(digits, digits + 24, value / 1000).ptr;
    const auto fraction = value % 1000;
    *end++ = '.';
    *end++ = static_cast<char>('0' + fraction / 100);
    *end++ = static_cast<char>('0' + fraction / 10 % 10);
    *end++ = static_cast<char>('0' + fraction % 10);
    append_own(out, label, {digits, static_cast<std::size_t>(end - digits)});
}

/// Of this connection, or of the bytes that were on it; and what must not be set for our origin.
bool stays_behind(std::string_view name, std::string_view connection) {
    switch (name.size()) {  // most names need no comparison
        case 2:
            return net::same_name(name, "te");
        case 7:
            return net::same_name(name, "trailer") || net::same_name(name, "upgrade");
        case 10:
            if (net::same_name(name, "connection") || net::same_name(name, "keep-alive") ||
                net::same_name(name, "set-cookie"))
                return true;
            break;
        case 11:
            if (net::same_name(name, "set-cookie2")) return true;
            break;
        case 14:
            if (net::same_name(name, "content-length")) return true;
            break;
        case 16:
            if (net::same_name(name, "content-encoding")) return true;
            break;
        case 17:
            if (net::same_name(name, "transfer-encoding")) return true;
            break;
        case 18:
            if (net::same_name(name, "proxy-authenticate")) return true;
            break;
        case 19:
            if (net::same_name(name, "proxy-authorization")) return true;
            break;
        default:
            break;
    }
    return !connection.empty() && net::has_token(connection, name);
}

void append_lower(std::string& out, std::string_view text) {
    const auto begin = out.size();
    out += text;
    for (auto& c : std::span(out).subspan(begin))
        c = static_cast<char>(c + (c >= 'A' && c <= 'Z' ? 32 : 0));
}

void append_seconds(std::string& out, std::string_view name, std::chrono::milliseconds time) {
    char digits[32];
    const auto end =
        std::to_chars(digits, digits + sizeof digits, static_cast<double>(time.count()) / 1000.0)
            .ptr;
    append(out, name, {digits, static_cast<std::size_t>(end - digits)});
}

/// What it took to get here, on calls of models.
void append_tries(const RequestContext& context, std::string& headers) {
    const auto line = [&headers](std::string_view label, std::int64_t count) {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, count).ptr;
        append_own(headers, label, {digits, static_cast<std::size_t>(end - digits)});
    };
    line("x-litellm-attempted-retries: ", context.retries);
    line("x-litellm-attempted-fallbacks: ", context.fallbacks);
    line("x-litellm-max-retries: ", context.max_retries);
}

/// What the limits have left, and what the call cost where that is known before its answer ends.
void append_money_headers(const RequestContext& context, std::string& headers) {
    const Leg* leg = context.legs.empty() ? nullptr : &context.legs.back();
    const bool priced = leg != nullptr && leg->priced && leg->has_price;
    append_cost_headers(priced ? &leg->charged : nullptr,
                        priced ? leg->deployment->cost_terms : CostTerms{},
                        context.identity.key.get(), context.reservation, headers);
    if (context.reservation.empty()) return;
    append_limit_headers(context.reservation, context.record.group,
                         context.state->limiter->rate_clock().window(), headers);
}

}  // namespace

void append_reply_headers(const RequestContext& context, bool is_error, std::string& headers) {
    const auto& record = context.record;
    append_own(headers, "x-litellm-call-id: ", record.call_id);
    append_own(headers, "x-litellm-version: ", kVersion);
    append(headers, "x-litellm-model-group", record.group);
    const auto so_far = std::chrono::duration_cast<std::chrono::microseconds>(
        Clock::now() - context.client->arrival());
    append_milliseconds(headers, "x-litellm-response-duration-ms: ", so_far);
    if (record.upstream)
        append_milliseconds(headers, "x-litellm-overhead-duration-ms: ", so_far - *record.upstream);
    if (!is_error) append_money_headers(context, headers);
    if (context.deployment == nullptr) return;
    append_tries(context, headers);
    append(headers, "x-litellm-model-id", context.deployment->id);
    append(headers, "x-litellm-model-name", record.upstream_model);
    append(headers, "x-litellm-model-region", context.deployment->policy.region);
    if (!is_error) append(headers, "x-litellm-model-api-base", context.deployment->api_base);
    if (is_error && context.timeout) append_seconds(headers, "x-litellm-timeout", *context.timeout);
    headers += context.upstream_headers;
}

void take_upstream_headers(const net::ResponseHead& head, std::string& lines) {
    constexpr std::string_view kRateLimit = "x-ratelimit-";
    lines.clear();
    const auto connection = head.find("connection").value_or("");
    for (const auto& [name, value] : head.fields) {
        if (value.empty() || stays_behind(name, connection)) continue;
        lines += "llm_provider-";
        append_lower(lines, name);
        lines.append(": ").append(value).append("\r\n");
        const bool own_name = (name.size() > kRateLimit.size() &&
                               net::same_name(name.substr(0, kRateLimit.size()), kRateLimit)) ||
                              (head.status >= 400 && net::same_name(name, "x-should-retry"));
        if (!own_name) continue;
        append_lower(lines, name);
        lines.append(": ").append(value).append("\r\n");
    }
}

}  // namespace tollweir
