#pragma once

#include <optional>
#include <string>

#include "gateway/admin/keys/key_actor.hpp"
#include "gateway/admin/keys/key_change.hpp"
#include "gateway/admin/keys/key_fields.hpp"
#include "gateway/admin/keys/key_rules.hpp"
#include "tollweir/gateway/admin/admin_call.hpp"
#include "tollweir/storage/audit_log.hpp"
#include "tollweir/storage/key_owners.hpp"

namespace tollweir {

// What the handlers of /key share on the store's thread, within a transaction of theirs.

/// `type` of the routes' errors that name none themselves; /key/update's is another.
inline constexpr std::string_view kKeyErrorType = "internal_server_error";

inline constexpr std::string_view kKeyTable = "LiteLLM_VerificationToken";

ChangeTime change_time(const AdminCall& call);

Result<std::optional<TeamRows>> find_team(Sql& sql, const std::string& id);
Result<std::optional<BudgetTerms>> find_budget(Sql& sql, const std::string& id);

/// A row under lock that the actor may do this to. Errors: `not_found` with `missing` as its
/// message, `permission_denied`.
Result<KeyRow> lock_key(Sql& sql, const KeyActor& actor, KeyAction action, const std::string& token,
                        std::string missing);

/// May the row become what `after` is: owners, grants, what the team promises others, a free alias,
/// a budget row that exists? `before` null: a new key. `handed_over`: its bearer becomes another.
Result<void> check_change(Sql& sql, const KeyActor& actor, const KeyRow* before,
                          const KeyRow& after, bool handed_over);

/// `key_generation_settings`, for a new key. Errors: `bad_request`.
Result<void> check_generation(const KeyDefaults& rules, const KeyActor& actor,
                              const KeyFields& fields, const KeyRow& row, const TeamRows* team);

/// Writes the rows that stand beside a key's and names them in it: its soft budget, its object
/// permission. `before` null: a new key.
Result<void> save_companions(Sql& sql, const KeyFields& fields, const AdminCall& call, WallTime now,
                             KeyRow& row);

/// Only with `litellm_settings.store_audit_logs`.
Result<void> audit_key(Sql& sql, const AdminCall& call, std::string_view action,
                       const KeyRow* before, const KeyRow* after, WallTime now);

/// This process forgets its copies of the key at once; others hear of the change from the store.
void forget_key(const AdminCall& call, std::string_view token);

/// The answer that hands out a key: its row with what stands beside it.
Result<std::string> show_issued(Sql& sql, const Secret& key, const KeyRow& row,
                                const KeyFields& fields);

GatewayError key_not_found(std::string message);

}  // namespace tollweir
