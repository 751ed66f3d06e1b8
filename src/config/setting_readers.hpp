#pragma once

#include "config/settings.hpp"
#include "tollweir/config/nearest.hpp"

namespace tollweir {

// A reader a subject: each reads what concerns it out of the sections, whichever hold it, and
// leaves what is wrong there in the findings.

DatabaseConfig read_database(const LoadContext& context);
AccessConfig read_access_rules(const LoadContext& context);
BudgetConfig read_budgets(const LoadContext& context);
/// After `data_dir` is known.
SpendConfig read_spend(const LoadContext& context, const std::string& data_dir);
KeyDefaults read_key_defaults(const LoadContext& context);
LimitsConfig read_limits(const LoadContext& context);
RouterConfig read_router(const LoadContext& context);
RedisConfig read_redis(const LoadContext& context);
CacheConfig read_cache(const LoadContext& context);
HealthConfig read_health(const LoadContext& context);
AlertingConfig read_alerting(const LoadContext& context);
CallbackConfig read_callbacks(const LoadContext& context);
MetricsConfig read_metrics(const LoadContext& context);
GuardrailConfig read_guardrails(const LoadContext& context);
PassThroughConfig read_pass_through(const LoadContext& context);
ProviderServices read_services(const LoadContext& context);
ProtocolConfig read_protocol(const LoadContext& context);
TokenAuthConfig read_token_auth(const LoadContext& context);
SecretManagerConfig read_secret_manager(const LoadContext& context);
SiteConfig read_site(const LoadContext& context);
People read_people(const LoadContext& context);

// Parts that several of them read.

/// Keys that begin with `s3_`, of a cache or a logger.
S3Config read_s3(const Section& params);
VertexAccess read_vertex(const Section& section);
/// An `allowed_fails_policy`.
ErrorCounts read_allowed_fails(const Section& policy);

/// A value that is there replaces the default.
template <class T>
void set_from(const std::optional<T>& value, T& field) {
    if (value) field = *value;
}

}  // namespace tollweir
