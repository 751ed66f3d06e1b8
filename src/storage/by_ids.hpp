#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// A statement that asks for many ids at once, kept for as long as prepared statements need it.
class ByIds {
public:
    /// `begin` ends with the column that is compared: `select ... where team_id`.
    explicit ByIds(const std::string& begin)
        : sqlite_(begin + " in (select value from json_each($1))"),
          postgres_(begin + " = any($1)") {}

    Result<SqlRows> run(Sql& sql, const std::set<std::string>& ids) const {
        std::vector<std::string> list(ids.begin(), ids.end());
        std::erase(list, std::string());
        if (list.empty()) return SqlRows();
        return sql.run(Statement(sqlite_.c_str(), postgres_.c_str()), {SqlValue::List{list}});
    }

private:
    std::string sqlite_;
    std::string postgres_;
};

}  // namespace tollweir
