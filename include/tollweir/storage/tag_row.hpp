#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/storage/row_columns.hpp"

namespace tollweir {

/// A row of LiteLLM_TagTable: a word that clients put on their calls. Empty texts stand for null.
struct TagRow {
    std::string tag_name;
    std::string description;
    std::vector<std::string> models;
    std::string model_info;  // JSON or null
    PicodollarSum spend = 0;
    std::string budget_id;
    std::optional<WallTime> created_at;
    std::string created_by;
    std::optional<WallTime> updated_at;

    friend bool operator==(const TagRow&, const TagRow&) = default;
};

std::span<const RowColumn<TagRow>> tag_columns();

// What changes rows belongs into a transaction of the caller's.

Result<std::optional<TagRow>> find_tag(Sql& sql, std::string_view name,
                                       RowLock lock = RowLock::none);
/// In the order of their names; those that are not there are left out.
Result<std::vector<TagRow>> find_tags(Sql& sql, std::span<const std::string> names);
/// The newest first.
Result<std::vector<TagRow>> list_tags(Sql& sql, std::size_t most);
/// Errors: `conflict` (there is such a row).
Result<void> insert_tag(Sql& sql, const TagRow& row);
/// Writes the columns that differ.
Result<void> update_tag(Sql& sql, const TagRow& before, const TagRow& after);
Result<void> delete_tag(Sql& sql, const std::string& name);

}  // namespace tollweir
