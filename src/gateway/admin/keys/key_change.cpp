#include "gateway/admin/keys/key_change.hpp"

#include <algorithm>

#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/key_record.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

void set(const Sent<std::string>& field, std::string& column, std::string_view none = {}) {
    if (field.sent) column = field.value.value_or(std::string(none));
}
void set(const Sent<std::vector<std::string>>& field, std::vector<std::string>& column) {
    if (field.sent) column = field.value.value_or(std::vector<std::string>());
}
template <class T>
void set(const Sent<T>& field, std::optional<T>& column) {
    if (field.sent) column = field.value;
}

Result<void> apply_metadata(const KeyFields& fields, KeyRow& row) {
    set(fields.metadata, row.metadata, "{}");
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
    set(fields.key_alias, row.key_alias);
    if (fields.duration.sent) {
        row.expires.reset();
        if (fields.duration.value) row.expires = add_exactly(time.now, *fields.duration.value);
    }
    set(fields.models, row.models);
    set(fields.aliases, row.aliases, "{}");
    set(fields.config, row.config, "{}");
    if (fields.spend.sent) row.spend = fields.spend.value.value_or(0);
    set(fields.max_budget, row.max_budget);
    if (fields.budget_duration.sent) {
        const auto& period = fields.budget_duration.value;
        row.budget_duration = period ? period->text : std::string();
        row.budget_reset_at.reset();
        if (period) row.budget_reset_at = next_reset(*period, time.now, time.zone);
    }
    set(fields.budget_id, row.budget_id);
    if (fields.budget_limits.sent)
        row.budget_limits = fields.budget_limits.value
                                ? with_resets(*fields.budget_limits.value, time)
                                : std::string();
    set(fields.model_max_budget, row.model_max_budget, "{}");
    set(fields.tpm_limit, row.tpm_limit);
    set(fields.rpm_limit, row.rpm_limit);
    set(fields.max_parallel_requests, row.max_parallel_requests);
    set(fields.user_id, row.user_id);
    set(fields.team_id, row.team_id);
    set(fields.organization_id, row.organization_id);
    set(fields.project_id, row.project_id);
    set(fields.agent_id, row.agent_id);
    set(fields.permissions, row.permissions, "{}");
    set(fields.allowed_cache_controls, row.allowed_cache_controls);
    set(fields.allowed_routes, row.allowed_routes);
    set(fields.blocked, row.blocked);
    set(fields.access_group_ids, row.access_group_ids);
    set(fields.router_settings, row.router_settings);
    if (auto good = apply_metadata(fields, row); !good) return good;
    return apply_rotation(fields, time.now, row);
}

}  // namespace tollweir
