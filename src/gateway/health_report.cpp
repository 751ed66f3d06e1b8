#include "tollweir/gateway/health_report.hpp"

#include <functional>
#include <set>
#include <string>

#include "tollweir/core/json.hpp"
#include "tollweir/core/url_query.hpp"
#include "tollweir/gateway/health_checker.hpp"
#include "tollweir/gateway/model_info.hpp"
#include "tollweir/gateway/respond.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/net/wake.hpp"

namespace tollweir {

namespace {

/// What of the deployments a request asks for, and may.
class Wanted {
public:
    explicit Wanted(const RequestContext& context)
        : group_(query_value(context.client->head().query, "model")),
          id_(query_value(context.client->head().query, "model_id")),
          sees_all_(context.identity.key == nullptr) {
        if (sees_all_) return;
        for (const auto* one : deployments_for(*context.snapshot, context.identity))
            usable_.insert(one->id);
    }

    bool holds(const Deployment& deployment) const {
        return can_probe(deployment) && (group_.empty() || deployment.group == group_) &&
               (id_.empty() || deployment.id == id_) &&
               (sees_all_ || usable_.contains(deployment.id));
    }

private:
    std::string group_;
    std::string id_;
    bool sees_all_;
    std::set<std::string, std::less<>> usable_;  // ids: a round may be of an older snapshot
};

/// `litellm_params` without secrets, or only the model; ours go in before the closing brace.
std::string entry_of(const ProbeRound::Probe& probe, bool has_details) {
    const auto& deployment = *probe.deployment;
    std::string entry = "{\"model\":";
    if (has_details) {
        entry = deployment.params_json;
        entry.pop_back();
    } else {
        append_json_string(entry, deployment.model_string);
    }
    if (entry.size() > 1) entry += ',';
    entry += "\"model_id\":";
    append_json_string(entry, deployment.id);
    if (!probe.error.empty()) {
        entry += ",\"error\":";
        append_json_string(entry, probe.error);
    }
    return entry += '}';
}

std::string write_report(const RequestContext& context, const Wanted& wanted,
                         const ProbeRound& round) {
    const bool has_details = context.config().health.shows_details;
    std::string lists[2];  // healthy, unhealthy
    std::size_t counts[2] = {0, 0};
    for (const auto& probe : round.probes) {
        if (!wanted.holds(*probe.deployment)) continue;
        const std::size_t which = probe.error.empty() ? 0 : 1;
        if (counts[which]++ > 0) lists[which] += ',';
        lists[which] += entry_of(probe, has_details);
    }
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.key("healthy_endpoints").raw("[" + lists[0] + "]");
    json.key("unhealthy_endpoints").raw("[" + lists[1] + "]");
    json.key("healthy_count").number(counts[0]);
    json.key("unhealthy_count").number(counts[1]);
    json.end_object();
    return out;
}

/// Runs on although the client may not wait for its end.
net::Task<void> probe_and_wake(WorkerState& state, std::shared_ptr<ProbeRound> round,
                               std::shared_ptr<net::Wake> done) {
    co_await run_probes(state, std::move(round));
    done->wake();
}

}  // namespace

net::Task<Result<void>> report_health(RequestContext& context, const HealthChecker& checker) {
    if (context.identity.kind == Identity::Kind::anonymous)
        co_return co_await respond(context, 200, kJson, R"({"status":"healthy"})");
    const Wanted wanted(context);
    if (context.config().health.runs_in_background) {
        const auto last = checker.last_round();
        co_return co_await respond(context, 200, kJson,
                                   last ? write_report(context, wanted, *last) : std::string("{}"));
    }
    auto round = std::make_shared<ProbeRound>();
    round->snapshot = context.snapshot;
    for (const auto& deployment : round->snapshot->deployments())
        if (wanted.holds(deployment)) round->probes.push_back({&deployment, {}});
    auto done = std::make_shared<net::Wake>(context.state->worker.context());
    net::spawn(context.state->worker.context(), probe_and_wake(*context.state, round, done),
               [](const std::exception_ptr&) {});
    context.client->cancel_on_leave(done.get());
    const auto reason = co_await done->wait_until(kNever);
    context.client->cancel_on_leave(nullptr);
    if (reason != net::Wake::Reason::woken)
        co_return fail(ErrorKind::client_closed, "the client left");
    co_return co_await respond(context, 200, kJson, write_report(context, wanted, *round));
}

}  // namespace tollweir
