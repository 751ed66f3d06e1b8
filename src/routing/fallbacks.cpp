#include "tollweir/routing/fallbacks.hpp"

#include <algorithm>

#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

using Lists = std::vector<Fallback>;

// Of every group without a list of its own.
constexpr std::string_view kAnyGroup = "*";

const JsonMember* find_given(const ObjectView& body, std::string_view name) {
    const auto* member = body.find(name);
    return member == nullptr || member->type == JsonType::null ? nullptr : member;
}

std::unexpected<GatewayError> wrong_form(std::string_view name, std::string_view forms) {
    GatewayError error(ErrorKind::bad_request, ErrorSource::client,
                       "Invalid '" + std::string(name) + "': expected " + std::string(forms));
    error.param_json = "\"" + std::string(name) + "\"";
    return std::unexpected(std::move(error));
}

/// `"name"`, or an object with `model` and what is to be changed.
std::optional<FallbackTarget> read_target(std::string_view item) {
    if (auto name = decode_json_string(item)) return FallbackTarget{std::move(*name)};
    const auto parts = json_members(item);
    if (!parts) return std::nullopt;
    auto name = decode_json_string(find_part(*parts, "model"));
    if (!name) return std::nullopt;
    FallbackTarget target{std::move(*name)};
    if (parts->size() > 1) target.changes_json = std::string(item);
    return target;
}

Result<void> read_general(std::string_view json, RequestFallbacks& out) {
    constexpr std::string_view kForms =
        R"(a list of model names, of objects with "model", or of {"group": ["model", ...]})";
    const auto items = json_elements(json);
    if (!items) return wrong_form("fallbacks", kForms);
    std::vector<FallbackTarget> targets;
    for (const auto item : *items) {
        auto target = read_target(item);
        if (target) targets.push_back(std::move(*target));
    }
    if (targets.size() == items->size()) {
        out.targets = std::move(targets);
        return {};
    }
    auto lists = targets.empty() ? read_fallback_lists(json) : std::nullopt;
    if (!lists) return wrong_form("fallbacks", kForms);
    out.general = std::move(*lists);
    return {};
}

Result<void> read_lists(const ObjectView& body, std::string_view name, std::optional<Lists>& out) {
    const auto* member = find_given(body, name);
    if (member == nullptr) return {};
    out = read_fallback_lists(member->value);
    return out ? Result<void>() : wrong_form(name, R"(a list of {"group": ["model", ...]})");
}

const std::vector<std::string>* find_list(const Lists& lists, std::string_view group) {
    const auto found = std::ranges::find(lists, group, &Fallback::group);
    return found == lists.end() ? nullptr : &found->targets;
}

/// The group by its name, by its name without provider, else what holds for all.
const std::vector<std::string>* find_general(const Lists& lists, std::string_view group) {
    if (const auto* found = find_list(lists, group)) return found;
    if (const auto slash = group.find('/'); slash != std::string_view::npos)
        if (const auto* found = find_list(lists, group.substr(slash + 1))) return found;
    return find_list(lists, kAnyGroup);
}

std::vector<FallbackTarget> as_targets(const std::vector<std::string>& names) {
    std::vector<FallbackTarget> targets;
    for (const auto& name : names) targets.push_back({name});
    return targets;
}

/// The nearest of the given lists; nothing: nobody but the router says anything.
const Lists& nearest(const std::optional<Lists>* request, const std::optional<Lists>* key,
                     const std::optional<Lists>* team, const Lists& router) {
    for (const auto* lists : {request, key, team})
        if (lists != nullptr && lists->has_value()) return **lists;
    return router;
}

template <class Owner>
const std::optional<Lists>* list_of(const Owner* owner, std::optional<Lists> Owner::* member) {
    return owner == nullptr ? nullptr : &(owner->*member);
}

std::vector<FallbackTarget> general_for(const FallbackSources& sources, std::string_view group) {
    if (sources.request != nullptr && sources.request->targets) return *sources.request->targets;
    const auto& lists =
        nearest(list_of(sources.request, &RequestFallbacks::general),
                list_of(sources.key, &RouterOverrides::fallbacks),
                list_of(sources.team, &RouterOverrides::fallbacks), sources.router->general);
    if (const auto* found = find_general(lists, group)) return as_targets(*found);
    return as_targets(sources.router->defaults);
}

/// Of errors that have lists of their own; null: this kind has none.
const std::vector<std::string>* special_for(const FallbackSources& sources, std::string_view group,
                                            ErrorKind kind) {
    if (kind == ErrorKind::context_window_exceeded)
        return find_list(nearest(list_of(sources.request, &RequestFallbacks::context_window),
                                 list_of(sources.key, &RouterOverrides::context_window_fallbacks),
                                 list_of(sources.team, &RouterOverrides::context_window_fallbacks),
                                 sources.router->context_window),
                         group);
    if (kind == ErrorKind::content_policy_violation)
        return find_list(nearest(list_of(sources.request, &RequestFallbacks::content_policy),
                                 list_of(sources.key, &RouterOverrides::content_policy_fallbacks),
                                 list_of(sources.team, &RouterOverrides::content_policy_fallbacks),
                                 sources.router->content_policy),
                         group);
    return nullptr;
}

}  // namespace

Result<RequestFallbacks> read_request_fallbacks(const ObjectView& body) {
    RequestFallbacks out;
    if (const auto* off = find_given(body, "disable_fallbacks")) {
        if (off->value != "true" && off->value != "false")
            return wrong_form("disable_fallbacks", "true or false");
        out.are_off = off->value == "true";
    }
    if (const auto* most = find_given(body, "max_fallbacks")) {
        out.most = json_integer(most->value);
        if (!out.most || *out.most < 0) return wrong_form("max_fallbacks", "a number from 0 on");
    }
    if (const auto* general = find_given(body, "fallbacks"))
        if (auto read = read_general(general->value, out); !read)
            return std::unexpected(std::move(read.error()));
    for (const auto& [name, lists] : {std::pair{"context_window_fallbacks", &out.context_window},
                                      std::pair{"content_policy_fallbacks", &out.content_policy}})
        if (auto read = read_lists(body, name, *lists); !read)
            return std::unexpected(std::move(read.error()));
    return out;
}

FallbackSources fallback_sources(const RequestFallbacks& request, const KeyRecord* key,
                                 const FallbackConfig& router) {
    FallbackSources sources;
    sources.request = &request;
    sources.router = &router;
    if (key == nullptr) return sources;
    sources.key = key->router.get();
    if (key->team) sources.team = key->team->router.get();
    return sources;
}

std::vector<FallbackTarget> fallbacks_for(const FallbackSources& sources, std::string_view group,
                                          ErrorKind kind) {
    if (sources.request != nullptr && sources.request->are_off) return {};
    const auto* special = special_for(sources, group, kind);
    auto targets = special != nullptr ? as_targets(*special) : general_for(sources, group);
    std::erase_if(targets, [group](const FallbackTarget& t) { return t.name == group; });
    return targets;
}

}  // namespace tollweir
