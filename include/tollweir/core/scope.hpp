#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tollweir {

/// Whom or what a limit binds.
enum class ScopeKind : std::uint8_t {
    key,
    user,
    team,
    team_member,
    customer,
    project,
    organization,
    organization_member,
    tag,
    provider,
    deployment,
    global,
};

/// One bearer of limits: all of its limits count what the same calls use. Parts that do not apply
/// are empty.
struct Scope {
    ScopeKind kind = ScopeKind::global;
    std::string id{};      // the key's hash, the id of the row, the tag, the provider's name
    std::string member{};  // of a member: the user's id; `id` is the team's or organization's
    std::string model{};   // binds calls of this model group only
    std::string window{};  // tells further budgets of the same bearer apart: `1d`

    friend bool operator==(const Scope&, const Scope&) = default;
};

/// The scope as one text that no other scope has, for stores and tables: `key:88dc…`,
/// `team:search:window:1d`.
std::string scope_key(const Scope& scope);

/// What LiteLLM's headers and messages call the bearer: `api_key`, `model_per_key`, `end_user`
/// (spec/data-plane.md, section 7.1). The scopes that it does not limit are named in kind.
std::string_view descriptor_of(const Scope& scope);

}  // namespace tollweir
