#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tollweir/core/endpoint.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/route_group.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

struct RequestContext;

/// What answers a route.
enum class Handler : std::uint8_t {
    model_call,  // chat, completions, embeddings, moderations: `Route::endpoint`
    models,
    model,
    liveness,
    readiness,
    health,
    test,
    home,
    routes,
    metrics,
    supported_params,
    model_info,
    model_info_page,
    group_info,
    admin,      // of the management API: `Route::admin`
    not_built,  // of LiteLLM's surface, in a later part: 501
};

/// Who may ask: decided once, on the matched route.
enum class Access : std::uint8_t {
    open,     // anybody: probes
    probe,    // anybody; who brings a key is asked for it
    data,     // any key; anybody while no master key is set
    managed,  // keys whose role admits the route's groups; 403 while no master key is set
    metrics,  // as data or open, by configuration
};

enum class Method : std::uint8_t { get = 1, post = 2, put = 4, patch = 8, del = 16 };

/// Answers a route of the management API (gateway/admin), from the body to the answer.
using AdminHandler = net::Task<Result<void>> (*)(RequestContext&);

struct Route {
    std::string_view path;  // `{...}` takes the rest up to what follows it, slashes included
    std::uint8_t methods;   // of Method
    Handler handler;
    Access access;
    RouteGroups groups;
    Endpoint endpoint = Endpoint::chat_completions;
    AdminHandler admin = nullptr;  // with Handler::admin
    std::string_view name = {};    // likewise: as GET /routes shows it
};

/// The word for what answers a route, as GET /routes shows it.
std::string_view name_of(const Route& route);

/// Every route there is; the index is its number in metrics.
std::span<const Route> routes();

/// The label of requests that match none; its index is `routes().size()`.
inline constexpr std::string_view kNoRoute = "(none)";

struct RouteMatch {
    const Route* route = nullptr;  // null: no such path
    std::size_t index = 0;
    bool wrong_method = false;
    std::string part;     // decoded `{...}`
    std::string cleaned;  // the path, where it had slashes too many

    /// As it was matched; `asked` is what was looked for.
    std::string_view path(std::string_view asked) const {
        return cleaned.empty() ? asked : std::string_view(cleaned);
    }
};

/// `path` without the root path. Repeated and trailing slashes count as none; `%2F` is a slash in
/// `{...}` only.
RouteMatch find_route(std::string_view method, std::string_view path);

/// `GET, HEAD, OPTIONS`: the methods of every route with this one's path.
std::string allowed_methods(const Route& route);

}  // namespace tollweir
