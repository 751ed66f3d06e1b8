#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/money.hpp"
#include "tollweir/storage/row_columns.hpp"

namespace tollweir {

/// A row of LiteLLM_VerificationToken, every column under its own name. Empty texts stand for null;
/// JSON texts too where the column may be null.
struct KeyRow {
    std::string token;  // hash of the whole key
    std::string key_name;
    std::string key_alias;
    bool soft_budget_cooldown = false;
    PicodollarSum spend = 0;  // of `tollweir_spend`, where it is filled; else of the float
    std::optional<WallTime> expires;
    std::vector<std::string> models;
    std::string aliases = "{}";
    std::string config = "{}";
    std::string router_settings;  // JSON or null
    std::string user_id;
    std::string team_id;
    std::string agent_id;
    std::string project_id;
    std::string organization_id;
    std::string budget_id;
    std::string object_permission_id;
    std::string permissions = "{}";
    std::string metadata = "{}";
    std::optional<bool> blocked;
    std::optional<Picodollars> max_budget;
    std::string budget_duration;
    std::optional<WallTime> budget_reset_at;
    std::optional<std::int64_t> max_parallel_requests;
    std::optional<std::int64_t> tpm_limit;
    std::optional<std::int64_t> rpm_limit;
    std::vector<std::string> allowed_cache_controls;
    std::vector<std::string> allowed_routes;
    std::vector<std::string> policies;
    std::vector<std::string> access_group_ids;
    std::string model_spend = "{}";
    std::string model_max_budget = "{}";
    std::string budget_limits;  // JSON or null
    std::optional<WallTime> last_active;
    std::int64_t rotation_count = 0;
    bool auto_rotate = false;
    std::string rotation_interval;
    std::optional<WallTime> last_rotation_at;
    std::optional<WallTime> key_rotation_at;
    std::optional<WallTime> created_at;
    std::string created_by;
    std::optional<WallTime> updated_at;
    std::string updated_by;

    friend bool operator==(const KeyRow&, const KeyRow&) = default;
};

using KeyColumn = RowColumn<KeyRow>;

/// In the order in which they are read.
std::span<const KeyColumn> key_columns();
/// `token, key_name, ...`, each behind `prefix`: `v.`.
std::string key_column_list(std::string_view prefix = {});
/// The columns from `first` on, in the order of `key_columns`.
KeyRow read_key_row(const SqlRows& rows, std::size_t row, std::size_t first = 0);

}  // namespace tollweir
