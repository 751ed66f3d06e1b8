#include "storage/change_triggers.hpp"

#include "storage/sql_text.hpp"

namespace tollweir {
namespace {

/// Which updates of a table are changes.
struct Watched {
    std::string columns;    // only where one of them is set
    std::string condition;  // and has another value then
};

Result<Watched> watched_of(Sql& sql, std::string_view table) {
    const auto columns = sql.run(
        "select name from pragma_table_info($1) where name not in (select name from "
        "tollweir_quiet_column)",
        {table});
    if (!columns) return std::unexpected(columns.error());
    Watched watched;
    for (std::size_t row = 0; row < columns->size(); ++row) {
        const auto name = quoted_name(columns->text(row, 0));
        watched.columns += (row == 0 ? "" : ", ") + name;
        watched.condition += (row == 0 ? "old." : " or old.") + name + " is not new." + name;
    }
    return watched;
}

std::string note(std::string_view table, const std::string& id) {
    return "insert into tollweir_change (table_name, row_id) select '" + std::string(table) +
           "', " + id;
}

std::string trigger(std::string_view table, std::string_view event, const Watched& watched,
                    const std::string& steps) {
    const auto name = quoted_name("tollweir_" + std::string(event) + "_" + std::string(table));
    const auto of = watched.columns.empty() ? "" : " of " + watched.columns;
    const auto when = watched.condition.empty() ? "" : " when " + watched.condition;
    return "drop trigger if exists " + name + ";create trigger " + name + " after " +
           std::string(event) + of + " on " + quoted_name(table) + when + " begin " + steps +
           ";end;";
}

/// `user_id,team_id` as an expression over `old` or `new`.
std::string id_expression(std::string_view columns, std::string_view row) {
    std::string expression;
    while (!columns.empty()) {
        const auto comma = columns.find(',');
        if (!expression.empty()) expression += " || char(31) || ";
        expression += std::string(row) + "." + quoted_name(columns.substr(0, comma));
        columns.remove_prefix(comma == std::string_view::npos ? columns.size() : comma + 1);
    }
    return expression;
}

}  // namespace

Result<void> make_change_triggers(StoreConnection& sql) {
    const auto tables = sql.run("select table_name, id_columns from tollweir_watched_table");
    if (!tables) return std::unexpected(tables.error());
    for (std::size_t row = 0; row < tables->size(); ++row) {
        const auto table = tables->text(row, 0);
        const auto before = id_expression(tables->text(row, 1), "old");
        const auto now = id_expression(tables->text(row, 1), "new");
        const auto watched = watched_of(sql, table);
        if (!watched) return std::unexpected(watched.error());
        // A row that changes its key is a change of both.
        const auto both =
            note(table, now) + ";" + note(table, before) + " where " + before + " is not " + now;
        auto made = sql.run_script(trigger(table, "insert", {}, note(table, now)) +
                                   trigger(table, "delete", {}, note(table, before)) +
                                   trigger(table, "update", *watched, both));
        if (!made) return made;
    }
    return {};
}

}  // namespace tollweir
