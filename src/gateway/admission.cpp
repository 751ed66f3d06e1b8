#include "tollweir/gateway/admission.hpp"

#include "tollweir/auth/body_rules.hpp"
#include "tollweir/auth/end_user.hpp"
#include "tollweir/auth/permissions.hpp"
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
    if (!context.path_part.empty()) return context.path_part;
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

Result<void> permit_name(const KeyRecord& key, std::string_view name,
                         const std::optional<GroupMatch>& match) {
    WantedModel model{name, name, {}};
    if (match) {
        model.group = match->group->name;
        model.access_groups = match->group->access_groups;
    }
    return permit_model(key, model);
}

/// May this key make this call: its body, its model, the fallbacks it names?
Result<void> permit_call(const RequestContext& context, const KeyRecord& key,
                         const std::optional<GroupMatch>& match) {
    const auto& object = context.view.object;
    if (auto good = permit_body(context.config().access, key, object); !good) return good;
    if (auto good = permit_name(key, context.requested_model, match); !good) return good;
    for (const auto& fallback : client_fallbacks(object)) {
        const auto found = context.snapshot->find_group(fallback, key.team_id);
        if (auto good = permit_name(key, fallback, found); !good) return good;
    }
    return {};
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
    find_end_user(context.config().access, context.client->head(), context.view.object,
                  context.end_user);
    const auto team = context.identity.team_id();
    auto match = context.snapshot->find_group(context.requested_model, team);
    std::string_view called = context.requested_model;
    if (const auto& key = context.identity.key) {
        if (auto good = permit_call(context, *key, match); !good)
            co_return std::unexpected(good.error());
        called = rewrite_model(*key, called);
        if (called != context.requested_model) match = context.snapshot->find_group(called, team);
    }
    if (!match) co_return std::unexpected(unknown_model(endpoint, context.requested_model));
    if (auto good = openai_front().check_input(context.view); !good)
        co_return std::unexpected(good.error());
    context.record.group = match->group->name;
    co_return Admitted{std::move(*match), called};
}

}  // namespace tollweir
