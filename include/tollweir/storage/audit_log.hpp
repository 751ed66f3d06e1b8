#pragma once

#include <string>
#include <string_view>

#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// A row of LiteLLM_AuditLog: who changed what. Values are JSON objects without secrets; empty:
/// none.
struct AuditEntry {
    std::string_view action;  // created, updated, deleted, blocked, unblocked, rotated
    std::string_view table_name;
    std::string_view object_id;
    std::string_view changed_by;
    std::string_view changed_by_api_key;  // a hash
    std::string_view before_value;
    std::string_view updated_values;
    WallTime at;
};

/// In the transaction of the change.
Result<void> write_audit_entry(Sql& sql, const AuditEntry& entry);

}  // namespace tollweir
