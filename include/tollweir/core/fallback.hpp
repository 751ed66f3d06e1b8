#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tollweir/core/error_counts.hpp"

namespace tollweir {

/// Where requests go after a group has failed.
struct Fallback {
    std::string group;
    std::vector<std::string> targets;  // groups or deployment ids, in order

    friend bool operator==(const Fallback&, const Fallback&) = default;
};

/// `[{"a": ["b"]}]` as lists; nothing: the text has another form.
std::optional<std::vector<Fallback>> read_fallback_lists(std::string_view json);

/// What a key or a team says in place of the router's settings; its `router_settings`. Nothing: the
/// router's own.
struct RouterOverrides {
    std::optional<std::vector<Fallback>> fallbacks;
    std::optional<std::vector<Fallback>> context_window_fallbacks;
    std::optional<std::vector<Fallback>> content_policy_fallbacks;
    std::optional<std::int64_t> num_retries;
    std::optional<std::chrono::milliseconds> timeout;
    std::optional<std::vector<std::pair<std::string, ErrorCounts>>> retries_by_group;

    friend bool operator==(const RouterOverrides&, const RouterOverrides&) = default;
};

/// `router_settings` of a row. What has another form is left out, as of every row; null: nothing is
/// said.
std::shared_ptr<const RouterOverrides> parse_router_overrides(std::string_view json);

}  // namespace tollweir
