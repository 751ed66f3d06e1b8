#include "tollweir/gateway/reply_headers.hpp"

#include <algorithm>
#include <charconv>
#include <span>

#include "tollweir/core/text_pen.hpp"
#include "tollweir/core/version.hpp"
#include "tollweir/gateway/cost_headers.hpp"
#include "tollweir/gateway/limit_headers.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/limits/limiter.hpp"

namespace tollweir {

namespace {

// Labels and numbers of all lines that are written with one pen.
constexpr std::size_t kMostBesideTexts = 512;

void write_line(TextPen& pen, std::string_view label, std::string_view value) {
    // Names come from configuration and upstreams; none may break the head. The least character
    // tells, without a branch for each.
    unsigned char least = 0xff;
    for (const char c : value) least = std::min(least, static_cast<unsigned char>(c));
    if (!value.empty() && least >= 0x20) pen.text(label).text(value).text("\r\n");
}

/// What is ours or was checked when the configuration was read.
void write_own(TextPen& pen, std::string_view label, std::string_view value) {
    if (!value.empty()) pen.text(label).text(value).text("\r\n");
}

/// Milliseconds with three digits behind the point, in integers: floats cost ten times as much.
void write_milliseconds(TextPen& pen, std::string_view label, std::chrono::microseconds time) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
    pen.text(label).thousandths(value).text("\r\n");
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

/// A line with the field's name in lower case.
void append_field(std::string& out, std::string_view prefix, std::string_view name,
                  std::string_view value) {
    const auto begin = out.size() + prefix.size();
    append_with_pen(out, prefix.size() + name.size() + value.size() + 4, [&](TextPen& pen) {
        pen.text(prefix).text(name).text(": ").text(value).text("\r\n");
    });
    for (auto& c : std::span(out).subspan(begin, name.size()))
        c = static_cast<char>(c + (c >= 'A' && c <= 'Z' ? 32 : 0));
}

void append_seconds(std::string& out, std::string_view label, std::chrono::milliseconds time) {
    char digits[32];
    const auto end =
        std::to_chars(digits, digits + sizeof digits, static_cast<double>(time.count()) / 1000.0)
            .ptr;
    out.append(label).append(digits, end).append("\r\n");
}

/// What the answer is, and what it took so far.
void append_call(const RequestContext& context, std::string& headers) {
    const auto& record = context.record;
    const auto so_far = std::chrono::duration_cast<std::chrono::microseconds>(
        Clock::now() - context.client->arrival());
    const auto most = kMostBesideTexts + record.call_id.size() + record.group.size();
    append_with_pen(headers, most, [&](TextPen& pen) {
        write_own(pen, "x-litellm-call-id: ", record.call_id);
        write_own(pen, "x-litellm-version: ", kVersion);
        write_line(pen, "x-litellm-model-group: ", record.group);
        write_milliseconds(pen, "x-litellm-response-duration-ms: ", so_far);
        if (record.upstream)
            write_milliseconds(pen, "x-litellm-overhead-duration-ms: ", so_far - *record.upstream);
    });
}

/// Who answered, and how many were asked before.
void append_deployment(const RequestContext& context, bool is_error, std::string& headers) {
    const auto& deployment = *context.deployment;
    const auto& model = context.record.upstream_model;
    const auto most = kMostBesideTexts + deployment.id.size() + model.size() +
                      deployment.policy.region.size() + deployment.api_base.size();
    append_with_pen(headers, most, [&](TextPen& pen) {
        const auto count = [&pen](std::string_view label, std::int64_t tries) {
            pen.text(label).number(tries).text("\r\n");
        };
        count("x-litellm-attempted-retries: ", context.retries);
        count("x-litellm-attempted-fallbacks: ", context.fallbacks);
        count("x-litellm-max-retries: ", context.max_retries);
        write_line(pen, "x-litellm-model-id: ", deployment.id);
        write_line(pen, "x-litellm-model-name: ", model);
        write_line(pen, "x-litellm-model-region: ", deployment.policy.region);
        if (!is_error) write_line(pen, "x-litellm-model-api-base: ", deployment.api_base);
    });
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
    append_call(context, headers);
    if (!is_error) append_money_headers(context, headers);
    if (context.deployment == nullptr) return;
    append_deployment(context, is_error, headers);
    if (is_error && context.timeout)
        append_seconds(headers, "x-litellm-timeout: ", *context.timeout);
    headers += context.upstream_headers;
}

void take_upstream_headers(const net::ResponseHead& head, std::string& lines) {
    constexpr std::string_view kRateLimit = "x-ratelimit-";
    lines.clear();
    const auto connection = head.find("connection").value_or("");
    for (const auto& [name, value] : head.fields) {
        if (value.empty() || stays_behind(name, connection)) continue;
        append_field(lines, "llm_provider-", name, value);
        const bool own_name = (name.size() > kRateLimit.size() &&
                               net::same_name(name.substr(0, kRateLimit.size()), kRateLimit)) ||
                              (head.status >= 400 && net::same_name(name, "x-should-retry"));
        if (!own_name) continue;
        append_field(lines, {}, name, value);
    }
}

}  // namespace tollweir
