#include "tollweir/storage/model_row.hpp"

#include "storage/row_table.hpp"

namespace tollweir {
namespace {

using Kind = ColumnKind;

const RowColumn<ModelRow> kColumns[] = {
    {"model_id", Kind::text, &ModelRow::model_id},
    {"model_name", Kind::text, &ModelRow::model_name},
    {"litellm_params", Kind::json, &ModelRow::litellm_params},
    {"model_info", Kind::json, &ModelRow::model_info},
    {"blocked", Kind::flag, &ModelRow::blocked},
    {"created_at", Kind::time, &ModelRow::created_at},
    {"created_by", Kind::text, &ModelRow::created_by},
    {"updated_at", Kind::time, &ModelRow::updated_at},
    {"updated_by", Kind::text, &ModelRow::updated_by},
};

const RowTable<ModelRow>& table() {
    static const RowTable<ModelRow> instance(kModelTable, model_columns());
    return instance;
}

}  // namespace

std::span<const RowColumn<ModelRow>> model_columns() {
    return kColumns;
}

StoredModel stored_model(const ModelRow& row) {
    return {row.model_id, row.model_name, row.litellm_params, row.model_info, row.blocked};
}

Result<std::optional<ModelRow>> find_model_row(Sql& sql, std::string_view id, RowLock lock) {
    return table().find(sql, id, lock);
}

Result<std::vector<ModelRow>> list_model_rows(Sql& sql) {
    return table().select(sql, " order by created_at, model_id");
}

Result<void> insert_model_row(Sql& sql, const ModelRow& row) {
    return table().insert(sql, row);
}

Result<void> update_model_row(Sql& sql, const ModelRow& before, const ModelRow& after) {
    return table().update(sql, before, after);
}

Result<void> delete_model_row(Sql& sql, const std::string& id) {
    return table().remove(sql, std::span(&id, 1));
}

}  // namespace tollweir
