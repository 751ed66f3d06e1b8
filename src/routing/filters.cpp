#include "routing/filters.hpp"

#include <algorithm>

#include "routing/regions.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {
namespace {

// Deployments with this tag serve requests whose tags fit no other.
constexpr std::string_view kDefaultTag = "default";

/// Of the parameters that change what the answer is: the others are dropped without harm.
bool lacks_param(const Deployment& deployment, const RoutedCall& call) {
    constexpr std::string_view kTelling[] = {"response_format", "tools", "functions"};
    if (call.body == nullptr || deployment.drop_params) return false;
    std::vector<std::string_view> supported;
    for (const auto name : kTelling) {
        const auto* member = call.body->find(name);
        if (member == nullptr || member->type == JsonType::null) continue;
        const auto& allowed = deployment.allowed_openai_params;
        if (std::ranges::find(allowed, name) != allowed.end()) continue;
        if (supported.empty()) {
            const auto& provider = *deployment.provider;
            supported = provider.supported_params(call.endpoint,
                                                  provider.family(deployment, deployment.model));
        }
        if (std::ranges::find(supported, name) == supported.end()) return true;
    }
    return false;
}

bool has_tag(const std::vector<std::string>& tags, std::string_view tag) {
    return std::ranges::find(tags, tag) != tags.end();
}

}  // namespace

std::optional<std::int64_t> max_input_tokens(const Deployment& deployment) {
    if (deployment.policy.max_input_tokens) return deployment.policy.max_input_tokens;
    const auto* price = deployment.price.get();
    return price != nullptr ? price->max_input_tokens : std::nullopt;
}

bool can_go_on(const Deployment& deployment) {
    return deployment.price != nullptr &&
           (deployment.price->supports & bit_of(Capability::prefill)) != 0;
}

std::optional<Exclusion> check_caller(const Deployment& deployment, const RoutedCall& call) {
    const auto& policy = deployment.policy;
    if (!policy.team_id.empty() && policy.team_id != call.team_id) return Exclusion::other_team;
    if (!call.region.empty() && !is_in_region(policy.region, call.region))
        return Exclusion::other_region;
    return std::nullopt;
}

std::optional<Exclusion> check_call(const Deployment& deployment, const RoutedCall& call) {
    const auto most = max_input_tokens(deployment);
    if (most && call.prompt_tokens > static_cast<std::uint64_t>(std::max<std::int64_t>(0, *most)))
        return Exclusion::context_window;
    if (lacks_param(deployment, call)) return Exclusion::unsupported;
    if (!has_rate_left(deployment, call)) return Exclusion::rate_limit;
    return std::nullopt;
}

bool has_rate_left(const Deployment& deployment, const RoutedCall& call) {
    const auto& health = *deployment.health;
    if (deployment.rpm > 0 &&
        health.requests.in(call.minute) + 1 > static_cast<std::uint64_t>(deployment.rpm))
        return false;
    return deployment.tpm <= 0 || health.tokens.in(call.minute) + call.prompt_tokens <=
                                      static_cast<std::uint64_t>(deployment.tpm);
}

bool is_unhealthy(const Deployment& deployment, const RouterConfig& config, TimePoint now) {
    if (!config.routes_by_health) return false;
    const auto& health = *deployment.health;
    if (!health.check_failed.load(std::memory_order_relaxed)) return false;
    const TimePoint checked{TimePoint::duration(health.checked_at.load(std::memory_order_relaxed))};
    return now < after(checked, config.health_staleness);
}

TagFit tag_fit(const Deployment& deployment, const RoutedCall& call, bool any) {
    const auto& tags = deployment.policy.tags;
    const auto is_its = [&tags](const std::string& tag) { return has_tag(tags, tag); };
    if (!call.tags.empty()) {
        const bool fits =
            any ? std::ranges::any_of(call.tags, is_its) : std::ranges::all_of(call.tags, is_its);
        if (fits) return TagFit::tags;
    }
    if (!deployment.policy.tag_patterns.empty() && !call.user_agent.empty()) {
        const auto subject = "User-Agent: " + std::string(call.user_agent);
        const auto fits = [&subject](const Pattern& pattern) { return pattern.is_in(subject); };
        if (std::ranges::any_of(deployment.policy.tag_patterns, fits)) return TagFit::pattern;
    }
    return has_tag(tags, kDefaultTag) ? TagFit::fallback : TagFit::none;
}

}  // namespace tollweir
