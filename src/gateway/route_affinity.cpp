// Of RouteRun: requests that stay with the deployment that served before.

#include "tollweir/gateway/call_notes.hpp"
#include "tollweir/gateway/route_run.hpp"
#include "tollweir/gateway/worker_state.hpp"

namespace tollweir {

/// Who has a deployment of the group that served before: the conversation, the prompt, the caller;
/// `optional_pre_call_checks`.
void RouteRun::find_pinned() {
    const auto& router = context_.config().router;
    const auto& group = match_.group->name;
    const auto& key = context_.identity.key;
    const auto caller = key ? std::string_view(key->hash)
                            : (context_.identity.is_master() ? kMasterKeyName : std::string_view());
    affinities_.clear();
    pinned_ = 0;
    if (router.has_check(PreCallCheck::session_affinity)) {
        take_call_notes(context_);
        if (const auto& session = context_.notes.trace; !session.empty())
            affinities_.push_back({affinity_of("session", group, session), router.affinity_ttl});
    }
    if (router.has_check(PreCallCheck::prompt_caching) &&
        context_.estimate.prompt.tokens >= kLeastCachedTokens) {
        if (const auto beginning = cached_beginning(context_.view.object); !beginning.empty())
            affinities_.push_back({affinity_of("prompt", group, beginning),
                                   std::chrono::milliseconds(kPromptCacheLife)});
    }
    if (router.has_check(PreCallCheck::deployment_affinity) && !caller.empty())
        affinities_.push_back({affinity_of("caller", group, caller), router.affinity_ttl});
    const auto now = Clock::now();
    for (const auto& affinity : affinities_)
        if (pinned_ == 0) pinned_ = context_.state->affinity->find(affinity.who, now);
}

/// The deployment is asked first next time. Told before it answers: the next request may come with
/// the last byte of the answer.
void RouteRun::pin(const Leg& leg) {
    const auto now = Clock::now();
    const auto served = affinity_of_deployment(leg.deployment->id);
    for (const auto& affinity : affinities_)
        context_.state->affinity->pin(affinity.who, served, after(now, affinity.life));
}

}  // namespace tollweir
