#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tollweir/config/stored_settings.hpp"
#include "tollweir/storage/row_columns.hpp"

namespace tollweir {

inline constexpr std::string_view kConfigTable = "LiteLLM_Config";
inline constexpr std::string_view kCredentialTable = "LiteLLM_CredentialsTable";

/// A row of LiteLLM_CredentialsTable, every column under its own name. Empty texts stand for null.
struct CredentialRow {
    std::string credential_name;
    std::string credential_id;
    std::string credential_values = "{}";  // texts of it sealed (core/seal)
    std::string credential_info;           // JSON or null
    std::optional<WallTime> created_at;
    std::string created_by;
    std::optional<WallTime> updated_at;
    std::string updated_by;

    friend bool operator==(const CredentialRow&, const CredentialRow&) = default;
};

/// What of a row makes a credential.
StoredCredential stored_credential(const CredentialRow& row);

/// All that the store says of the configuration, beside models: credentials, the oldest first, and
/// sections.
Result<StoredSettings> list_stored_settings(Sql& sql);

// What changes rows belongs into a transaction of the caller's.

Result<std::optional<CredentialRow>> find_credential_row(Sql& sql, std::string_view name,
                                                         RowLock lock = RowLock::none);
/// Errors: `conflict` (there is one of that name).
Result<void> insert_credential_row(Sql& sql, const CredentialRow& row);
/// Writes the columns that differ; the name may be one. Errors: `conflict`, likewise.
Result<void> update_credential_row(Sql& sql, const CredentialRow& before,
                                   const CredentialRow& after);
Result<void> delete_credential_row(Sql& sql, const std::string& name);

/// `param_value` of a section; empty: there is no such row.
Result<std::string> find_config_value(Sql& sql, std::string_view name,
                                      RowLock lock = RowLock::none);
/// Adds the row where there is none.
Result<void> put_config_value(Sql& sql, std::string_view name, std::string_view json);

}  // namespace tollweir
