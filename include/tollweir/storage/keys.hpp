#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/storage/key_row.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

// Keys as the management API reads and writes them. What changes rows belongs into a transaction of
// the caller's: reading, deciding and writing then happen at once.

Result<std::optional<KeyRow>> find_key_row(Sql& sql, std::string_view token,
                                           RowLock lock = RowLock::none);
/// In no order; those that are not there are left out. With `update` in the order of their tokens,
/// so that two who lock the same do not wait for each other.
Result<std::vector<KeyRow>> find_key_rows(Sql& sql, std::span<const std::string> tokens,
                                          RowLock lock = RowLock::none);
Result<std::vector<std::string>> find_tokens_by_alias(Sql& sql,
                                                      std::span<const std::string> aliases);

/// The key that has the alias already, but `token` itself; empty: it is free, and stays so until
/// the transaction ends.
Result<std::string> holder_of_alias(Sql& sql, std::string_view alias, std::string_view token);

/// Errors: `conflict` (there is such a key).
Result<void> insert_key(Sql& sql, const KeyRow& key);
/// Writes the columns that differ, in one statement; the token may be one of them.
Result<void> update_key(Sql& sql, const KeyRow& before, const KeyRow& after);

/// Who deletes, for the archive.
struct KeyDeletion {
    std::string deleted_by;
    std::string deleted_by_api_key;  // a hash
    std::string changed_by;          // the header `litellm-changed-by`; empty: none
    WallTime at;
};
/// Moves the rows to LiteLLM_DeletedVerificationToken; graces of theirs end.
Result<void> archive_keys(Sql& sql, std::span<const std::string> tokens,
                          const KeyDeletion& deletion);

/// `old_token` stands for the row of `new_token` until `revoke_at`; nothing: no grace. What stood
/// for `old_token` stands for the new one.
Result<void> deprecate_token(Sql& sql, std::string_view old_token, std::string_view new_token,
                             std::optional<WallTime> revoke_at, WallTime now);
/// The hash is a key's, or was one's that is still in grace.
Result<bool> is_token_taken(Sql& sql, std::string_view token, WallTime now);

/// Keys with `auto_rotate` and an interval whose time has come, or was never set: `count` at most,
/// in the order of their tokens, those behind `after` only.
Result<std::vector<std::string>> find_tokens_due(Sql& sql, WallTime now, std::string_view after,
                                                 std::size_t count);
/// Forgets replaced tokens whose grace is over.
Result<void> drop_ended_graces(Sql& sql, WallTime now);

/// What other keys of the team (or organization) have of what `guaranteed_throughput` promises
/// them.
struct AllocatedLimits {
    std::int64_t tpm = 0;
    std::int64_t rpm = 0;
};
enum class KeyOwner : std::uint8_t { team, organization };
Result<AllocatedLimits> allocated_limits(Sql& sql, KeyOwner owner, std::string_view id,
                                         std::string_view but_token);

}  // namespace tollweir
