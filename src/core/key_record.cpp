#include "tollweir/core/key_record.hpp"

#include <algorithm>
#include <array>

#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

constexpr std::array<std::string_view, 7> kRoles{
    "proxy_admin",   "proxy_admin_viewer",   "org_admin",
    "internal_user", "internal_user_viewer", "team",
    "customer"};

/// A decimal number, also one in quotes, as forms send it.
std::optional<Picodollars> read_dollars(std::string_view value) {
    if (value.size() > 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    return parse_dollars(value);
}

std::string read_text(std::string_view value) {
    return decode_json_string(value).value_or("");
}

ModelTerms& terms_of(std::vector<ModelTerms>& terms, const std::string& model) {
    const auto found = std::ranges::find(terms, model, &ModelTerms::model);
    if (found != terms.end()) return *found;
    auto& added = terms.emplace_back();
    added.model = model;
    return added;
}

void add_numbers(std::vector<ModelTerms>& terms, std::string_view json,
                 std::optional<std::int64_t> ModelTerms::* field) {
    for (const auto& [model, value] : json_members(json).value_or(JsonParts()))
        if (const auto number = json_integer(value); number && *number >= 0)
            terms_of(terms, model).*field = number;
}

/// `{"budget_limit": 5, "time_period": "1d"}` or `{"max_budget": 5, "budget_duration": "1d"}`.
void add_budget(ModelTerms& terms, std::string_view json) {
    if (const auto plain = read_dollars(json)) {
        terms.max_budget = plain;
        return;
    }
    const auto parts = json_members(json).value_or(JsonParts());
    const auto first_of = [&parts](std::string_view name, std::string_view other) {
        const auto value = find_part(parts, name);
        return value.empty() ? find_part(parts, other) : value;
    };
    terms.max_budget = read_dollars(first_of("budget_limit", "max_budget"));
    terms.budget_duration = read_text(first_of("time_period", "budget_duration"));
    if (const auto rpm = json_integer(find_part(parts, "rpm_limit"))) terms.rpm_limit = rpm;
    if (const auto tpm = json_integer(find_part(parts, "tpm_limit"))) terms.tpm_limit = tpm;
}

}  // namespace

UserRole parse_user_role(std::string_view word) {
    const auto* const found = std::ranges::find(kRoles, word);
    if (found == kRoles.end()) return UserRole::internal_user;
    return static_cast<UserRole>(found - kRoles.begin());
}

std::string_view name_of(UserRole role) {
    return kRoles[static_cast<std::size_t>(role)];
}

const std::string* find_name(const NameMap& names, std::string_view name) {
    const auto found = std::ranges::find(
        names, name, [](const auto& pair) -> std::string_view { return pair.first; });
    return found == names.end() ? nullptr : &found->second;
}

AllowedModels::AllowedModels(std::vector<std::string> names) : names_(std::move(names)) {
    for (const auto& name : names_) {
        open_ = open_ || name == "*" || name == "all-proxy-models";
        team_ = team_ || name == "all-team-models";
        no_default_ = no_default_ || name == "no-default-models";
        patterns_ = patterns_ || name.contains('*');
    }
}

bool AllowedModels::holds(std::string_view name) const {
    return std::ranges::find(names_, name) != names_.end();
}

std::string shown_key(std::string_view key) {
    return "sk-..." + std::string(key.substr(key.size() - std::min<std::size_t>(4, key.size())));
}

NameMap parse_name_map(std::string_view json) {
    NameMap names;
    for (const auto& [name, value] : json_members(json).value_or(JsonParts()))
        if (auto text = decode_json_string(value)) names.emplace_back(name, std::move(*text));
    return names;
}

std::vector<ModelTerms> parse_model_terms(std::string_view max_budget_json,
                                          std::string_view rpm_json, std::string_view tpm_json) {
    std::vector<ModelTerms> terms;
    for (const auto& [model, value] : json_members(max_budget_json).value_or(JsonParts()))
        add_budget(terms_of(terms, model), value);
    add_numbers(terms, rpm_json, &ModelTerms::rpm_limit);
    add_numbers(terms, tpm_json, &ModelTerms::tpm_limit);
    return terms;
}

std::vector<BudgetWindow> parse_budget_windows(std::string_view json) {
    std::vector<BudgetWindow> windows;
    for (const auto item : json_elements(json).value_or(std::vector<std::string_view>())) {
        const auto parts = json_members(item).value_or(JsonParts());
        const auto cap = read_dollars(find_part(parts, "max_budget"));
        if (!cap) continue;
        windows.push_back({*cap, read_text(find_part(parts, "budget_duration")),
                           parse_rfc3339(read_text(find_part(parts, "reset_at")))});
    }
    return windows;
}

KeyMetadata parse_key_metadata(std::string_view json) {
    KeyMetadata metadata;
    const auto parts = json_members(json).value_or(JsonParts());
    metadata.tags = json_texts(find_part(parts, "tags"));
    metadata.enforced_params = json_texts(find_part(parts, "enforced_params"));
    metadata.allowed_tools = json_texts(find_part(parts, "allowed_tools"));
    metadata.temp_budget_increase = read_dollars(find_part(parts, "temp_budget_increase"));
    metadata.temp_budget_expiry = parse_rfc3339(read_text(find_part(parts, "temp_budget_expiry")));
    metadata.model_rpm_limit_json = find_part(parts, "model_rpm_limit");
    metadata.model_tpm_limit_json = find_part(parts, "model_tpm_limit");
    metadata.service_account = !find_part(parts, "service_account_id").empty();
    return metadata;
}

}  // namespace tollweir
