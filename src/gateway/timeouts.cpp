#include "tollweir/gateway/timeouts.hpp"

#include <algorithm>

#include "tollweir/core/seconds.hpp"
#include "tollweir/gateway/request_context.hpp"

namespace tollweir {

using Milliseconds = std::chrono::milliseconds;

namespace {

/// What the key's or its team's `router_settings` say in place of the deployment's own.
std::optional<Milliseconds> timeout_of_key(const Identity& identity) {
    if (!identity.key) return std::nullopt;
    const auto& key = *identity.key;
    if (key.router && key.router->timeout) return key.router->timeout;
    return key.team && key.team->router ? key.team->router->timeout : std::nullopt;
}

}  // namespace

Result<std::optional<Milliseconds>> asked_seconds(const RequestContext& context,
                                                  std::string_view header, std::string_view field) {
    const auto refuse = [](std::string_view name) {
        GatewayError error(
            ErrorKind::bad_request, ErrorSource::client,
            "Invalid '" + std::string(name) + "': a positive number of seconds is expected");
        error.param_json = "\"" + std::string(name) + "\"";
        return std::unexpected(std::move(error));
    };
    if (const auto value = context.client->head().find(header); value && !header.empty()) {
        const auto seconds = parse_seconds(*value);
        if (!seconds) return refuse(header);
        return seconds;
    }
    const auto* member = context.view.object.find(field);
    if (member == nullptr || member->type == JsonType::null) return std::nullopt;
    auto text = member->value;
    if (member->type == JsonType::string) text = text.substr(1, text.size() - 2);
    const auto seconds = parse_seconds(text);
    if (!seconds) return refuse(field);
    return seconds;
}

Result<CallTimeouts> choose_timeouts(const RequestContext& context, const Deployment& deployment) {
    const auto& config = context.config();
    const auto whole = asked_seconds(context, "x-litellm-timeout", "timeout");
    if (!whole) return std::unexpected(whole.error());
    const auto gap = asked_seconds(context, "x-litellm-stream-timeout", "stream_timeout");
    if (!gap) return std::unexpected(gap.error());
    CallTimeouts timeouts;
    const auto own = deployment.timeout.value_or(config.request_timeout);
    auto asked = *whole;
    if (!asked) asked = timeout_of_key(context.identity);
    timeouts.whole = asked.value_or(own);
    auto own_gap = deployment.stream_timeout;
    if (!own_gap) own_gap = config.stream_timeout;
    timeouts.gap = gap->value_or(own_gap.value_or(timeouts.whole));
    timeouts.first = timeouts.gap;
    if (config.first_token_timeout)
        timeouts.first = std::min(timeouts.first, *config.first_token_timeout);
    const auto usual = context.view.stream ? own_gap.value_or(own) : own;
    timeouts.is_callers = (context.view.stream ? timeouts.gap : timeouts.whole) < usual;
    if (config.total_timeout)
        timeouts.end = after(context.client->arrival(), *config.total_timeout);
    return timeouts;
}

}  // namespace tollweir
