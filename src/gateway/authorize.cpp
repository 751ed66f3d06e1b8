#include "tollweir/gateway/authorize.hpp"

#include "tollweir/auth/auth_error.hpp"
#include "tollweir/auth/authenticator.hpp"
#include "tollweir/auth/client_address.hpp"
#include "tollweir/auth/permissions.hpp"
#include "tollweir/gateway/worker_state.hpp"

namespace tollweir {

namespace {

RouteFacts facts_of(const RequestContext& context, const Route& route, std::string_view path) {
    const auto method = std::string_view(context.record.method);
    return {path, route.path, route.groups, method == "GET" || method == "HEAD",
            route.access == Access::managed};
}

/// The key is known: is it in force, and does it admit the route?
Result<void> permit(const RequestContext& context, const Route& route, std::string_view path) {
    const auto& caller = context.identity;
    if (caller.key) {
        // The time is asked for only where the key has an end.
        const auto now = caller.key->expires ? WallClock::now() : WallTime();
        if (auto good = permit_key(*caller.key, now); !good) return good;
    }
    if (!caller.is_admin() && is_one_of(context.config().access.admin_only_routes, path))
        return std::unexpected(auth_error(ErrorKind::permission_denied,
                                          "user not allowed to access this route. Route=" +
                                              std::string(path) + " is an admin only route"));
    return permit_route(caller, facts_of(context, route, path));
}

/// Nobody is asked who they are, and from where.
bool is_open(const RequestContext& context, const Route& route) {
    return route.access == Access::open ||
           (route.access == Access::probe &&
            !find_credential(context.config(), context.client->head()).present);
}

/// Opened by configuration.
bool is_public(const Config& config, const Route& route, std::string_view path) {
    return (route.access == Access::metrics && !config.metrics_need_key) ||
           is_one_of(config.access.public_routes, path);
}

}  // namespace

Result<std::optional<Sha256Digest>> authorize(RequestContext& context, const Route& route,
                                              std::string_view path) {
    const auto& config = context.config();
    const auto& head = context.client->head();
    if (is_open(context, route)) return std::nullopt;
    if (auto good = permit_address(config.access, head, context.client->peer()); !good)
        return std::unexpected(good.error());
    if (auto good = permit_path(config.access, path); !good) return std::unexpected(good.error());
    if (is_public(config, route, path)) return std::nullopt;
    if (route.access == Access::managed && config.master_key.empty())
        return fail(
            ErrorKind::permission_denied,
            "no master key is set: admin routes are closed until general_settings.master_key "
            "or LITELLM_MASTER_KEY is set");
    const auto caller = read_caller(config, head);
    if (!caller) return std::unexpected(caller.error());
    if (caller->kind == Caller::Kind::anonymous) return std::nullopt;
    if (caller->kind == Caller::Kind::key) {
        auto& keys = context.state->keys;
        if (!keys) return std::unexpected(unknown_key(config, head));
        auto known = keys->find(caller->digest, context.client->arrival());
        if (known.no_such_key) return std::unexpected(unknown_key(config, head));
        if (!known.key) return caller->digest;
        context.identity = {Identity::Kind::key, std::move(known.key)};
    } else {
        context.identity = {Identity::Kind::master, nullptr};
    }
    if (auto good = permit(context, route, path); !good) return std::unexpected(good.error());
    return std::nullopt;
}

net::Task<Result<void>> authorize_after_look_up(RequestContext& context, const Route& route,
                                                std::string_view path, Sha256Digest digest) {
    auto key = co_await context.state->keys->look_up(*context.client, digest);
    if (!key) co_return std::unexpected(key.error());
    if (!*key) co_return std::unexpected(unknown_key(context.config(), context.client->head()));
    context.identity = {Identity::Kind::key, std::move(*key)};
    co_return permit(context, route, path);
}

}  // namespace tollweir
