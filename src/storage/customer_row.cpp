#include "tollweir/storage/customer_row.hpp"

#include "storage/row_table.hpp"

namespace tollweir {
namespace {

using Kind = ColumnKind;

const RowColumn<CustomerRow> kColumns[] = {
    {"user_id", Kind::text, &CustomerRow::user_id},
    {"alias", Kind::text, &CustomerRow::alias},
    {"blocked", Kind::flag, &CustomerRow::blocked},
    {"spend", Kind::spend, &CustomerRow::spend},
    {"tollweir_spend", Kind::sum, &CustomerRow::spend},
    {"allowed_model_region", Kind::text, &CustomerRow::allowed_model_region},
    {"default_model", Kind::text, &CustomerRow::default_model},
    {"budget_id", Kind::text, &CustomerRow::budget_id},
    {"object_permission_id", Kind::text, &CustomerRow::object_permission_id},
};

const RowTable<CustomerRow>& table() {
    static const RowTable<CustomerRow> instance("LiteLLM_EndUserTable", customer_columns());
    return instance;
}

}  // namespace

std::span<const RowColumn<CustomerRow>> customer_columns() {
    return kColumns;
}

Result<std::optional<CustomerRow>> find_customer(Sql& sql, std::string_view id, RowLock lock) {
    return table().find(sql, id, lock);
}

Result<std::vector<CustomerRow>> find_customers(Sql& sql, std::span<const std::string> ids,
                                                RowLock lock) {
    return table().find_all(sql, ids, lock);
}

Result<std::vector<CustomerRow>> list_customers(Sql& sql, std::size_t offset, std::size_t most) {
    const SqlValue values[] = {static_cast<std::int64_t>(most), static_cast<std::int64_t>(offset)};
    return table().select(sql, " order by user_id limit $1 offset $2", values);
}

Result<void> insert_customer(Sql& sql, const CustomerRow& row) {
    return table().insert(sql, row);
}

Result<void> update_customer(Sql& sql, const CustomerRow& before, const CustomerRow& after) {
    return table().update(sql, before, after);
}

Result<void> delete_customers(Sql& sql, std::span<const std::string> ids) {
    return table().remove(sql, ids);
}

}  // namespace tollweir
