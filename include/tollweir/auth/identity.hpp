#pragma once

#include <memory>
#include <string_view>

#include "tollweir/core/key_record.hpp"

namespace tollweir {

/// What spend and rows call the master key's owner. Source: spec/management-api.md, 1.2.
inline constexpr std::string_view kDefaultUserId = "default_user_id";

/// What rows call the master key: never its hash, since a weak key could be found from it.
inline constexpr std::string_view kMasterKeyName = "litellm_proxy_master_key";

/// Who is asking.
struct Identity {
    enum class Kind : unsigned char {
        anonymous,  // nobody was asked: an open route, or no master key is set
        master,     // the master key: everything
        key,        // a virtual key
    };
    Kind kind = Kind::anonymous;
    std::shared_ptr<const KeyRecord> key;  // with Kind::key

    bool is_master() const { return kind == Kind::master; }
    /// May do everything but what only the master key may.
    bool is_admin() const { return is_master() || (key && key->role() == UserRole::proxy_admin); }
    UserRole role() const {
        if (is_master()) return UserRole::proxy_admin;
        return key ? key->role() : UserRole::internal_user;
    }
    /// Of the key; empty: none.
    std::string_view team_id() const {
        return key ? std::string_view(key->team_id) : std::string_view();
    }
    /// Empty: nobody's.
    std::string_view user_id() const {
        if (is_master()) return kDefaultUserId;
        return key ? std::string_view(key->user_id) : std::string_view();
    }
};

}  // namespace tollweir
