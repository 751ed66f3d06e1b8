#include "tollweir/routing/router.hpp"

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <limits>

#include "routing/filters.hpp"
#include "routing/strategies.hpp"

namespace tollweir {
namespace {

using Candidates = boost::container::small_vector<Ranked, 8>;

/// The candidates of a group, from all to those that are left; each step tells of whom it takes
/// out.
class Choice {
public:
    Choice(const GroupMatch& match, const RoutedCall& call, const RouterConfig& config, Plan& plan)
        : call_(call), config_(config), terms_(match.group->strategy), plan_(plan) {
        const auto& group = *match.group;
        const auto& weights = group.weights;
        for (std::size_t i = 0; i < group.deployments.size(); ++i) {
            const auto* deployment = group.deployments[i];
            if (match.only != nullptr && match.only != deployment) continue;
            left_.push_back({deployment, weights.empty() ? 0.0 : weights[i]});
        }
        has_weights_ = !weights.empty();
    }

    void filter(bool is_named) {
        exclude([this](const Deployment& d) { return check_caller(d, call_); });
        // A deployment that is asked for by its id is tried whatever its health.
        if (!is_named) filter_by_health();
        if (config_.pre_call_checks)
            exclude([this](const Deployment& d) { return check_call(d, call_); });
        if (config_.tag_filtering) filter_by_tags();
        if (call_.goes_on)
            exclude([](const Deployment& d) {
                return can_go_on(d) ? Why() : Why(Exclusion::cannot_go_on);
            });
        if (minds_rates(terms_.strategy))
            exclude([this](const Deployment& d) { return no_rate(d); });
        if (!call_.tried.empty()) unless_all([this](const Deployment& d) { return tried(d); });
        if (call_.pinned != 0) unless_all([this](const Deployment& d) { return elsewhere(d); });
        if (terms_.latency_threshold) unless_all([this](const Deployment& d) { return slow(d); });
        filter_by_order();
    }

    void order(std::minstd_rand& random) {
        if (left_.size() < 2) return;
        rank({left_.data(), left_.size()}, has_weights_, terms_, call_, random);
        const auto ordered = std::min(left_.size(), call_.depth);
        std::ranges::partial_sort(left_, left_.begin() + static_cast<std::ptrdiff_t>(ordered),
                                  [](const Ranked& a, const Ranked& b) {
                                      return a.rank != b.rank ? a.rank < b.rank : a.draw < b.draw;
                                  });
    }

    const Candidates& left() const { return left_; }

private:
    using Why = std::optional<Exclusion>;

    template <class Check>
    void exclude(Check check) {
        const auto out = std::remove_if(left_.begin(), left_.end(), [&](const Ranked& candidate) {
            const Why why = check(*candidate.deployment);
            if (why) plan_.excluded.push_back({candidate.deployment, *why});
            return why.has_value();
        });
        left_.erase(out, left_.end());
    }

    /// A preference rather than a rule: it holds only while it leaves somebody.
    template <class Check>
    void unless_all(Check check) {
        const auto is_out = [&](const Ranked& c) { return check(*c.deployment).has_value(); };
        if (!std::ranges::all_of(left_, is_out)) exclude(check);
    }

    void filter_by_health() {
        unless_all([this](const Deployment& d) {
            return is_unhealthy(d, config_, call_.now) ? Why(Exclusion::unhealthy) : Why();
        });
        const auto cooling = [this](const Deployment& d) {
            const auto state = d.health->cooldown.state(call_.now);
            return state == Cooldown::State::cooling || state == Cooldown::State::probing
                       ? Why(Exclusion::cooling)
                       : Why();
        };
        // With nowhere else to go trying is better than a certain error.
        call_.has_fallbacks ? exclude(cooling) : unless_all(cooling);
    }

    void filter_by_tags() {
        TagFit best = TagFit::none;
        for (const auto& candidate : left_)
            best = std::max(best, tag_fit(*candidate.deployment, call_, config_.tags_match_any));
        // Without tags: the default ones where there are any, else all.
        if (call_.tags.empty() && best == TagFit::none) return;
        exclude([&](const Deployment& d) {
            const auto fit = tag_fit(d, call_, config_.tags_match_any);
            return fit == TagFit::none || fit < best ? Why(Exclusion::other_tags) : Why();
        });
    }

    void filter_by_order() {
        auto first = std::numeric_limits<int>::max();
        const auto order_of = [](const Deployment& d) {
            return d.order == 0 ? std::numeric_limits<int>::max() : d.order;
        };
        for (const auto& candidate : left_)
            first = std::min(first, order_of(*candidate.deployment));
        if (first == std::numeric_limits<int>::max()) return;
        exclude([&](const Deployment& d) {
            return order_of(d) > first ? Why(Exclusion::later_order) : Why();
        });
    }

    Why no_rate(const Deployment& deployment) const {
        return has_rate_left(deployment, call_) ? Why() : Why(Exclusion::rate_limit);
    }
    Why tried(const Deployment& deployment) const {
        const auto& tried = call_.tried;
        return std::ranges::find(tried, &deployment) != tried.end() ? Why(Exclusion::tried) : Why();
    }
    Why elsewhere(const Deployment& deployment) const {
        return affinity_of_deployment(deployment.id) == call_.pinned ? Why()
                                                                     : Why(Exclusion::elsewhere);
    }
    Why slow(const Deployment& deployment) const {
        const auto took = deployment.health->duration.value(call_.now, terms_.latency_ttl);
        const auto most = std::chrono::duration<double>(*terms_.latency_threshold).count();
        return took && *took > most ? Why(Exclusion::slow) : Why();
    }

    const RoutedCall& call_;
    const RouterConfig& config_;
    const StrategyTerms& terms_;
    Plan& plan_;
    Candidates left_;
    bool has_weights_ = false;
};

std::chrono::seconds whole_seconds(TimePoint::duration span) {
    return std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(span));
}

std::size_t count(const Plan& plan, Exclusion why) {
    return static_cast<std::size_t>(std::ranges::count(plan.excluded, why, &Excluded::why));
}

/// When the first of those that cool may be asked again; those that are probed, soon.
std::chrono::seconds until_first_serves(const Plan& plan, TimePoint now) {
    auto soonest = kNever;
    for (const auto& [deployment, why] : plan.excluded)
        if (why == Exclusion::cooling)
            soonest = std::min(soonest, deployment->health->cooldown.ends(now).value_or(now));
    return whole_seconds(soonest - now);
}

}  // namespace

std::string_view name_of(Exclusion why) {
    switch (why) {
        case Exclusion::other_team:
            return "other_team";
        case Exclusion::unhealthy:
            return "unhealthy";
        case Exclusion::cooling:
            return "cooling";
        case Exclusion::context_window:
            return "context_window";
        case Exclusion::unsupported:
            return "unsupported";
        case Exclusion::other_region:
            return "other_region";
        case Exclusion::rate_limit:
            return "rate_limit";
        case Exclusion::other_tags:
            return "other_tags";
        case Exclusion::slow:
            return "slow";
        case Exclusion::cannot_go_on:
            return "cannot_go_on";
        case Exclusion::elsewhere:
            return "elsewhere";
        case Exclusion::later_order:
            return "later_order";
        case Exclusion::tried:
            return "tried";
    }
    return "";
}

void make_plan(const GroupMatch& match, std::string_view requested, const RoutedCall& call,
               const RouterConfig& config, std::minstd_rand& random, Plan& plan) {
    plan.candidates.clear();
    plan.excluded.clear();
    plan.group = match.group->name;
    Choice choice(match, call, config, plan);
    choice.filter(match.only != nullptr);
    choice.order(random);
    for (const auto& candidate : choice.left()) {
        auto& added = plan.candidates.emplace_back();
        added.deployment = candidate.deployment;
        if (plan.candidates.size() <= call.depth)
            added.model = upstream_model(*candidate.deployment, match.captures, requested);
    }
}

GatewayError no_candidate(const Plan& plan, const RoutedCall& call) {
    const auto group = std::string(plan.group);
    const auto total = plan.excluded.size();
    if (count(plan, Exclusion::other_team) == total)
        return {ErrorKind::permission_denied, ErrorSource::client,
                "the deployments of model '" + group + "' belong to another team"};
    if (count(plan, Exclusion::other_region) > 0 && count(plan, Exclusion::cooling) == 0)
        return {ErrorKind::bad_request, ErrorSource::client,
                "no deployment of model '" + group + "' is in the region '" +
                    std::string(call.region) + "', the only one allowed for this request"};
    if (count(plan, Exclusion::other_tags) > 0)
        return {ErrorKind::authentication, ErrorSource::client,
                "Not allowed to access model due to tags configuration: no deployment of '" +
                    group + "' has the tags of this request, and none is tagged `default`"};
    const auto too_long = count(plan, Exclusion::context_window);
    if (too_long > 0 && count(plan, Exclusion::cooling) == 0 &&
        count(plan, Exclusion::rate_limit) == 0)
        return {ErrorKind::context_window_exceeded, ErrorSource::gateway,
                "the prompt of some " + std::to_string(call.prompt_tokens) +
                    " tokens is too long for every deployment of model '" + group + "'"};
    if (count(plan, Exclusion::unsupported) > 0 && count(plan, Exclusion::cooling) == 0 &&
        count(plan, Exclusion::rate_limit) == 0)
        return {ErrorKind::unsupported_params, ErrorSource::gateway,
                "no deployment of model '" + group +
                    "' takes the parameters of this request; `drop_params: true` leaves out those "
                    "that a provider does not know"};
    const bool by_rate =
        count(plan, Exclusion::rate_limit) > 0 && count(plan, Exclusion::cooling) == 0;
    const auto wait =
        by_rate ? std::chrono::seconds(60 - call.second) : until_first_serves(plan, call.now);
    GatewayError error(ErrorKind::rate_limited, ErrorSource::gateway,
                       "No deployments available for selected model, Try again in " +
                           std::to_string(wait.count()) + " seconds. Passed model=" + group +
                           (by_rate ? ": their rpm or tpm are used up this minute"
                                    : ": all failed lately and are left out for a while"));
    error.retry_after = std::to_string(wait.count());
    return error;
}

}  // namespace tollweir
