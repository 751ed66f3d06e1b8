#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/where_clause.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

struct GroupSums {
    std::vector<std::string> texts;
    std::vector<PicodollarSum> sums;

    std::int64_t count(std::size_t sum) const { return static_cast<std::int64_t>(sums[sum]); }
};

/// `select <texts>, sum(<amounts>) from <table> <where> group by <texts>`, in no order; null counts
/// as an empty text. SQLite would sort all rows for that: there they are added up as they come.
Result<std::vector<GroupSums>> sum_groups(Sql& sql, std::span<const std::string> texts,
                                          std::span<const std::string> amounts,
                                          std::string_view table, const WhereClause& where);

}  // namespace tollweir
