#include "tollweir/storage/config_row.hpp"

#include "storage/row_table.hpp"

namespace tollweir {
namespace {

using Kind = ColumnKind;

// The name finds a row: it is unique, and what everybody knows it by.
const RowColumn<CredentialRow> kColumns[] = {
    {"credential_name", Kind::text, &CredentialRow::credential_name},
    {"credential_id", Kind::text, &CredentialRow::credential_id},
    {"credential_values", Kind::json, &CredentialRow::credential_values},
    {"credential_info", Kind::json, &CredentialRow::credential_info},
    {"created_at", Kind::time, &CredentialRow::created_at},
    {"created_by", Kind::text, &CredentialRow::created_by},
    {"updated_at", Kind::time, &CredentialRow::updated_at},
    {"updated_by", Kind::text, &CredentialRow::updated_by},
};

const RowTable<CredentialRow>& credentials() {
    static const RowTable<CredentialRow> instance(kCredentialTable, kColumns);
    return instance;
}

/// A row of LiteLLM_Config.
struct ConfigRow {
    std::string param_name;
    std::string param_value;
};

const RowColumn<ConfigRow> kConfigColumns[] = {
    {"param_name", Kind::text, &ConfigRow::param_name},
    {"param_value", Kind::json, &ConfigRow::param_value},
};

const RowTable<ConfigRow>& sections() {
    static const RowTable<ConfigRow> instance(kConfigTable, kConfigColumns);
    return instance;
}

}  // namespace

StoredCredential stored_credential(const CredentialRow& row) {
    return {row.credential_name, row.credential_values, row.credential_info};
}

Result<StoredSettings> list_stored_settings(Sql& sql) {
    StoredSettings settings;
    const auto rows = credentials().select(sql, " order by created_at, credential_name");
    if (!rows) return std::unexpected(rows.error());
    for (const auto& row : *rows) settings.credentials.push_back(stored_credential(row));
    const auto stored = sections().select(sql, " order by param_name");
    if (!stored) return std::unexpected(stored.error());
    for (const auto& [name, value] : *stored)
        if (is_stored_section(name)) settings.sections.push_back({name, value});
    return settings;
}

Result<std::optional<CredentialRow>> find_credential_row(Sql& sql, std::string_view name,
                                                         RowLock lock) {
    return credentials().find(sql, name, lock);
}

Result<void> insert_credential_row(Sql& sql, const CredentialRow& row) {
    return credentials().insert(sql, row);
}

Result<void> update_credential_row(Sql& sql, const CredentialRow& before,
                                   const CredentialRow& after) {
    return credentials().update(sql, before, after);
}

Result<void> delete_credential_row(Sql& sql, const std::string& name) {
    return credentials().remove(sql, std::span(&name, 1));
}

Result<std::string> find_config_value(Sql& sql, std::string_view name, RowLock lock) {
    auto row = sections().find(sql, name, lock);
    if (!row) return std::unexpected(row.error());
    return *row ? std::move((*row)->param_value) : std::string();
}

Result<void> put_config_value(Sql& sql, std::string_view name, std::string_view json) {
    const auto done = sql.run(
        R"(insert into "LiteLLM_Config" (param_name, param_value) values ($1, $2)
           on conflict (param_name) do update set param_value = excluded.param_value)",
        {name, json});
    if (!done) return std::unexpected(done.error());
    return {};
}

}  // namespace tollweir
