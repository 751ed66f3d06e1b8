#include "tollweir/gateway/health_services.hpp"

#include <algorithm>

#include "tollweir/core/url_query.hpp"

namespace tollweir {
namespace {

struct Service {
    std::string_view name;
    std::optional<AlertChannel> channel;  // nothing: a callback of the same name
};

// Source: spec/data-plane.md, section 10.2.
constexpr Service kServices[] = {
    {"slack_budget_alerts", AlertChannel::slack},
    {"slack", AlertChannel::slack},
    {"email", AlertChannel::email},
    {"webhook", AlertChannel::webhook},
    {"langfuse", {}},
    {"langfuse_otel", {}},
    {"otel", {}},
    {"langsmith", {}},
    {"datadog", {}},
    {"datadog_llm_observability", {}},
    {"openmeter", {}},
    {"braintrust", {}},
    {"arize", {}},
    {"generic_api", {}},
    {"sqs", {}},
    {"custom_callback_api", {}},
};

std::string listed() {
    std::string names;
    for (const auto& service : kServices)
        names.append(names.empty() ? "" : ", ").append(service.name);
    return names;
}

bool is_configured(const Config& config, const Service& service) {
    if (service.channel)
        return std::ranges::find(config.alerting.channels, *service.channel) !=
               config.alerting.channels.end();
    const auto& callbacks = config.callbacks;
    for (const auto* list : {&callbacks.success, &callbacks.failure, &callbacks.service})
        if (std::ranges::find(*list, service.name) != list->end()) return true;
    return false;
}

std::unexpected<GatewayError> refuse(ErrorKind kind, std::string message) {
    GatewayError error(kind, ErrorSource::client, std::move(message));
    error.param_json = "\"service\"";
    return std::unexpected(std::move(error));
}

}  // namespace

net::Task<Result<void>> test_health_service(RequestContext& context) {
    const auto name = query_value(context.client->head().query, "service");
    if (name.empty())
        co_return refuse(ErrorKind::bad_request, "'service' is missing: it is one of " + listed());
    const auto* service = std::ranges::find(kServices, std::string_view(name), &Service::name);
    if (service == std::end(kServices))
        co_return refuse(ErrorKind::bad_request, "'" + std::string(name).substr(0, 60) +
                                                     "' is no service: it is one of " + listed());
    const std::string quoted = "'" + std::string(service->name) + "'";
    if (!is_configured(context.config(), *service))
        co_return refuse(ErrorKind::unprocessable,
                         quoted + " is not configured: " +
                             (service->channel ? "it belongs in `general_settings.alerting`"
                                               : "it belongs in `litellm_settings.callbacks`"));
    co_return fail(ErrorKind::not_implemented,
                   "events for " + quoted +
                       " are not built into this version of Tollweir yet (docs/status.md)");
}

}  // namespace tollweir
