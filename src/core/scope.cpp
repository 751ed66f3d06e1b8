#include "tollweir/core/scope.hpp"

#include <array>

namespace tollweir {
namespace {

struct Names {
    std::string_view key;         // in scope_key
    std::string_view descriptor;  // in headers and messages
    std::string_view per_model;
};

// In the order of the enumeration.
constexpr std::array<Names, 12> kNames{{
    {"key", "api_key", "model_per_key"},
    {"user", "user", "model_per_user"},
    {"team", "team", "model_per_team"},
    {"team_member", "team_member", "model_per_team_member"},
    {"customer", "end_user", "model_per_end_user"},
    {"project", "project", "model_per_project"},
    {"organization", "organization", "model_per_organization"},
    {"organization_member", "organization_member", "model_per_organization_member"},
    {"tag", "tag", "model_per_tag"},
    {"provider", "provider", "model_per_provider"},
    {"deployment", "deployment", "model_per_deployment"},
    {"global", "global", "model_global"},
}};
static_assert(static_cast<std::size_t>(ScopeKind::global) + 1 == kNames.size());

const Names& names_of(const Scope& scope) {
    return kNames[static_cast<std::size_t>(scope.kind)];
}

/// Ids and names are their owners' own texts, so the separator is escaped in them.
void append_part(std::string& out, std::string_view part) {
    out += ':';
    for (const char c : part) {
        if (c == ':') {
            out += "%3A";
        } else if (c == '%') {
            out += "%25";
        } else {
            out += c;
        }
    }
}

}  // namespace

std::string scope_key(const Scope& scope) {
    std::string out(names_of(scope).key);
    if (!scope.id.empty()) append_part(out, scope.id);
    if (!scope.member.empty()) append_part(out, scope.member);
    if (!scope.model.empty()) {
        out += ":model";
        append_part(out, scope.model);
    }
    if (!scope.window.empty()) {
        out += ":window";
        append_part(out, scope.window);
    }
    return out;
}

std::string_view descriptor_of(const Scope& scope) {
    return scope.model.empty() ? names_of(scope).descriptor : names_of(scope).per_model;
}

}  // namespace tollweir
