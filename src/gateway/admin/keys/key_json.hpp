#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/json.hpp"
#include "tollweir/storage/key_owners.hpp"
#include "tollweir/storage/key_row.hpp"

namespace tollweir {

/// Rows that stand beside a key's in answers.
struct KeyCompanions {
    const BudgetTerms* budget = nullptr;     // `litellm_budget_table`
    std::string object_permission = "null";  // JSON
};

/// Appends the row's members to an open object, as every answer shows a key; not `token`.
void write_key_members(JsonWriter& json, const KeyRow& row, const KeyCompanions& companions);

/// The row as one object with `token`, as lists and audit entries have it.
std::string key_row_json(const KeyRow& row, const KeyCompanions& companions = {});

/// For the audit log: the row without what may hold credentials of loggers.
std::string audit_json(const KeyRow& row);

/// The answer to generate and regenerate, the only ones with the key itself.
struct IssuedKey {
    std::string_view key;
    const KeyRow& row;
    KeyCompanions companions;
    std::string_view duration;  // as asked for; empty: null
};
std::string issued_key_json(const IssuedKey& issued);

/// What binds a key, of whatever row it comes: `binding_limits` of /key/info.
void write_binding_limits(JsonWriter& json, const KeyRecord& record);

}  // namespace tollweir
