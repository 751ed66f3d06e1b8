#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/key_record.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

// What requests name beside their key and what may be limited: customers (end users) and tags, each
// with its budget row merged in.

struct CustomerRecord {
    bool blocked = false;
    std::string allowed_model_region;  // `eu`, `us`; empty: any
    std::string default_model;         // empty: none
    LimitTerms limits;
    std::vector<ModelTerms> model_limits;
};
/// Nothing: nobody has made such a customer. `default_budget` is the row of those without one of
/// their own; empty: none.
Result<std::optional<CustomerRecord>> find_customer_record(Sql& sql, std::string_view id,
                                                           const std::string& default_budget);

struct TagRecord {
    std::string name;
    LimitTerms limits;
    std::vector<ModelTerms> model_limits;
};
/// Tags that have a budget row; few, since people make them.
Result<std::vector<TagRecord>> find_budgeted_tags(Sql& sql);

}  // namespace tollweir
