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

}  // namespace

void append_reply_headers(const RequestContext& context, const Deployment* deployment,
                          std::string& headers) {
    const auto& record = context.record;
    append(headers, "x-litellm-call-id", record.call_id);
    append(headers, "x-litellm-version", kVersion);
    append(headers, "x-litellm-model-group", record.group);
    const auto so_far = std::chrono::duration_cast<std::chrono::microseconds>(
        Clock::now() - context.client->arrival());
    append_milliseconds(headers, "x-litellm-response-duration-ms", so_far);
    if (record.upstream)
        append_milliseconds(headers, "x-litellm-overhead-duration-ms", so_far - *record.upstream);
    if (deployment == nullptr) return;
    append(headers, "x-litellm-model-id", deployment->id);
    append(headers, "x-litellm-model-api-base", deployment->api_base);
    append(headers, "x-litellm-model-name", record.upstream_model);
}

}  // namespace tollweir
