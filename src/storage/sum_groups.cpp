#include "storage/sum_groups.hpp"

#include <unordered_map>

#include "storage/store_connection.hpp"

namespace tollweir {
namespace {

std::string statement_of(std::span<const std::string> texts, std::span<const std::string> amounts,
                         std::string_view table, const WhereClause& where, bool grouped) {
    std::string text = "select ";
    std::string group;
    std::size_t number = 0;
    for (const auto& column : texts) {
        text.append(number == 0 ? "" : ", ").append(column);
        group.append(number == 0 ? " group by " : ", ").append(std::to_string(number + 1));
        ++number;
    }
    for (const auto& amount : amounts) {
        text.append(number++ == 0 ? "" : ", ");
        grouped ? text.append("sum(").append(amount).append(")") : text.append(amount);
    }
    text.append(" from ").append(table).append(where.text());
    return grouped ? text + group : text;
}

/// Texts end with a byte that none of them holds.
void write_name(const SqlRowView& row, std::size_t texts, std::string& name) {
    name.clear();
    for (std::size_t column = 0; column < texts; ++column)
        name.append(row.text(column)).push_back('\0');
}

}  // namespace

Result<std::vector<GroupSums>> sum_groups(Sql& sql, std::span<const std::string> texts,
                                          std::span<const std::string> amounts,
                                          std::string_view table, const WhereClause& where) {
    std::vector<GroupSums> groups;
    std::unordered_map<std::string, std::size_t> places;
    std::string name;
    const bool grouped = sql.is_postgres();
    const auto group_of = [&](const SqlRowView& row) -> GroupSums& {
        if (!grouped) {
            write_name(row, texts.size(), name);
            const auto [found, is_new] = places.try_emplace(name, groups.size());
            if (!is_new) return groups[found->second];
        }
        auto& made = groups.emplace_back();
        for (std::size_t column = 0; column < texts.size(); ++column)
            made.texts.emplace_back(row.text(column));
        made.sums.resize(amounts.size());
        return made;
    };
    const auto done = each_row(sql, statement_of(texts, amounts, table, where, grouped),
                               where.values(), [&](const SqlRowView& row) {
                                   auto& sums = group_of(row).sums;
                                   for (std::size_t i = 0; i < sums.size(); ++i)
                                       sums[i] += row.sum(texts.size() + i);
                               });
    if (!done) return std::unexpected(done.error());
    return groups;
}

}  // namespace tollweir
