#include "tollweir/gateway/admission.hpp"

#include "tollweir/gateway/routes.hpp"

namespace tollweir {

namespace {

const std::string& default_model(const Config& config, Endpoint endpoint) {
    switch (endpoint) {
        case Endpoint::embeddings:
            if (!config.default_embedding_model.empty()) return config.default_embedding_model;
            break;
        case Endpoint::moderations:
            return config.default_moderation_model;
        default:
            break;
    }
    return config.default_model;
}

/// Path, then body, then the configured default; the default first where it is forced.
std::string choose_model(const RequestContext& context, Endpoint endpoint) {
    const auto& fallback = default_model(context.config(), endpoint);
    if (context.config().force_default_models && !fallback.empty()) return fallback;
    if (!context.path_model.empty()) return context.path_model;
    if (!context.view.model.empty()) return context.view.model;
    return fallback;
}

GatewayError no_model() {
    GatewayError error(ErrorKind::bad_request, ErrorSource::client,
                       "you must provide a model parameter");
    error.param_json = "\"model\"";
    return error;
}

GatewayError unknown_model(Endpoint endpoint, std::string_view model) {
    GatewayError error(ErrorKind::bad_request, ErrorSource::client,
                       "/" + std::string(path_of(endpoint)) +
                           ": Invalid model name passed in model=" + std::string(model) +
                           ". Call `/v1/models` to view available models for your key.");
    error.param_json = "\"model\"";
    return error;
}

}  // namespace

net::Task<Result<Admitted>> admit(RequestContext& context, Endpoint endpoint) {
    const auto max_body = context.config().server.max_body_bytes;
    auto body = context.client->body_at_hand(max_body);
    if (!body) {
        const auto read = co_await context.client->read_body(max_body);
        if (!read) co_return std::unexpected(read.error());
        body = *read;
    }
    if (auto scanned = openai_front().scan(endpoint, *body, context.view); !scanned)
        co_return std::unexpected(scanned.error());
    context.record.stream = context.view.stream;
    context.requested_model = choose_model(context, endpoint);
    if (context.requested_model.empty()) co_return std::unexpected(no_model());
    auto match = context.snapshot->find_group(context.requested_model);
    if (!match) co_return std::unexpected(unknown_model(endpoint, context.requested_model));
    if (auto good = openai_front().check_input(context.view); !good)
        co_return std::unexpected(good.error());
    context.record.group = match->group->name;
    co_return Admitted{std::move(*match)};
}

}  // namespace tollweir
