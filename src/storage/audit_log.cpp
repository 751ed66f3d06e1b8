#include "tollweir/storage/audit_log.hpp"

#include "tollweir/core/ids.hpp"

namespace tollweir {

Result<void> write_audit_entry(Sql& sql, const AuditEntry& entry) {
    const auto json = [](std::string_view text) {
        return text.empty() ? SqlValue() : SqlValue(SqlValue::Json{text});
    };
    std::string id;
    append_uuid4(id);
    const auto written = sql.run(
        R"(insert into "LiteLLM_AuditLog" (id, updated_at, changed_by, changed_by_api_key, action,
           table_name, object_id, before_value, updated_values)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9))",
        {id, entry.at, entry.changed_by, entry.changed_by_api_key, entry.action, entry.table_name,
         entry.object_id, json(entry.before_value), json(entry.updated_values)});
    if (!written) return std::unexpected(written.error());
    return {};
}

}  // namespace tollweir
