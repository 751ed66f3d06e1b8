#include "tollweir/storage/key_row.hpp"

#include <type_traits>

namespace tollweir {
namespace {

using Kind = KeyColumn::Kind;

// Of `spend` the exact column comes after the float, so that it wins where it is filled.
const KeyColumn kColumns[] = {
    {"token", Kind::text, &KeyRow::token},
    {"key_name", Kind::text, &KeyRow::key_name},
    {"key_alias", Kind::text, &KeyRow::key_alias},
    {"soft_budget_cooldown", Kind::flag, &KeyRow::soft_budget_cooldown},
    {"spend", Kind::spend, &KeyRow::spend},
    {"tollweir_spend", Kind::sum, &KeyRow::spend},
    {"expires", Kind::time, &KeyRow::expires},
    {"models", Kind::list, &KeyRow::models},
    {"aliases", Kind::json, &KeyRow::aliases},
    {"config", Kind::json, &KeyRow::config},
    {"router_settings", Kind::json, &KeyRow::router_settings},
    {"user_id", Kind::text, &KeyRow::user_id},
    {"team_id", Kind::text, &KeyRow::team_id},
    {"agent_id", Kind::text, &KeyRow::agent_id},
    {"project_id", Kind::text, &KeyRow::project_id},
    {"organization_id", Kind::text, &KeyRow::organization_id},
    {"budget_id", Kind::text, &KeyRow::budget_id},
    {"object_permission_id", Kind::text, &KeyRow::object_permission_id},
    {"permissions", Kind::json, &KeyRow::permissions},
    {"metadata", Kind::json, &KeyRow::metadata},
    {"blocked", Kind::flag, &KeyRow::blocked},
    {"max_budget", Kind::money, &KeyRow::max_budget},
    {"budget_duration", Kind::text, &KeyRow::budget_duration},
    {"budget_reset_at", Kind::time, &KeyRow::budget_reset_at},
    {"max_parallel_requests", Kind::number, &KeyRow::max_parallel_requests},
    {"tpm_limit", Kind::number, &KeyRow::tpm_limit},
    {"rpm_limit", Kind::number, &KeyRow::rpm_limit},
    {"allowed_cache_controls", Kind::list, &KeyRow::allowed_cache_controls},
    {"allowed_routes", Kind::list, &KeyRow::allowed_routes},
    {"policies", Kind::list, &KeyRow::policies},
    {"access_group_ids", Kind::list, &KeyRow::access_group_ids},
    {"model_spend", Kind::json, &KeyRow::model_spend},
    {"model_max_budget", Kind::json, &KeyRow::model_max_budget},
    {"budget_limits", Kind::json, &KeyRow::budget_limits},
    {"last_active", Kind::time, &KeyRow::last_active},
    {"rotation_count", Kind::number, &KeyRow::rotation_count},
    {"auto_rotate", Kind::flag, &KeyRow::auto_rotate},
    {"rotation_interval", Kind::text, &KeyRow::rotation_interval},
    {"last_rotation_at", Kind::time, &KeyRow::last_rotation_at},
    {"key_rotation_at", Kind::time, &KeyRow::key_rotation_at},
    {"created_at", Kind::time, &KeyRow::created_at},
    {"created_by", Kind::text, &KeyRow::created_by},
    {"updated_at", Kind::time, &KeyRow::updated_at},
    {"updated_by", Kind::text, &KeyRow::updated_by},
};

/// What another program wrote and makes no sense is left as an empty row has it.
class Cell {
public:
    Cell(const SqlRows& rows, std::size_t row, std::size_t column, Kind kind)
        : rows_(rows), row_(row), column_(column), kind_(kind) {}

    void into(std::string& out) const {
        if (!rows_.is_null(row_, column_)) out = rows_.text(row_, column_);
    }
    void into(bool& out) const { out = rows_.boolean(row_, column_).value_or(out); }
    void into(std::optional<bool>& out) const { out = rows_.boolean(row_, column_); }
    void into(std::int64_t& out) const { out = rows_.integer(row_, column_).value_or(out); }
    void into(std::optional<std::int64_t>& out) const {
        if (kind_ != Kind::money)
            out = rows_.integer(row_, column_);
        else if (const auto dollars = rows_.real(row_, column_))
            out = from_double_dollars(*dollars);
    }
    void into(std::optional<WallTime>& out) const { out = rows_.time(row_, column_); }
    void into(std::vector<std::string>& out) const { out = rows_.list(row_, column_); }
    void into(PicodollarSum& out) const {
        if (kind_ == Kind::sum)
            out = rows_.sum(row_, column_).value_or(out);
        else if (const auto dollars = rows_.real(row_, column_))
            out = from_double_dollars(*dollars).value_or(0);
    }

private:
    const SqlRows& rows_;
    std::size_t row_;
    std::size_t column_;
    Kind kind_;
};

SqlValue value_of(const std::string& text, Kind kind) {
    if (text.empty()) return {};
    return kind == Kind::json ? SqlValue(SqlValue::Json{text}) : SqlValue(text);
}
SqlValue value_of(bool flag, Kind) {
    return flag;
}
SqlValue value_of(const std::optional<bool>& flag, Kind) {
    return flag;
}
SqlValue value_of(std::int64_t number, Kind) {
    return number;
}
SqlValue value_of(const std::optional<std::int64_t>& number, Kind kind) {
    if (!number) return {};
    return kind == Kind::money ? SqlValue(to_double_dollars(*number)) : SqlValue(*number);
}
SqlValue value_of(const std::optional<WallTime>& time, Kind) {
    return time;
}
SqlValue value_of(const std::vector<std::string>& items, Kind) {
    return SqlValue::List{items};
}
SqlValue value_of(PicodollarSum amount, Kind kind) {
    return kind == Kind::sum ? SqlValue(SqlValue::Sum{amount})
                             : SqlValue(to_double_dollars(amount));
}

}  // namespace

std::span<const KeyColumn> key_columns() {
    return kColumns;
}

std::string key_column_list(std::string_view prefix) {
    std::string list;
    for (const auto& column : kColumns)
        list.append(list.empty() ? "" : ", ").append(prefix).append(column.name);
    return list;
}

KeyRow read_key_row(const SqlRows& rows, std::size_t row, std::size_t first) {
    KeyRow key;
    std::size_t at = first;
    for (const auto& column : kColumns) {
        const Cell cell(rows, row, at++, column.kind);
        std::visit([&](auto member) { cell.into(key.*member); }, column.member);
    }
    return key;
}

SqlValue column_value(const KeyRow& row, const KeyColumn& column) {
    return std::visit([&](auto member) { return value_of(row.*member, column.kind); },
                      column.member);
}

bool is_same(const KeyRow& a, const KeyRow& b, const KeyColumn& column) {
    return std::visit([&](auto member) { return a.*member == b.*member; }, column.member);
}

}  // namespace tollweir
