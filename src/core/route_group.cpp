#include "tollweir/core/route_group.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tollweir {
namespace {

struct Named {
    std::string_view name;
    RouteGroups groups;
};

constexpr std::array<Named, 12> kNamed{{
    {"openai_routes", RouteGroup::openai},
    {"anthropic_routes", RouteGroup::anthropic},
    {"google_routes", RouteGroup::google},
    {"llm_api_routes", kLlmRoutes | RouteGroup::mcp | RouteGroup::agent},
    {"info_routes", RouteGroup::info},
    {"management_routes", RouteGroup::management | RouteGroup::key_management},
    {"key_management_routes", RouteGroup::key_management},
    {"spend_tracking_routes", RouteGroup::spend_tracking},
    {"global_spend_tracking_routes", RouteGroup::global_spend_tracking},
    {"mcp_routes", RouteGroup::mcp},
    {"agent_routes", RouteGroup::agent},
    {"self_managed_routes", RouteGroup::self_managed},
}};

bool admits(std::string_view entry, std::string_view path) {
    if (entry.ends_with('*')) return path.starts_with(entry.substr(0, entry.size() - 1));
    if (!path.starts_with(entry) || entry.empty()) return false;
    return path.size() == entry.size() || path[entry.size()] == '/';
}

}  // namespace

std::optional<RouteGroups> parse_route_group(std::string_view name) {
    const auto* const found = std::ranges::find(kNamed, name, &Named::name);
    if (found == kNamed.end()) return std::nullopt;
    return found->groups;
}

AllowedRoutes::AllowedRoutes(std::vector<std::string> entries) : entries_(std::move(entries)) {
    for (const auto& entry : entries_)
        if (const auto groups = parse_route_group(entry)) groups_ = groups_ | *groups;
}

bool AllowedRoutes::admit(std::string_view path, std::string_view pattern,
                          RouteGroups groups) const {
    if (entries_.empty() || groups_.intersects(groups)) return true;
    return std::ranges::any_of(entries_, [&](const std::string& entry) {
        return entry == pattern || admits(entry, path);
    });
}

}  // namespace tollweir
