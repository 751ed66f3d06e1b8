#include "gateway/admin/stored_rows.hpp"

#include "tollweir/storage/audit_log.hpp"

namespace tollweir {

std::unexpected<GatewayError> row_error(ErrorKind kind, std::string message, std::string_view type,
                                        std::string_view param) {
    GatewayError error(kind, ErrorSource::client, std::move(message));
    error.type_json = "\"" + std::string(type) + "\"";
    if (!param.empty()) error.param_json = "\"" + std::string(param) + "\"";
    return std::unexpected(std::move(error));
}

Result<void> audit_row(Sql& sql, const AdminCall& call, std::string_view table,
                       std::string_view action, std::string_view id, std::string_view before,
                       std::string_view after) {
    if (!call.config().callbacks.stores_audit_logs) return {};
    return write_audit_entry(
        sql, {action, table, id, call.author, call.caller_key(), before, after, WallClock::now()});
}

GatewayError no_database_for_rows() {
    GatewayError error(ErrorKind::internal, ErrorSource::gateway,
                       "DB not connected. This route works on the gateway's store, and this "
                       "gateway runs without one");
    error.type_json = "\"no_db_connection\"";
    error.code_json = "\"500\"";
    return error;
}

}  // namespace tollweir
