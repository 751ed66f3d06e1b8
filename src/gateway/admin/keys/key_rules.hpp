#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/admin/keys/key_actor.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/key_record.hpp"
#include "tollweir/storage/key_row.hpp"

namespace tollweir {

// Who may do what to which key: values in, a decision out. Callers of spec/management-api.md 2: the
// admin, the viewer, the key's owner, an admin of its team, and a member whom the team allows the
// route. Errors: `permission_denied`.

enum class KeyAction : std::uint8_t {
    look,
    update,
    remove,
    block,
    regenerate,
    reset_spend,
};
std::string_view route_of(KeyAction action);

/// May the actor do this to the key at all? `team`: the key's, null if there is none.
Result<void> permit_action(const KeyActor& actor, KeyAction action, const KeyRow& key,
                           const TeamRows* team);

/// What a change of owners needs to know: of the new row.
struct KeyOwners {
    const TeamRows* team = nullptr;
    const UserRecord* user = nullptr;       // null: no such row
    std::string_view project_team{};        // of the new project
    bool is_admin_of_organization = false;  // the actor is
};

/// May the actor make this key, or make it what `after` is? Nobody but an admin may hand a key to
/// others than members of a team that one administers, or to somebody of a higher role.
Result<void> permit_owners(const KeyActor& actor, const KeyRow* before, const KeyRow& after,
                           const KeyOwners& owners);

/// Whether the key may be put into somebody's hands: it makes its bearer as powerful as its owner.
Result<void> permit_handover(const KeyActor& actor, const KeyRow& key, const UserRecord* owner);

/// A new key of somebody who is no admin has what the presented key has, where nothing was said.
void inherit(const KeyActor& actor, KeyRow& row);

/// What binds a key: its row's own values with those of its budget row behind them.
struct EffectiveLimits {
    LimitTerms terms;
    std::vector<ModelTerms> models;
};
EffectiveLimits effective_limits(const KeyRow& row, const BudgetTerms* budget);

/// A key before and after; without `before` it is new.
struct KeyGrant {
    const KeyRow* before = nullptr;
    bool handed_over = false;  // it comes into new hands, which must hold all of it
    EffectiveLimits limits_before;
    const KeyRow* after = nullptr;
    EffectiveLimits limits_after;
    const TeamRows* team = nullptr;  // of `after`

    bool is_all_new() const { return before == nullptr || handed_over; }
};
/// Nobody but an admin grants what the presented key does not hold: models, routes, budgets, rates,
/// a later end. Of a change only what it changes.
Result<void> permit_grant(const KeyActor& actor, const KeyGrant& grant);

}  // namespace tollweir
