#include <array>

#include "config/setting_readers.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 3> kCounted = {"total", "input", "output"};
constexpr std::array<std::string_view, 3> kOnFailure = {"local", "allow", "deny"};
constexpr std::array<std::string_view, 3> kUnits = {"percent", "rpm", "tpm"};

/// `{high: 0.9}`, or newer `{high: {type: rpm, value: 100}}`.
std::vector<PriorityShare> read_priorities(const Section& reservation) {
    constexpr double kMost = 1e12;
    std::vector<PriorityShare> shares;
    for (const auto& entry : reservation.entries()) {
        PriorityShare share;
        share.priority = entry.key;
        if (entry.value.kind == Node::Kind::map) {
            const Section fields = reservation.entry(entry.key);
            set_from(fields.choice<PriorityShare::Unit>("type", kUnits), share.unit);
            const auto value = fields.number("value", 0, kMost);
            if (!value && fields.find("value") == nullptr)
                fields.error("value", "is missing: the share of this priority");
            share.value = value.value_or(0);
        } else {
            const auto value = reservation.number(entry.key, 0, kMost);
            if (!value) continue;
            share.value = *value;
        }
        shares.push_back(std::move(share));
    }
    return shares;
}

void read_priority_settings(const Section& settings, LimitsConfig& limits) {
    set_from(settings.number("default_priority", 0, 1), limits.default_priority_share);
    set_from(settings.number("saturation_threshold", 0, 1), limits.saturation_threshold);
    set_from(settings.duration("saturation_check_cache_ttl", milliseconds(0)),
             limits.saturation_cache_ttl);
}

}  // namespace

LimitsConfig read_limits(const LoadContext& context) {
    const Section general = section_of(context, "general_settings");
    const Section litellm = section_of(context, "litellm_settings");
    const Section ours = section_of(context, "tollweir_settings");
    LimitsConfig limits;
    limits.rpm = general.limit("rpm_limit");
    limits.tpm = general.limit("tpm_limit");
    limits.max_parallel_requests = general.limit("global_max_parallel_requests");
    limits.key_max_parallel_requests = general.limit("max_parallel_requests");
    set_from(general.choice<CountedTokens>("token_rate_limit_type", kCounted),
             limits.counted_tokens);
    limits.retries_on_parallel_limit =
        !general.boolean("disable_retry_on_max_parallel_request_limit_error").value_or(false);
    set_from(ours.section("limits").choice<OnCounterFailure>("on_failure", kOnFailure),
             limits.on_failure);
    limits.priorities = read_priorities(litellm.section("priority_reservation"));
    read_priority_settings(litellm.section("priority_reservation_settings"), limits);
    const Section variables = variables_of(context);
    if (const auto window = variables.integer("LITELLM_RATE_LIMIT_WINDOW_SIZE", 1, 86'400))
        limits.window = std::chrono::seconds(*window);
    set_from(variables.limit("DYNAMIC_RATE_LIMIT_ERROR_THRESHOLD_PER_MINUTE"),
             limits.dynamic_error_threshold);
    return limits;
}

}  // namespace tollweir
