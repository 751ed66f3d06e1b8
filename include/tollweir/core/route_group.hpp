#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tollweir {

/// Routes as LiteLLM groups them: what a role may use and what `allowed_routes` of a key may name.
/// A set of bits; a route may be in several. Source: spec/management-api.md, 1.5.
enum class RouteGroup : std::uint16_t {
    openai = 1,
    anthropic = 2,
    google = 4,
    pass_through = 8,
    mcp = 16,
    agent = 32,
    info = 64,
    management = 128,
    key_management = 256,
    spend_tracking = 512,
    global_spend_tracking = 1024,
    self_managed = 2048,  // what may be done is decided inside
    organization = 4096,  // users, teams and models, within an organization
    master_only = 8192,
};

class RouteGroups {
public:
    constexpr RouteGroups() = default;
    constexpr RouteGroups(RouteGroup group) : bits_(static_cast<std::uint16_t>(group)) {}

    constexpr bool intersects(RouteGroups other) const { return (bits_ & other.bits_) != 0; }
    constexpr RouteGroups operator|(RouteGroups other) const {
        RouteGroups both;
        both.bits_ = static_cast<std::uint16_t>(bits_ | other.bits_);
        return both;
    }
    friend constexpr bool operator==(RouteGroups, RouteGroups) = default;

private:
    std::uint16_t bits_ = 0;
};

constexpr RouteGroups operator|(RouteGroup a, RouteGroup b) {
    return RouteGroups(a) | b;
}

/// Whatever calls a model: `llm_api_routes`.
inline constexpr RouteGroups kLlmRoutes =
    RouteGroup::openai | RouteGroup::anthropic | RouteGroup::google | RouteGroup::pass_through;

/// `llm_api_routes`, `info_routes`, ...; nothing if it is no name of a group.
std::optional<RouteGroups> parse_route_group(std::string_view name);

/// The `allowed_routes` of a key: paths, beginnings of paths and names of groups. Immutable.
class AllowedRoutes {
public:
    AllowedRoutes() = default;
    explicit AllowedRoutes(std::vector<std::string> entries);

    /// `path`: normalised, as it was matched; `pattern`: of the route. No list admits all. An entry
    /// is the path itself, its beginning up to a `/`, anything before a trailing `*`, or a group.
    bool admit(std::string_view path, std::string_view pattern, RouteGroups groups) const;

    const std::vector<std::string>& entries() const { return entries_; }

private:
    std::vector<std::string> entries_;
    RouteGroups groups_;
};

}  // namespace tollweir
