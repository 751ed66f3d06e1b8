#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tollweir/storage/key_row.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// The keys that a caller may see: one's own, those of teams, those one made.
struct VisibleKeys {
    std::string user_id;  // empty: of nobody
    std::vector<std::string> team_ids;
    bool made_by_user = false;
};

/// Which keys. Empty texts filter nothing.
struct KeyFilter {
    std::string user_id;
    std::string team_id;
    std::string organization_id;
    std::string project_id;
    std::string token;
    std::string key_alias;
    std::string access_group_id;
    std::string alias_part;              // found anywhere in the alias, whatever its case
    std::optional<VisibleKeys> visible;  // nothing: all
    bool deleted = false;                // of the archive
};

enum class KeySort : std::uint8_t {
    created_at,
    updated_at,
    spend,
    max_budget,
    expires,
    key_alias,
    key_name,
    user_id,
    team_id,
    token,
};
std::optional<KeySort> parse_key_sort(std::string_view name);

struct KeyPage {
    std::size_t number = 1;  // from 1 on
    std::size_t size = 10;
};

struct ListedKeys {
    std::vector<KeyRow> keys;
    std::size_t total = 0;
};
/// Equal ones by their tokens, so that no page shows a key twice.
Result<ListedKeys> list_keys(Sql& sql, const KeyFilter& filter, KeySort sort, bool descending,
                             const KeyPage& page);

/// The newest keys of each team, at most so many of one; by team.
Result<std::vector<KeyRow>> newest_keys_of_teams(Sql& sql, std::span<const std::string> ids,
                                                 std::size_t most);

struct ListedAliases {
    std::vector<std::string> aliases;
    std::size_t total = 0;
};
/// Each once, in order.
Result<ListedAliases> list_key_aliases(Sql& sql, const KeyFilter& filter, const KeyPage& page);

}  // namespace tollweir
