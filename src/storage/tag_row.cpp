#include "tollweir/storage/tag_row.hpp"

#include "storage/row_table.hpp"

namespace tollweir {
namespace {

using Kind = ColumnKind;

const RowColumn<TagRow> kColumns[] = {
    {"tag_name", Kind::text, &TagRow::tag_name},
    {"description", Kind::text, &TagRow::description},
    {"models", Kind::list, &TagRow::models},
    {"model_info", Kind::json, &TagRow::model_info},
    {"spend", Kind::spend, &TagRow::spend},
    {"tollweir_spend", Kind::sum, &TagRow::spend},
    {"budget_id", Kind::text, &TagRow::budget_id},
    {"created_at", Kind::time, &TagRow::created_at},
    {"created_by", Kind::text, &TagRow::created_by},
    {"updated_at", Kind::time, &TagRow::updated_at},
};

const RowTable<TagRow>& table() {
    static const RowTable<TagRow> instance("LiteLLM_TagTable", tag_columns());
    return instance;
}

}  // namespace

std::span<const RowColumn<TagRow>> tag_columns() {
    return kColumns;
}

Result<std::optional<TagRow>> find_tag(Sql& sql, std::string_view name, RowLock lock) {
    return table().find(sql, name, lock);
}

Result<std::vector<TagRow>> find_tags(Sql& sql, std::span<const std::string> names) {
    return table().find_all(sql, names, RowLock::none);
}

Result<std::vector<TagRow>> list_tags(Sql& sql, std::size_t most) {
    const SqlValue limit(static_cast<std::int64_t>(most));
    return table().select(sql, " order by created_at desc, tag_name limit $1",
                          std::span(&limit, 1));
}

Result<void> insert_tag(Sql& sql, const TagRow& row) {
    return table().insert(sql, row);
}

Result<void> update_tag(Sql& sql, const TagRow& before, const TagRow& after) {
    return table().update(sql, before, after);
}

Result<void> delete_tag(Sql& sql, const std::string& name) {
    return table().remove(sql, std::span(&name, 1));
}

}  // namespace tollweir
