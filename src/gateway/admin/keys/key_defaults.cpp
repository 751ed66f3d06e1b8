#include "gateway/admin/keys/key_defaults.hpp"

#include <algorithm>

namespace tollweir {
namespace {

template <class T>
void fill(Sent<T>& field, const std::optional<T>& value) {
    if (!field.value && value) field.set(*value);
}

std::string shown_count(std::int64_t value) {
    return std::to_string(value);
}
std::string shown_money(Picodollars value) {
    return dollars(value);
}
std::string shown_duration(const BudgetDuration& value) {
    return value.text;
}

bool is_above(std::int64_t value, std::int64_t most) {
    return value > most;
}
bool is_above_duration(const BudgetDuration& value, const BudgetDuration& most) {
    return add_exactly(WallTime(), value) > add_exactly(WallTime(), most);
}

/// One field against its bound. `open`: what has no value is more than any.
template <class T>
Result<void> hold(const char* name, Sent<T>& field, const std::optional<T>& most, Unsaid unsaid,
                  bool (*above)(T, T), std::string (*shown)(T)) {
    if (!most) return {};
    if (!field.value) {
        if (unsaid == Unsaid::becomes_the_most)
            field.set(*most);
        else if (field.sent)
            return fail(ErrorKind::bad_request,
                        std::string(name) +
                            " is over max limit set in config - user_value=None; max_value=" +
                            shown(*most));
        return {};
    }
    if (!above(*field.value, *most)) return {};
    return fail(ErrorKind::bad_request, std::string(name) +
                                            " is over max limit set in config - user_value=" +
                                            shown(*field.value) + "; max_value=" + shown(*most));
}

}  // namespace

void fill_defaults(const KeyParams& defaults, KeyFields& fields) {
    fill(fields.max_budget, defaults.max_budget);
    fill(fields.user_id, defaults.user_id);
    fill(fields.team_id, defaults.team_id);
    fill(fields.max_parallel_requests, defaults.max_parallel_requests);
    fill(fields.tpm_limit, defaults.tpm_limit);
    fill(fields.rpm_limit, defaults.rpm_limit);
    fill(fields.budget_duration, defaults.budget_duration);
    fill(fields.duration, defaults.duration);
    fill(fields.models, defaults.models);
    if (!fields.metadata.value && !defaults.metadata_json.empty())
        fields.metadata.set(defaults.metadata_json);
}

Result<void> hold_bounds(const KeyParams& bounds, Unsaid unsaid, KeyFields& fields) {
    const auto count = [&](const char* name, Sent<std::int64_t>& field,
                           const std::optional<std::int64_t>& most) {
        return hold<std::int64_t>(name, field, most, unsaid, is_above, shown_count);
    };
    const auto duration = [&](const char* name, Sent<BudgetDuration>& field,
                              const std::optional<BudgetDuration>& most) -> Result<void> {
        return hold<BudgetDuration>(
            name, field, most, unsaid,
            [](BudgetDuration value, BudgetDuration bound) {
                return is_above_duration(value, bound);
            },
            [](BudgetDuration value) { return shown_duration(value); });
    };
    auto good = hold<Picodollars>("max_budget", fields.max_budget, bounds.max_budget, unsaid,
                                  is_above, shown_money);
    if (good)
        good = count("max_parallel_requests", fields.max_parallel_requests,
                     bounds.max_parallel_requests);
    if (good) good = count("tpm_limit", fields.tpm_limit, bounds.tpm_limit);
    if (good) good = count("rpm_limit", fields.rpm_limit, bounds.rpm_limit);
    if (good) good = duration("budget_duration", fields.budget_duration, bounds.budget_duration);
    if (good) good = duration("duration", fields.duration, bounds.duration);
    return good;
}

Result<void> hold_required(const std::vector<std::string>& params, const KeyFields& fields) {
    for (const auto& param : params) {
        const bool is_member = std::ranges::any_of(
            fields.metadata_members,
            [&](const auto& member) { return member.first == param && member.second != "null"; });
        if (!is_member && std::ranges::find(fields.names_given, param) == fields.names_given.end())
            return fail(ErrorKind::bad_request, "Required param " + param + " not in data");
    }
    return {};
}

Result<void> check_alias_format(std::string_view alias) {
    constexpr std::size_t kLeast = 2;
    constexpr std::size_t kMost = 255;
    const auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const auto is_good = [&](char c) {
        return is_letter(c) || std::string_view("_-/.@").contains(c);
    };
    if (alias.size() >= kLeast && alias.size() <= kMost && is_letter(alias.front()) &&
        is_letter(alias.back()) && std::ranges::all_of(alias, is_good))
        return {};
    return fail(ErrorKind::bad_request,
                "Invalid key_alias: 2 to 255 letters, digits and _-/.@ are expected, with a letter "
                "or digit at both ends");
}

Result<void> hold_alias_format(const KeyDefaults& rules, const KeyFields& fields) {
    if (!rules.checks_alias_format || !fields.key_alias.value) return {};
    return check_alias_format(*fields.key_alias.value);
}

}  // namespace tollweir
