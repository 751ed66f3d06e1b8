#include "gateway/admin/keys/key_json.hpp"

#include "gateway/admin/keys/key_change.hpp"
#include "gateway/admin/row_json.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/key_record.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

void write_text(JsonWriter& json, const std::string& text) {
    text.empty() ? json.null() : json.string(text);
}
void write_time(JsonWriter& json, const std::optional<WallTime>& time) {
    time ? json.string(rfc3339(*time)) : json.null();
}
void write_money(JsonWriter& json, const std::optional<Picodollars>& amount) {
    amount ? json.raw(dollars(*amount)) : json.null();
}
void write_number(JsonWriter& json, const std::optional<std::int64_t>& number) {
    number ? json.number(*number) : json.null();
}

void write_budget(JsonWriter& json, const std::string& id, const BudgetTerms* budget) {
    json.key("litellm_budget_table");
    if (budget == nullptr) {
        json.null();
        return;
    }
    const auto& limits = budget->limits;
    json.begin_object().key("budget_id").string(id);
    json.key("max_budget");
    write_money(json, limits.max_budget);
    json.key("soft_budget");
    write_money(json, limits.soft_budget);
    json.key("budget_duration");
    write_text(json, limits.budget_duration);
    json.key("budget_reset_at");
    write_time(json, limits.budget_reset_at);
    json.key("tpm_limit");
    write_number(json, limits.tpm_limit);
    json.key("rpm_limit");
    write_number(json, limits.rpm_limit);
    json.key("max_parallel_requests");
    write_number(json, limits.max_parallel_requests);
    json.key("model_max_budget").raw(budget->model_max_budget);
    json.end_object();
}

void write_limits(JsonWriter& json, std::string_view entity, std::string_view id,
                  const LimitTerms& limits) {
    const bool binds =
        limits.max_budget || limits.max_parallel_requests || limits.rpm_limit || limits.tpm_limit;
    if (!binds) return;
    json.begin_object().key("entity").string(entity).key("id").string(id);
    json.key("max_budget");
    write_money(json, limits.max_budget);
    json.key("spend").raw(dollars(limits.spend));
    json.key("budget_duration");
    write_text(json, limits.budget_duration);
    json.key("budget_reset_at");
    write_time(json, limits.budget_reset_at);
    json.key("max_parallel_requests");
    write_number(json, limits.max_parallel_requests);
    json.key("tpm_limit");
    write_number(json, limits.tpm_limit);
    json.key("rpm_limit");
    write_number(json, limits.rpm_limit);
    json.end_object();
}

}  // namespace

void write_key_members(JsonWriter& json, const KeyRow& row, const KeyCompanions& companions) {
    write_columns(json, row, key_columns().subspan(1));  // the token is the caller's to show
    write_budget(json, row.budget_id, companions.budget);
    json.key("object_permission").raw(companions.object_permission);
}

std::string key_row_json(const KeyRow& row, const KeyCompanions& companions) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("token").string(row.token);
    write_key_members(json, row, companions);
    json.end_object();
    return out;
}

std::string audit_json(const KeyRow& row) {
    KeyRow shown = row;
    shown.metadata = with_members(row.metadata, {{"logging", "null"}});
    return key_row_json(shown);
}

std::string issued_key_json(const IssuedKey& issued) {
    const auto& row = issued.row;
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("key").string(issued.key);
    json.key("token").string(row.token).key("token_id").string(row.token);
    write_key_members(json, row, issued.companions);
    json.key("soft_budget");
    write_money(json, issued.companions.budget ? issued.companions.budget->limits.soft_budget
                                               : std::nullopt);
    json.key("duration");
    issued.duration.empty() ? json.null() : json.string(issued.duration);
    const auto metadata = json_members(row.metadata).value_or(JsonParts());
    for (const auto* const name :
         {"model_rpm_limit", "model_tpm_limit", "guardrails", "tags", "enforced_params"}) {
        const auto value = find_part(metadata, name);
        json.key(name).raw(value.empty() ? std::string_view("null") : value);
    }
    json.end_object();
    return out;
}

void write_binding_limits(JsonWriter& json, const KeyRecord& record) {
    json.begin_array();
    write_limits(json, "key", record.hash, record.limits);
    if (record.user) write_limits(json, "user", record.user_id, record.user->limits);
    if (record.team) write_limits(json, "team", record.team_id, record.team->limits);
    if (record.member) write_limits(json, "team_member", record.user_id, record.member->limits);
    if (record.project) write_limits(json, "project", record.project_id, record.project->limits);
    if (record.organization)
        write_limits(json, "organization", record.organization->id, record.organization->limits);
    if (record.organization_member)
        write_limits(json, "organization_member", record.user_id,
                     record.organization_member->limits);
    json.end_array();
}

}  // namespace tollweir
