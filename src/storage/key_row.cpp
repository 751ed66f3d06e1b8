#include "tollweir/storage/key_row.hpp"

namespace tollweir {
namespace {

using Kind = KeyColumn::Kind;

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

}  // namespace

std::span<const KeyColumn> key_columns() {
    return kColumns;
}

std::string key_column_list(std::string_view prefix) {
    return column_list(key_columns(), prefix);
}

KeyRow read_key_row(const SqlRows& rows, std::size_t row, std::size_t first) {
    return read_row(key_columns(), rows, row, first);
}

}  // namespace tollweir
