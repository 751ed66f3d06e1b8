#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "tollweir/core/hash.hpp"
#include "tollweir/core/key_record.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// What the store has of one key that was asked for.
struct LookedUpKey {
    std::unique_ptr<KeyRecord> record;  // null: there is no such key
    std::optional<WallTime> ends;       // it was replaced; it is in grace until then
};

/// In the order in which they are asked for, complete with the rows they belong to: one query for
/// the keys, then one for each kind of row that any of them needs, however many keys there are.
Result<std::vector<LookedUpKey>> find_keys(Sql& sql, std::span<const Sha256Digest> digests,
                                           WallTime now);

}  // namespace tollweir
