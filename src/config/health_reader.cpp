#include "config/setting_readers.hpp"

namespace tollweir {

HealthConfig read_health(const LoadContext& context) {
    using std::chrono::milliseconds;
    constexpr milliseconds kSecond{1000};
    constexpr milliseconds kShortest{1};
    const Section general = section_of(context, "general_settings");
    const Section router = section_of(context, "router_settings");
    const Section variables = variables_of(context);
    HealthConfig health;
    set_from(general.boolean("background_health_checks"), health.runs_in_background);
    set_from(general.duration("health_check_interval", kSecond), health.interval);
    set_from(variables.duration("HEALTH_CHECK_TIMEOUT_SECONDS", kShortest), health.timeout);
    set_from(variables.text("DEFAULT_HEALTH_CHECK_PROMPT"), health.prompt);
    set_from(general.integer("health_check_concurrency", 1, 10'000), health.concurrency);
    set_from(general.boolean("health_check_details"), health.shows_details);
    set_from(general.boolean("use_shared_health_check"), health.is_shared);
    set_from(variables.duration("DEFAULT_SHARED_HEALTH_CHECK_TTL", kSecond), health.shared_ttl);
    set_from(variables.duration("DEFAULT_SHARED_HEALTH_CHECK_LOCK_TTL", kSecond),
             health.shared_lock_ttl);
    // LiteLLM's documentation has these three in either section.
    for (const Section* section : {&general, &router}) {
        set_from(section->boolean("enable_health_check_routing"), health.steers_routing);
        const auto stale = section->duration("health_check_staleness_threshold", kShortest);
        if (stale) health.stale_after = stale;
        set_from(section->boolean("health_check_ignore_transient_errors"),
                 health.ignores_transient_errors);
    }
    set_from(section_of(context, "tollweir_settings").integer("unhealthy_threshold", 1, 1'000),
             health.unhealthy_threshold);
    return health;
}

}  // namespace tollweir
