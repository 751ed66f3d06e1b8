#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/config/stored_models.hpp"
#include "tollweir/storage/row_columns.hpp"

namespace tollweir {

inline constexpr std::string_view kModelTable = "LiteLLM_ProxyModelTable";

/// A row of LiteLLM_ProxyModelTable, every column under its own name. Empty texts stand for null.
struct ModelRow {
    std::string model_id;
    std::string model_name;
    std::string litellm_params = "{}";  // texts of it sealed (core/seal)
    std::string model_info;             // JSON or null
    bool blocked = false;
    std::optional<WallTime> created_at;
    std::string created_by;
    std::optional<WallTime> updated_at;
    std::string updated_by;

    friend bool operator==(const ModelRow&, const ModelRow&) = default;
};
std::span<const RowColumn<ModelRow>> model_columns();

/// What of a row makes its deployment.
StoredModel stored_model(const ModelRow& row);

// What changes rows belongs into a transaction of the caller's.

Result<std::optional<ModelRow>> find_model_row(Sql& sql, std::string_view id,
                                               RowLock lock = RowLock::none);
/// The oldest first.
Result<std::vector<ModelRow>> list_model_rows(Sql& sql);
/// Errors: `conflict` (there is such a row).
Result<void> insert_model_row(Sql& sql, const ModelRow& row);
/// Writes the columns that differ.
Result<void> update_model_row(Sql& sql, const ModelRow& before, const ModelRow& after);
Result<void> delete_model_row(Sql& sql, const std::string& id);

}  // namespace tollweir
