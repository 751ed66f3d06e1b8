#include "gateway/admin/keys/key_fields.hpp"

#include <algorithm>
#include <array>

#include "tollweir/auth/auth_error.hpp"
#include "tollweir/core/hash.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/key_record.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

constexpr std::size_t kMaxKey = 256;

constexpr std::array<std::string_view, 4> kKeyTypes{"default", "llm_api", "management",
                                                    "read_only"};
constexpr std::array<std::string_view, 3> kLimitTypes{"guaranteed_throughput",
                                                      "best_effort_throughput", "dynamic"};
constexpr std::array<std::string_view, 6> kMetadataLists{
    "tags", "guardrails", "policies", "prompts", "enforced_params", "allowed_passthrough_routes"};

std::string json_of(const std::vector<std::string>& texts) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& text : texts) json.string(text);
    json.end_array();
    return out;
}

std::string json_of(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

/// A number of dollars within an object, also in quotes.
bool is_amount(std::string_view value) {
    if (value.size() > 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    const auto amount = parse_dollars(value);
    return amount && *amount >= 0;
}

bool is_period(std::string_view value) {
    if (value.empty() || value == "null") return true;
    const auto text = decode_json_string(value);
    return text && (means_no_reset(*text) || parse_budget_duration(*text));
}

/// `{"budget_limit": 5, "time_period": "1d"}` in either of its spellings, or a bare amount.
bool is_model_budget(std::string_view value) {
    if (is_amount(value)) return true;
    const auto parts = json_members(value);
    if (!parts) return false;
    const auto is_count = [](std::string_view number) {
        return number.empty() || number == "null" || json_integer(number).value_or(-1) >= 0;
    };
    for (const auto* const name : {"budget_limit", "max_budget"}) {
        const auto amount = find_part(*parts, name);
        if (!amount.empty() && amount != "null" && !is_amount(amount)) return false;
    }
    return is_period(find_part(*parts, "time_period")) &&
           is_period(find_part(*parts, "budget_duration")) &&
           is_count(find_part(*parts, "tpm_limit")) && is_count(find_part(*parts, "rpm_limit"));
}

bool is_budget_window(std::string_view value) {
    const auto parts = json_members(value);
    if (!parts || !is_amount(find_part(*parts, "max_budget"))) return false;
    const auto period = decode_json_string(find_part(*parts, "budget_duration"));
    return period && parse_budget_duration(*period);
}

bool is_limit(std::string_view value) {
    const auto number = json_integer(value);
    return number && *number >= 0 && *number <= kMostTokenLimit;
}

bool is_text(std::string_view value) {
    return decode_json_string(value).has_value();
}

/// An object whose members must all pass.
Sent<std::string> checked_map(Fields& in, const char* name, bool (*is_good)(std::string_view),
                              const char* expected) {
    auto field = in.object(name);
    if (!field.value) return field;
    const auto members = json_members(*field.value).value_or(JsonParts());
    for (const auto& [member, value] : members)
        if (!is_good(value)) {
            in.refuse(name, "Invalid " + std::string(name) + ": '" + member.substr(0, 64) +
                                "' must be " + expected);
            break;
        }
    return field;
}

/// Reads the fields, each checked; the order is that of spec 2.1.
class Reader {
public:
    explicit Reader(Fields& fields) : in_(fields) {}

    KeyFields read() {
        read_names();
        read_models();
        read_limits();
        read_metadata();
        read_access();
        read_rotation();
        return std::move(out_);
    }

private:
    template <class T>
    void noted(const char* name, Sent<T>& into, Sent<T> field) {
        if (field.value) out_.names_given.emplace_back(name);
        into = std::move(field);
    }
    Sent<std::string> map(const char* name, bool (*is_good)(std::string_view),
                          const char* expected) {
        return checked_map(in_, name, is_good, expected);
    }
    void as_member(const char* name, bool sent, std::optional<std::string> json) {
        if (!sent) return;
        if (json) out_.names_given.emplace_back(name);
        out_.metadata_members.emplace_back(name, std::move(json).value_or("null"));
    }

    void read_names() {
        noted("key", out_.key, in_.text("key"));
        out_.new_key = in_.text("new_key");
        noted("key_alias", out_.key_alias, in_.text("key_alias"));
        noted("user_id", out_.user_id, in_.text("user_id"));
        noted("team_id", out_.team_id, in_.text("team_id"));
        noted("organization_id", out_.organization_id, in_.text("organization_id"));
        noted("project_id", out_.project_id, in_.text("project_id"));
        noted("agent_id", out_.agent_id, in_.text("agent_id"));
        const auto lifetime = in_.text("duration");
        if (lifetime.value == "-1")
            out_.duration.sent = true;
        else
            noted("duration", out_.duration, in_.duration("duration"));
        out_.grace_period = in_.duration("grace_period");
    }

    void read_models() {
        noted("models", out_.models, in_.texts("models"));
        noted("aliases", out_.aliases, map("aliases", is_text, "a text"));
        noted("config", out_.config, in_.object("config"));
        noted("model_max_budget", out_.model_max_budget, model_budgets(in_));
        for (const auto* const name : {"model_tpm_limit", "model_rpm_limit"}) {
            auto field = map(name, is_limit, "a whole number, not negative");
            as_member(name, field.sent, std::move(field.value));
        }
    }

    void read_limits() {
        noted("spend", out_.spend, in_.dollars("spend"));
        noted("max_budget", out_.max_budget, in_.dollars("max_budget"));
        noted("soft_budget", out_.soft_budget, in_.dollars("soft_budget"));
        noted("budget_duration", out_.budget_duration, in_.duration("budget_duration"));
        noted("budget_id", out_.budget_id, in_.text("budget_id"));
        if (out_.budget_id.value && out_.soft_budget.value)
            in_.refuse("soft_budget",
                       "soft_budget and budget_id exclude each other: a soft budget lies on a "
                       "budget row, and that one is shared");
        noted("budget_limits", out_.budget_limits, in_.array("budget_limits"));
        const std::string_view text =
            out_.budget_limits.value ? std::string_view(*out_.budget_limits.value) : "[]";
        const auto windows = json_elements(text);
        if (!windows || !std::ranges::all_of(*windows, is_budget_window))
            in_.refuse("budget_limits",
                       "Invalid budget_limits: each must have a max_budget (dollars, not "
                       "negative) and a budget_duration");
        noted("tpm_limit", out_.tpm_limit, in_.count("tpm_limit", kMostTokenLimit));
        noted("rpm_limit", out_.rpm_limit, in_.count("rpm_limit", kMostTokenLimit));
        noted("max_parallel_requests", out_.max_parallel_requests,
              in_.count("max_parallel_requests", kMostParallelRequests));
        for (const auto* const name : {"tpm_limit_type", "rpm_limit_type"}) {
            const auto field = in_.word(name, kLimitTypes);
            as_member(name, field.sent,
                      field.value ? std::optional(json_of(*field.value)) : std::nullopt);
        }
    }

    void read_metadata() {
        noted("metadata", out_.metadata, in_.object("metadata"));
        for (const auto name : kMetadataLists) {
            const auto field = in_.texts(name);
            as_member(name.data(), field.sent,
                      field.value ? std::optional(json_of(*field.value)) : std::nullopt);
        }
        const auto increase = in_.dollars("temp_budget_increase");
        const auto expiry = in_.time("temp_budget_expiry");
        if (increase.value && !expiry.value) in_.require("temp_budget_expiry");
        if (expiry.value && !increase.value) in_.require("temp_budget_increase");
        as_member("temp_budget_increase", increase.sent,
                  increase.value ? std::optional(dollars(*increase.value)) : std::nullopt);
        as_member("temp_budget_expiry", expiry.sent,
                  expiry.value ? std::optional(json_of(rfc3339(*expiry.value))) : std::nullopt);
    }

    void read_access() {
        noted("permissions", out_.permissions, in_.object("permissions"));
        noted("allowed_cache_controls", out_.allowed_cache_controls,
              in_.texts("allowed_cache_controls"));
        noted("allowed_routes", out_.allowed_routes, in_.texts("allowed_routes"));
        const auto type = in_.word("key_type", kKeyTypes);
        if (type.value && !out_.allowed_routes.value)
            out_.allowed_routes.set(routes_of(*type.value));
        out_.blocked = in_.boolean("blocked");
        out_.object_permission = in_.object("object_permission");
        noted("access_group_ids", out_.access_group_ids, in_.texts("access_group_ids"));
        noted("router_settings", out_.router_settings, in_.object("router_settings"));
    }

    static std::vector<std::string> routes_of(std::string_view type) {
        if (type == "llm_api") return {"llm_api_routes"};
        if (type == "management") return {"management_routes"};
        if (type == "read_only") return {"info_routes"};
        return {};
    }

    void read_rotation() {
        out_.auto_rotate = in_.boolean("auto_rotate");
        out_.rotation_interval = in_.duration("rotation_interval");
        if (in_.has("new_master_key"))
            in_.refuse("new_master_key",
                       "new_master_key is not supported: no credentials are stored that it could "
                       "seal anew");
    }

    Fields& in_;
    KeyFields out_;
};

}  // namespace

Sent<std::string> model_budgets(Fields& fields) {
    return checked_map(fields, "model_max_budget", is_model_budget,
                       "an object with budget_limit (dollars, not negative) and time_period");
}

Sent<std::string> model_limits(Fields& fields, const char* name) {
    return checked_map(fields, name, is_limit, "a whole number, not negative");
}

Result<KeyFields> parse_key_fields(Fields& fields) {
    auto read = Reader(fields).read();
    if (auto good = fields.checked(); !good) return std::unexpected(good.error());
    return read;
}

Result<void> check_key_text(std::string_view key) {
    const auto refuse = [](std::string message) {
        auto error = GatewayError(ErrorKind::bad_request, ErrorSource::client, std::move(message));
        error.param_json = "\"key\"";
        return std::unexpected(std::move(error));
    };
    if (!key.starts_with("sk-"))
        return refuse("Invalid key format. LiteLLM Virtual Key must start with 'sk-'. Received: " +
                      masked_id(key));
    const auto is_visible = [](char c) { return c > ' ' && c < 0x7f; };
    if (key.size() <= 3 || key.size() > kMaxKey || !std::ranges::all_of(key, is_visible))
        return refuse("Invalid key format. A key is 'sk-' and visible ASCII characters, " +
                      std::to_string(kMaxKey) + " at most.");
    return {};
}

std::string key_shown(std::string_view key_or_hash) {
    return key_or_hash.starts_with("sk-") ? shown_key(key_or_hash) : std::string(key_or_hash);
}

std::string token_of(std::string_view key_or_hash) {
    if (key_or_hash.starts_with("sk-")) return sha256_hex(key_or_hash);
    const auto digest = parse_digest(key_or_hash);
    return digest ? to_hex(*digest) : std::string(key_or_hash);
}

}  // namespace tollweir
