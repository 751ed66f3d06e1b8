#pragma once

#include <string>
#include <utility>

#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// A statement put together once, of a static, so that it is prepared like one that was written
/// down.
class MadeStatement {
public:
    MadeStatement(std::string for_sqlite, std::string for_postgres)
        : sqlite_(std::move(for_sqlite)), postgres_(std::move(for_postgres)) {}
    MadeStatement(const MadeStatement&) = delete;
    MadeStatement& operator=(const MadeStatement&) = delete;

    operator Statement() const { return {sqlite_.c_str(), postgres_.c_str()}; }

private:
    std::string sqlite_;
    std::string postgres_;
};

}  // namespace tollweir
