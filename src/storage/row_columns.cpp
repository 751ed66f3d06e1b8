#include "tollweir/storage/row_columns.hpp"

namespace tollweir {

void RowCell::into(std::string& out) const {
    if (!rows_.is_null(row_, column_)) out = rows_.text(row_, column_);
}
void RowCell::into(bool& out) const {
    out = rows_.boolean(row_, column_).value_or(out);
}
void RowCell::into(std::optional<bool>& out) const {
    out = rows_.boolean(row_, column_);
}
void RowCell::into(std::int64_t& out) const {
    out = rows_.integer(row_, column_).value_or(out);
}
void RowCell::into(std::optional<std::int64_t>& out) const {
    if (kind_ != ColumnKind::money)
        out = rows_.integer(row_, column_);
    else if (const auto dollars = rows_.real(row_, column_))
        out = from_double_dollars(*dollars);
}
void RowCell::into(std::optional<WallTime>& out) const {
    out = rows_.time(row_, column_);
}
void RowCell::into(std::vector<std::string>& out) const {
    out = rows_.list(row_, column_);
}
void RowCell::into(PicodollarSum& out) const {
    if (kind_ == ColumnKind::sum)
        out = rows_.sum(row_, column_).value_or(out);
    else if (const auto dollars = rows_.real(row_, column_))
        out = from_double_dollars(*dollars).value_or(0);
}

SqlValue cell_value(const std::string& text, ColumnKind kind) {
    if (text.empty()) return {};
    return kind == ColumnKind::json ? SqlValue(SqlValue::Json{text}) : SqlValue(text);
}
SqlValue cell_value(bool flag, ColumnKind) {
    return flag;
}
SqlValue cell_value(const std::optional<bool>& flag, ColumnKind) {
    return flag;
}
SqlValue cell_value(std::int64_t number, ColumnKind) {
    return number;
}
SqlValue cell_value(const std::optional<std::int64_t>& number, ColumnKind kind) {
    if (!number) return {};
    return kind == ColumnKind::money ? SqlValue(to_double_dollars(*number)) : SqlValue(*number);
}
SqlValue cell_value(const std::optional<WallTime>& time, ColumnKind) {
    return time;
}
SqlValue cell_value(const std::vector<std::string>& items, ColumnKind) {
    return SqlValue::List{items};
}
SqlValue cell_value(PicodollarSum amount, ColumnKind kind) {
    return kind == ColumnKind::sum ? SqlValue(SqlValue::Sum{amount})
                                   : SqlValue(to_double_dollars(amount));
}

}  // namespace tollweir
