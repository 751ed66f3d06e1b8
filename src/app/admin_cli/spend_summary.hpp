#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/json_tree.hpp"
#include "tollweir/core/money.hpp"

namespace tollweir::admin_cli {

/// What one key, user, team, tag or model came to.
struct SpendSum {
    std::string name;
    std::string label;  // alias or address; empty: none
    PicodollarSum spend = 0;
    std::int64_t requests = 0;
    std::int64_t failed = 0;
    std::int64_t tokens = 0;
};

/// Adds up the days of an answer of `/.../daily/activity`, who spent most first. `by`: key, user,
/// team, tag or model.
std::vector<SpendSum> sum_days(const JsonNode& answer, std::string_view by);

}  // namespace tollweir::admin_cli
