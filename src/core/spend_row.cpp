#include "tollweir/core/spend_row.hpp"

#include "tollweir/core/json.hpp"

namespace tollweir {

namespace {

/// Writes members of an object and leaves out what is empty.
class LeanObject {
public:
    explicit LeanObject(JsonWriter& json) : json_(json) { json_.begin_object(); }
    LeanObject(const LeanObject&) = delete;
    LeanObject& operator=(const LeanObject&) = delete;
    ~LeanObject() { json_.end_object(); }

    void text(std::string_view name, std::string_view value) {
        if (!value.empty()) json_.key(name).string(value);
    }
    void json(std::string_view name, std::string_view value) {
        if (!value.empty() && is_valid_json(value)) json_.key(name).raw(value);
    }
    void count(std::string_view name, std::uint64_t value) {
        if (value != 0) json_.key(name).number(value);
    }
    void money(std::string_view name, Picodollars amount) {
        if (amount != 0) json_.key(name).raw(dollars(amount));
    }
    void flag(std::string_view name, bool value) {
        if (value) json_.key(name).boolean(true);
    }
    void texts(std::string_view name, const std::vector<std::string_view>& values) {
        if (values.empty()) return;
        json_.key(name).begin_array();
        for (const auto value : values) json_.string(value);
        json_.end_array();
    }

private:
    JsonWriter& json_;
};

void write_error(const SpendError& error, JsonWriter& json) {
    if (error == SpendError{}) return;
    json.key("error_information");
    LeanObject object(json);
    object.text("error_code", error.code);
    object.text("error_class", error.class_name);
    object.text("error_message", error.message);
    object.text("llm_provider", error.provider);
}

void write_usage(const Usage& usage, JsonWriter& json) {
    if (usage == Usage{}) return;
    json.key("usage_object");
    LeanObject object(json);
    object.count("prompt_tokens", usage.prompt_tokens);
    object.count("completion_tokens", usage.completion_tokens);
    object.count("total_tokens", usage.total_tokens);
    if ((usage.cached_tokens | usage.audio_prompt_tokens | usage.cache_write_tokens) != 0) {
        json.key("prompt_tokens_details");
        LeanObject details(json);
        details.count("cached_tokens", usage.cached_tokens);
        details.count("cache_creation_tokens", usage.cache_write_tokens);
        details.count("audio_tokens", usage.audio_prompt_tokens);
    }
    if ((usage.reasoning_tokens | usage.audio_completion_tokens) != 0) {
        json.key("completion_tokens_details");
        LeanObject details(json);
        details.count("reasoning_tokens", usage.reasoning_tokens);
        details.count("audio_tokens", usage.audio_completion_tokens);
    }
}

void write_breakdown(const SpendRow& row, JsonWriter& json) {
    if (row.breakdown == SpendBreakdown{}) return;
    json.key("cost_breakdown");
    LeanObject object(json);
    object.money("input_cost", row.breakdown.input);
    object.money("output_cost", row.breakdown.output);
    object.money("tool_usage_cost", row.breakdown.tools);
    object.money("discount_amount", row.breakdown.discount);
    object.money("margin_total_amount", row.breakdown.margin);
    object.money("total_cost", row.cost);
}

}  // namespace

void SpendRow::clear() {
    SpendRow empty;
    empty.tags.swap(tags);
    empty.scopes.swap(scopes);
    empty.applied_guardrails.swap(applied_guardrails);
    empty.batch_models.swap(batch_models);
    empty.tags.clear();
    empty.scopes.clear();
    empty.applied_guardrails.clear();
    empty.batch_models.clear();
    *this = std::move(empty);
}

SpendRow without_foreign_texts(const SpendRow& row) {
    SpendRow bare;
    bare.record_id = row.record_id;
    bare.call_type = row.call_type;
    bare.endpoint = row.endpoint;
    bare.key_hash = row.key_hash;
    bare.user_id = row.user_id;
    bare.team_id = row.team_id;
    bare.organization_id = row.organization_id;
    bare.project_id = row.project_id;
    bare.cost = row.cost;
    bare.breakdown = row.breakdown;
    bare.usage = row.usage;
    bare.scopes = row.scopes;
    bare.start = row.start;
    bare.end = row.end;
    bare.first_token = row.first_token;
    bare.model_id = row.model_id;
    bare.provider = row.provider;
    bare.cache_hit = row.cache_hit;
    bare.status = row.status;
    bare.estimated = row.estimated;
    bare.interrupted = row.interrupted;
    return bare;
}

void append_spend_metadata(const SpendRow& row, std::string& out) {
    JsonWriter json(out);
    LeanObject object(json);
    object.text("user_api_key", row.key_hash);
    object.text("user_api_key_alias", row.key_alias);
    object.text("user_api_key_user_id", row.user_id);
    object.text("user_api_key_team_id", row.team_id);
    object.text("user_api_key_team_alias", row.team_alias);
    object.text("user_api_key_org_id", row.organization_id);
    object.text("user_api_key_project_id", row.project_id);
    object.text("user_api_key_project_alias", row.project_alias);
    object.text("requester_ip_address", row.requester_ip);
    object.json("spend_logs_metadata", row.client_metadata_json);
    object.texts("applied_guardrails", row.applied_guardrails);
    object.json("guardrail_information", row.guardrails_json);
    object.text("status", row.status == SpendStatus::success ? "success" : "failure");
    write_error(row.error, json);
    write_usage(row.usage, json);
    object.json("additional_usage_values", row.extra_usage_json);
    write_breakdown(row, json);
    object.texts("batch_models", row.batch_models);
    if (row.overhead_us)
        json.key("litellm_overhead_time_ms").number(static_cast<double>(*row.overhead_us) / 1000.0);
    object.count("attempted_retries", row.retries);
    object.count("max_retries", row.max_retries);
    object.flag("tollweir_estimated", row.estimated);
    object.flag("tollweir_interrupted", row.interrupted);
}

}  // namespace tollweir
