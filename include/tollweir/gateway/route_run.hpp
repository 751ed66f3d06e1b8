#pragma once

#include <boost/container/small_vector.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/config/snapshot.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/gateway/settlement.hpp"
#include "tollweir/net/task.hpp"
#include "tollweir/routing/fallbacks.hpp"
#include "tollweir/routing/retry_policy.hpp"

namespace tollweir {

/// An admitted request from its plan to its answer: tries deployments of its group until one
/// answers, then the groups it falls back on. Nothing is tried again once the first byte has
/// reached the client, but for a stream of plain text that goes on where it broke, in groups that
/// were opted in. The decisions are `routing`'s; here they are carried out.
class RouteRun {
public:
    RouteRun(RequestContext& context, Settlement& settlement, GroupMatch match,
             std::string_view called)
        : context_(context), settlement_(settlement), match_(std::move(match)), called_(called) {}

    /// Success: the client has its answer, or a stream that ended with an error event. Errors: what
    /// the first group's last try came to; `client_closed`.
    net::Task<Result<void>> run();

private:
    /// What the request itself says of retries and fallbacks.
    struct Wishes {
        RequestFallbacks fallbacks;
        std::optional<std::int64_t> num_retries;
        std::optional<std::int64_t> priority;
    };
    /// A deployment that is about to be called.
    struct Chosen {
        Leg* leg = nullptr;    // null: none, see `refusal`
        bool waits = false;    // a budget of the deployment must be asked for first
        bool is_full = false;  // no leg, since every slot of some deployment is taken
        GatewayError refusal{};
    };

    std::optional<Result<void>> try_enter_group();
    net::Task<Result<void>> enter_group();
    net::Task<Result<void>> serve();
    net::Task<Result<void>> fall_back(GatewayError first);
    std::optional<std::chrono::microseconds> hedge_delay() const;
    net::Task<Result<void>> run_hedged(Leg& first, TimePoint began,
                                       std::chrono::microseconds delay);
    Leg* open_second_leg();
    bool is_broken(const Result<void>& outcome) const;
    net::Task<Result<void>> go_on(GatewayError error);
    net::Task<Result<void>> go_on_in_group();
    Result<void> ask_for_rest(const FallbackTarget& target);
    net::Task<Chosen> wait_for_slot(Chosen chosen);
    net::Task<bool> pause(std::chrono::milliseconds time);

    void plan();
    void find_pinned();
    void pin(const Leg& leg);
    RoutedCall routed_call() const;
    Chosen choose();
    bool must_queue() const;
    std::int64_t priority() const;
    std::optional<GatewayError> testing_failure();
    Result<void> read_wishes();
    bool may_go_on(const GatewayError& error) const;
    TimePoint last_moment() const;
    std::optional<std::chrono::milliseconds> next_delay(const GatewayError& error);
    bool move_to(const FallbackTarget& target);
    Result<void> ask_group(const FallbackTarget& target);
    Result<void> change_body(const std::string& changes_json);
    void learn(Leg& leg, const Result<void>& outcome);
    FallbackSources sources() const;
    std::optional<std::int64_t> asked_retries() const;
    const ErrorCounts* keys_retry_policy() const;
    std::string_view team_id() const;
    bool was_visited(std::string_view group) const;
    bool has_fallbacks(ErrorKind kind) const;
    std::vector<FallbackTarget> targets_after(const GatewayError& error) const;

    RequestContext& context_;
    Settlement& settlement_;
    GroupMatch match_;
    std::string called_;
    boost::container::small_vector<const Deployment*, 4> tried_;  // in this group
    const Deployment* last_ = nullptr;                            // that was tried
    /// Who may be pinned to a deployment of the group, the nearest first, and for how long.
    struct Affinity {
        AffinityId who;
        std::chrono::milliseconds life;
    };
    boost::container::small_vector<Affinity, 3> affinities_;
    AffinityId pinned_ = 0;
    std::int64_t attempts_ = 0;  // of the request
    std::int64_t retries_ = 0;   // in this group
    bool is_final_ = false;      // the error is the caller's or the gateway's own
    Wishes wishes_;
    bool says_something_ = false;       // the body has a member that only the router reads
    std::string_view sent_body_;        // as the client sent it
    std::string changed_body_;          // of a fallback that changes it
    std::vector<std::string> visited_;  // groups and deployments, once the first has failed
};

}  // namespace tollweir
