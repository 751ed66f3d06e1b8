#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/config/router_config.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/key_record.hpp"

namespace tollweir {

/// A group or deployment that is asked after another has failed.
struct FallbackTarget {
    std::string name;
    /// Members that take the place of the request's own, as one JSON object; empty: none.
    std::string changes_json = {};

    friend bool operator==(const FallbackTarget&, const FallbackTarget&) = default;
};

/// What a request's body says of fallbacks. spec/data-plane.md, 2.3.
struct RequestFallbacks {
    bool are_off = false;  // disable_fallbacks
    std::optional<std::int64_t> most;
    std::optional<std::vector<FallbackTarget>> targets;  // `["a"]`, `[{"model": "a", ...}]`
    std::optional<std::vector<Fallback>> general;        // `[{"a": ["b"]}]`
    std::optional<std::vector<Fallback>> context_window;
    std::optional<std::vector<Fallback>> content_policy;

    friend bool operator==(const RequestFallbacks&, const RequestFallbacks&) = default;
};

/// Errors (`bad_request`): a member that has none of these forms.
Result<RequestFallbacks> read_request_fallbacks(const ObjectView& body);

/// Whose lists hold, the nearest first: the request's, the key's, the team's, the router's.
struct FallbackSources {
    const RequestFallbacks* request = nullptr;
    const RouterOverrides* key = nullptr;
    const RouterOverrides* team = nullptr;
    const FallbackConfig* router = nullptr;  // never null
};

/// `key` may be null: a master key's request. What is pointed to must outlive the sources.
FallbackSources fallback_sources(const RequestFallbacks& request, const KeyRecord* key,
                                 const FallbackConfig& router);

/// Where a request goes after `group` has failed with an error of this kind, best first; `group`
/// itself is left out. Errors of context windows and content policies have lists of their own, and
/// go on with the general ones where these do not name the group. A pure function.
/// spec/data-plane.md, 5.7.
std::vector<FallbackTarget> fallbacks_for(const FallbackSources& sources, std::string_view group,
                                          ErrorKind kind);

}  // namespace tollweir
