#include "tollweir/gateway/explain.hpp"

#include <algorithm>
#include <mutex>

#include "tollweir/auth/permissions.hpp"
#include "tollweir/core/budget_cell.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/strategy_names.hpp"
#include "tollweir/core/url_query.hpp"
#include "tollweir/gateway/respond.hpp"
#include "tollweir/gateway/usage_estimate.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/limits/limiter.hpp"
#include "tollweir/providers/provider.hpp"
#include "tollweir/routing/fallbacks.hpp"
#include "tollweir/routing/router.hpp"
#include "tollweir/storage/key_lookup.hpp"
#include "tollweir/storage/store_pool.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kKinds[] = {"requests", "tokens", "max_parallel_requests", "budget"};

/// One request on its way to words.
class Explanation {
public:
    Explanation(const Snapshot& snapshot, const ExplainedCall& call)
        : snapshot_(snapshot), call_(call), json_(out_) {}

    Result<std::string> write(std::string_view body, std::minstd_rand& random) {
        if (auto scanned = openai_front().scan(Endpoint::chat_completions, body, view_); !scanned)
            return std::unexpected(scanned.error());
        auto fallbacks = read_request_fallbacks(view_.object);
        if (!fallbacks) return std::unexpected(fallbacks.error());
        request_ = std::move(*fallbacks);
        std::string_view called = view_.model;
        if (call_.key != nullptr) called = rewrite_model(*call_.key, called);
        const std::string_view team =
            call_.key != nullptr ? call_.key->team_id : std::string_view();
        auto match = snapshot_.find_group(called, team);
        if (!match)
            return fail(ErrorKind::bad_request, "no model group or deployment is called '" +
                                                    view_.model.substr(0, 200) + "'");
        match_ = std::move(*match);
        plan(called, random);
        write_all();
        return std::move(out_);
    }

private:
    void plan(std::string_view called, std::minstd_rand& random) {
        const auto& group = *match_.group;
        const auto& first = match_.only != nullptr ? *match_.only : *group.deployments.front();
        prompt_ =
            estimate_prompt_tokens(view_, *group.prompts, token_counter_for(first, first.model))
                .tokens;
        answer_ = group.bound->likely(asked_completion_tokens(view_, &first));
        RoutedCall routed;
        routed.stream = view_.stream;
        if (call_.key != nullptr) routed.team_id = call_.key->team_id;
        routed.prompt_tokens = prompt_;
        routed.body = &view_.object;
        routed.now = call_.now;
        routed.minute = minute_of(call_.wall);
        routed.second = second_of_minute(call_.wall);
        routed.has_fallbacks = !after(ErrorKind::rate_limited).empty();
        tags_ = tags();
        routed.tags = tags_;
        make_plan(match_, called, routed, snapshot_.config().router, random, plan_);
        if (plan_.candidates.empty()) refusal_ = no_candidate(plan_, routed);
    }

    std::vector<std::string> tags() const {
        std::vector<std::string> tags;
        if (const auto* member = view_.object.find("tags")) tags = json_texts(member->value);
        if (call_.key != nullptr)
            for (const auto& tag : call_.key->metadata.tags) tags.push_back(tag);
        return tags;
    }

    std::vector<FallbackTarget> after(ErrorKind kind) const {
        const auto sources =
            fallback_sources(request_, call_.key, snapshot_.config().router.fallbacks);
        return fallbacks_for(sources, match_.group->name, kind);
    }

    void write_all() {
        const auto& router = snapshot_.config().router;
        json_.begin_object();
        json_.key("model").string(view_.model);
        json_.key("group").string(match_.group->name);
        json_.key("strategy").string(name_of(match_.group->strategy.strategy));
        json_.key("prompt_tokens").number(prompt_).key("completion_tokens").number(answer_);
        json_.key("deployments").begin_array();
        std::size_t place = 0;
        for (const auto& candidate : plan_.candidates) {
            begin_deployment(*candidate.deployment);
            json_.key("place").number(++place).key("excluded").null();
            end_deployment(*candidate.deployment, candidate.model);
        }
        for (const auto& [deployment, why] : plan_.excluded) {
            begin_deployment(*deployment);
            json_.key("place").null().key("excluded").string(name_of(why));
            end_deployment(*deployment, deployment->model);
        }
        json_.end_array();
        json_.key("refusal");
        refusal_ ? json_.string(refusal_->message) : json_.null();
        json_.key("num_retries").number(router.retries.num_retries);
        write_targets("fallbacks", ErrorKind::internal);
        write_targets("context_window_fallbacks", ErrorKind::context_window_exceeded);
        write_targets("content_policy_fallbacks", ErrorKind::content_policy_violation);
        write_limits();
        json_.end_object();
    }

    void begin_deployment(const Deployment& deployment) {
        json_.begin_object().key("model_id").string(deployment.id);
        json_.key("model").string(deployment.model_string);
        json_.key("provider").string(deployment.provider->name());
        json_.key("api_base").string(deployment.api_base);
        json_.key("order").number(deployment.order);
    }

    void end_deployment(const Deployment& deployment, const std::string& model) {
        const auto& health = *deployment.health;
        json_.key("in_flight").number(health.in_flight.load(std::memory_order_relaxed));
        json_.key("cooldown_seconds");
        if (const auto ends = health.cooldown.ends(call_.now))
            json_.number(std::chrono::ceil<std::chrono::seconds>(*ends - call_.now).count());
        else
            json_.null();
        json_.key("likely_cost");
        const auto* price = snapshot_.price_for(deployment, model);
        if (price == nullptr) {
            json_.null();
        } else {
            const auto cost = charge(likely_cost(*price, prompt_, answer_), deployment.cost_terms);
            std::string dollars;
            append_dollars(dollars, cost.total);
            json_.raw(dollars);
        }
        json_.end_object();
    }

    void write_targets(std::string_view name, ErrorKind kind) {
        json_.key(name).begin_array();
        for (const auto& target : after(kind)) json_.string(target.name);
        json_.end_array();
    }

    /// Of the caller, of the gateway, and of the deployment that comes first.
    void write_limits() {
        json_.key("limits").begin_array();
        if (call_.key != nullptr && call_.key->cells) {
            write_set(&call_.key->cells->every);
            write_set(call_.key->cells->find_model(match_.group->name));
        }
        write_set(call_.gateway);
        if (!plan_.candidates.empty()) write_set(plan_.candidates.front().deployment->cells.get());
        json_.end_array();
    }

    void write_set(const CellSet* set) {
        if (set == nullptr) return;
        for (const auto& cell : set->cells) {
            json_.begin_object().key("scope").string(cell->key());
            json_.key("kind").string(kKinds[static_cast<std::size_t>(cell->kind())]);
            write_cell(*cell);
            json_.end_object();
        }
    }

    void write_cell(const LimitCell& cell) {
        if (cell.kind() == LimitKind::budget) {
            const auto state = static_cast<const BudgetCell&>(cell).state(call_.now);
            write_dollars("limit", state.cap);
            write_dollars("used", state.spent);
            write_dollars("reserved", state.reserved);
            return;
        }
        std::int64_t limit = 0;
        std::int64_t used = 0;
        {
            const std::lock_guard held(cell.bit);
            if (cell.kind() == LimitKind::slots) {
                const auto& slots = static_cast<const SlotCell&>(cell);
                limit = slots.limit;
                used = slots.used;
            } else {
                const auto& rate = static_cast<const RateCell&>(cell);
                limit = rate.limit();
                used = rate.used();
            }
        }
        json_.key("limit").number(limit).key("used").number(used);
    }

    void write_dollars(std::string_view name, Picodollars amount) {
        json_.key(name);
        if (amount == kNoCap) {
            json_.null();
            return;
        }
        std::string dollars;
        append_dollars(dollars, amount);
        json_.raw(dollars);
    }

    const Snapshot& snapshot_;
    const ExplainedCall& call_;
    std::string out_;
    JsonWriter json_;
    ChatView view_;
    RequestFallbacks request_;
    GroupMatch match_;
    std::uint64_t prompt_ = 0;
    std::uint64_t answer_ = 0;
    std::vector<std::string> tags_;
    Plan plan_;
    std::optional<GatewayError> refusal_;
};

std::optional<Sha256Digest> digest_of(const std::string& key) {
    return key.starts_with("sk-") ? std::optional(sha256(key)) : parse_digest(key);
}

/// The key as a request would have it, with its limits.
net::Task<Result<std::unique_ptr<KeyRecord>>> load_key(RequestContext& context,
                                                       const std::string& key) {
    const auto digest = digest_of(key);
    if (!digest)
        co_return fail(ErrorKind::bad_request, "'key' is neither a virtual key nor its hash");
    auto& state = *context.state;
    if (state.store == nullptr || state.limiter == nullptr)
        co_return fail(ErrorKind::not_found, "there are no virtual keys");
    net::CancelSlot slot;
    context.client->cancel_on_leave(&slot);
    auto found = co_await state.store->run(
        state.worker, slot, StoreLane::lookup, [digest = *digest](Sql& sql) {
            return find_keys(sql, std::span(&digest, 1), WallClock::now());
        });
    context.client->cancel_on_leave(nullptr);
    if (!found) co_return std::unexpected(std::move(found.error()));
    if (found->empty() || !found->front().record)
        co_return fail(ErrorKind::not_found, "there is no such key");
    auto record = std::move(found->front().record);
    state.limiter->bind(*record);
    co_return record;
}

}  // namespace

Result<std::string> explain_route(const Snapshot& snapshot, std::string_view body,
                                  const ExplainedCall& call, std::minstd_rand& random) {
    return Explanation(snapshot, call).write(body, random);
}

net::Task<Result<void>> explain_request(RequestContext& context) {
    const auto body = co_await context.client->read_body(context.config().server.max_body_bytes);
    if (!body) co_return std::unexpected(body.error());
    ExplainedCall call;
    std::unique_ptr<KeyRecord> key;
    if (const auto asked = query_value(context.client->head().query, "key"); !asked.empty()) {
        auto loaded = co_await load_key(context, asked);
        if (!loaded) co_return std::unexpected(std::move(loaded.error()));
        key = std::move(*loaded);
        call.key = key.get();
    }
    if (context.state->limiter != nullptr) call.gateway = context.state->limiter->of_gateway();
    call.now = Clock::now();
    call.wall = WallClock::now();
    const auto told = explain_route(*context.snapshot, *body, call, context.state->random);
    if (!told) co_return std::unexpected(told.error());
    co_return co_await respond(context, 200, kJson, *told);
}

}  // namespace tollweir
