#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tollweir/core/endpoint.hpp"

namespace tollweir {

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
    not_built,  // of LiteLLM's surface, in a later part: 501
};

/// Who may ask: decided once, on the matched route.
enum class Access : std::uint8_t {
    open,     // anybody: probes
    data,     // any key; anybody while no master key is set
    admin,    // the master key; 403 while none is set
    metrics,  // as data or open, by configuration
};

enum class Method : std::uint8_t { get = 1, post = 2, put = 4, patch = 8, del = 16 };

struct Route {
    std::string_view path;  // `{model}` takes the rest up to what follows it, slashes included
    std::uint8_t methods;   // of Method
    Handler handler;
    Access access;
    Endpoint endpoint = Endpoint::chat_completions;
};

/// Every route there is; the index is its number in metrics.
std::span<const Route> routes();

/// The label of requests that match none; its index is `routes().size()`.
inline constexpr std::string_view kNoRoute = "(none)";

struct RouteMatch {
    const Route* route = nullptr;  // null: no such path
    std::size_t index = 0;
    bool wrong_method = false;
    std::string model;  // decoded `{model}`
};

/// `path` without the root path. Repeated and trailing slashes count as none; `%2F` is a slash in
/// `{model}` only.
RouteMatch find_route(std::string_view method, std::string_view path);

/// `GET, HEAD, OPTIONS`: the methods of every route with this one's path.
std::string allowed_methods(const Route& route);

/// Percent-decodes; malformed escapes stay as they are.
std::string percent_decode(std::string_view text);

/// The decoded value of a query parameter; empty if absent.
std::string query_value(std::string_view query, std::string_view name);

}  // namespace tollweir
