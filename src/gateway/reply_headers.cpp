#include "tollweir/gateway/reply_headers.hpp"

#include <algorithm>
#include <charconv>

#include "tollweir/core/version.hpp"

namespace tollweir {

namespace {

void append(std::string& out, std::string_view name, std::string_view value) {
    // Names come from configuration and upstreams; none may break the head.
    if (value.empty() ||
        std::ranges::any_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
        return;
    out.append(name).append(": ").append(value).append("\r\n");
}

void append_milliseconds(std::string& out, std::string_view name, std::chrono::microseconds time) {
    char digits[32];
    const auto end =
        std::to_chars(digits, digits + sizeof digits,
                      static_cast<double>(std::max<std::int64_t>(time.count(), 0)) / 1000.0,
                      std::chars_format::fixed, 3)
            .ptr;
    append(out, name, {digits, static_cast<std::size_t>(end - digits)});
}

/// Of this connection, or of the bytes that were on it; and what must not be set for our origin.
bool stays_behind(std::string_view name, std::string_view connection) {
    constexpr std::string_view kNames[] = {
        "connection",          "keep-alive", "proxy-authenticate",
        "proxy-authorization", "te",         "trailer",
        "transfer-encoding",   "upgrade",    "content-length",
        "content-encoding",    "set-cookie", "set-cookie2"};
    for (const auto other : kNames)
        if (net::same_name(name, other)) return true;
    while (!connection.empty()) {
        const auto comma = connection.find(',');
        auto token = connection.substr(0, comma);
        while (token.starts_with(' ')) token.remove_prefix(1);
        while (token.ends_with(' ')) token.remove_suffix(1);
        if (net::same_name(name, token)) return true;
        connection = comma == connection.npos ? std::string_view{} : connection.substr(comma + 1);
    }
    return false;
}

void append_lower(std::string& out, std::string_view text) {
    for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

void append_seconds(std::string& out, std::string_view name, std::chrono::milliseconds time) {
    char digits[32];
    const auto end =
        std::to_chars(digits, digits + sizeof digits, static_cast<double>(time.count()) / 1000.0)
            .ptr;
    append(out, name, {digits, static_cast<std::size_t>(end - digits)});
}

}  // namespace

void append_reply_headers(const RequestContext& context, bool is_error, std::string& headers) {
    const auto& record = context.record;
    append(headers, "x-litellm-call-id", record.call_id);
    append(headers, "x-litellm-version", kVersion);
    append(headers, "x-litellm-model-group", record.group);
    const auto so_far = std::chrono::duration_cast<std::chrono::microseconds>(
        Clock::now() - context.client->arrival());
    append_milliseconds(headers, "x-litellm-response-duration-ms", so_far);
    if (record.upstream)
        append_milliseconds(headers, "x-litellm-overhead-duration-ms", so_far - *record.upstream);
    if (context.deployment == nullptr) return;
    append(headers, "x-litellm-model-id", context.deployment->id);
    append(headers, "x-litellm-model-name", record.upstream_model);
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
        const bool control = std::ranges::any_of(
            value, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; });
        if (control) continue;
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
