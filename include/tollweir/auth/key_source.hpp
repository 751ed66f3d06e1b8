#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "tollweir/core/error.hpp"
#include "tollweir/core/key_record.hpp"

namespace tollweir {

/// What the store knows of one key.
struct FoundKey {
    std::unique_ptr<KeyRecord> record;  // null: there is no such key
    std::optional<WallTime> ends;       // the key was replaced and is in grace until then
};

/// In the order in which the keys were asked for. Errors (`unavailable`): the store is away.
using KeysFound = std::function<void(Result<std::vector<FoundKey>>)>;

/// Looks keys up by their digests, in one query where it can. Called on any thread, must not block;
/// calls back once, on any thread, at once or later. `app` makes it from the store; tests from a
/// map.
using KeySource = std::function<void(std::vector<Sha256Digest>, KeysFound)>;

}  // namespace tollweir
