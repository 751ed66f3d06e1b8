#include "gateway/admin/keys/key_change.hpp"

#include <algorithm>

#include "gateway/admin/set_column.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/key_record.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

Result<void> apply_metadata(const KeyFields& fields, KeyRow& row) {
    set_column(fields.metadata, row.metadata, "{}");
    if (fields.metadata_members.empty()) return {};
    row.metadata = with_members(row.metadata, fields.metadata_members);
    if (row.metadata.size() > Fields::kMaxObject)
        return fail(ErrorKind::bad_request, "Invalid metadata: it is longer than " +
                                                std::to_string(Fields::kMaxObject) + " bytes");
    return {};
}

Result<void> apply_rotation(const KeyFields& fields, WallTime now, KeyRow& row) {
    if (fields.auto_rotate.sent) row.auto_rotate = fields.auto_rotate.value.value_or(false);
    if (fields.rotation_interval.sent)
        row.rotation_interval =
            fields.rotation_interval.value ? fields.rotation_interval.value->text : std::string();
    if (!fields.auto_rotate.sent && !fields.rotation_interval.sent) return {};
    row.key_rotation_at.reset();
    if (!row.auto_rotate) return {};
    const auto interval = parse_budget_duration(row.rotation_interval);
    if (!interval)
        return fail(ErrorKind::bad_request,
                    "rotation_interval is required when auto_rotate is true, such as 30d");
    row.key_rotation_at = add_exactly(now, *interval);
    return {};
}

}  // namespace

std::string with_resets(std::string_view windows, const ChangeTime& time) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& window : parse_budget_windows(windows)) {
        const auto period = parse_budget_duration(window.budget_duration);
        json.begin_object();
        json.key("max_budget").raw(dollars(window.max_budget));
        json.key("budget_duration").string(window.budget_duration);
        if (period) json.key("reset_at").string(rfc3339(next_reset(*period, time.now, time.zone)));
        json.end_object();
    }
    json.end_array();
    return out;
}

std::string with_members(std::string_view object,
                         const std::vector<std::pair<std::string, std::string>>& members) {
    const auto find = [&](std::string_view name) {
        return std::ranges::find(members, name,
                                 [](const auto& m) -> std::string_view { return m.first; });
    };
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    for (const auto& [name, value] : json_members(object).value_or(JsonParts()))
        if (find(name) == members.end()) json.key(name).raw(value);
    for (const auto& [name, value] : members)
        if (value != "null") json.key(name).raw(value);
    json.end_object();
    return out;
}

Result<void> apply_fields(const KeyFields& fields, const ChangeTime& time, KeyRow& row) {
    set_column(fields.key_alias, row.key_alias);
    if (fields.duration.sent) {
        row.expires.reset();
        if (fields.duration.value) row.expires = add_exactly(time.now, *fields.duration.value);
    }
    set_column(fields.models, row.models);
    set_column(fields.aliases, row.aliases, "{}");
    set_column(fields.config, row.config, "{}");
    if (fields.spend.sent) row.spend = fields.spend.value.value_or(0);
    set_column(fields.max_budget, row.max_budget);
    set_budget_period(fields.budget_duration, time, row);
    set_column(fields.budget_id, row.budget_id);
    set_budget_windows(fields.budget_limits, time, row);
    set_column(fields.model_max_budget, row.model_max_budget, "{}");
    set_column(fields.tpm_limit, row.tpm_limit);
    set_column(fields.rpm_limit, row.rpm_limit);
    set_column(fields.max_parallel_requests, row.max_parallel_requests);
    set_column(fields.user_id, row.user_id);
    set_column(fields.team_id, row.team_id);
    set_column(fields.organization_id, row.organization_id);
    set_column(fields.project_id, row.project_id);
    set_column(fields.agent_id, row.agent_id);
    set_column(fields.permissions, row.permissions, "{}");
    set_column(fields.allowed_cache_controls, row.allowed_cache_controls);
    set_column(fields.allowed_routes, row.allowed_routes);
    set_column(fields.blocked, row.blocked);
    set_column(fields.access_group_ids, row.access_group_ids);
    set_column(fields.router_settings, row.router_settings);
    if (auto good = apply_metadata(fields, row); !good) return good;
    return apply_rotation(fields, time.now, row);
}

}  // namespace tollweir
