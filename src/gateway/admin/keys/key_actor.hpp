#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tollweir/auth/identity.hpp"
#include "tollweir/core/key_record.hpp"
#include "tollweir/storage/key_owners.hpp"
#include "tollweir/storage/key_row.hpp"

namespace tollweir {

/// Who manages keys: a copy of what the request knows, since the store's work may outlive it.
struct KeyActor {
    UserRole role = UserRole::internal_user;
    std::string user_id;
    std::shared_ptr<const KeyRecord> key;  // that was presented; null: the master key

    explicit KeyActor(const Identity& caller)
        : role(caller.role()), user_id(caller.user_id()), key(caller.key) {}
    KeyActor(UserRole its_role, std::string its_user)
        : role(its_role), user_id(std::move(its_user)) {}

    bool is_admin() const { return role == UserRole::proxy_admin; }
    /// An administrator may look, and so may a viewer.
    bool sees_all() const { return is_admin() || role == UserRole::proxy_admin_viewer; }
};

/// The actor in the team of a key.
enum class TeamStanding : std::uint8_t { none, member, admin };
inline TeamStanding standing_in(const TeamRows* team, std::string_view user_id) {
    if (team == nullptr || user_id.empty()) return TeamStanding::none;
    const auto found = team->members.find(std::string(user_id));
    if (found == team->members.end()) return TeamStanding::none;
    return found->second ? TeamStanding::admin : TeamStanding::member;
}

}  // namespace tollweir
