#include "tollweir/gateway/health_report.hpp"

#include <boost/asio/co_spawn.hpp>
#include <charconv>
#include <memory>
#include <vector>

#include "tollweir/auth/permissions.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/url_query.hpp"
#include "tollweir/gateway/deployment_endpoint.hpp"
#include "tollweir/gateway/respond.hpp"
#include "tollweir/gateway/upstream_body.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/net/wake.hpp"
#include "tollweir/providers/provider.hpp"
#include "tollweir/upstream/deployment_call.hpp"

namespace tollweir {

namespace {

// As LiteLLM's HEALTH_CHECK_TIMEOUT_SECONDS; each probe has it to itself (spec/README.md, 13).
constexpr std::chrono::seconds kProbeTimeout{60};
constexpr std::size_t kProbesAtOnce = 10;
constexpr std::size_t kMaxProbeAnswer = 1024 * 1024;

std::string probe_body(Endpoint endpoint) {
    switch (endpoint) {
        case Endpoint::chat_completions:
            return R"({"messages":[{"role":"user","content":"test from litellm"}],"max_tokens":16})";
        case Endpoint::completions:
            return R"({"prompt":"test from litellm","max_tokens":16})";
        case Endpoint::embeddings:
        case Endpoint::moderations:
            return R"({"input":["test from litellm"]})";
    }
    return "{}";
}

/// One GET /health: shared by its probes, which may outlast a client that does not wait.
struct Round {
    struct Probe {
        const Deployment* deployment;
        std::string error;  // empty: healthy
    };

    explicit Round(WorkerState& its_state) : state(its_state), done(its_state.worker.context()) {}

    WorkerState& state;
    std::shared_ptr<const Snapshot> snapshot;
    std::vector<Probe> probes;
    std::size_t next = 0;
    std::size_t running = 0;
    net::Wake done;
};

/// `model_info.health_check_timeout` in seconds, else the general one.
std::chrono::milliseconds probe_timeout(const Deployment& deployment) {
    auto text = deployment.info_json;
    text.reserve(text.size() + kJsonPadding);
    ObjectView info;
    if (!info.scan(text)) return kProbeTimeout;
    const auto* given = info.find("health_check_timeout");
    double seconds = 0;
    if (given == nullptr || given->type != JsonType::number ||
        std::from_chars(given->value.data(), given->value.data() + given->value.size(), seconds)
                .ec != std::errc{} ||
        !(seconds > 0 && seconds < 1e6))
        return kProbeTimeout;
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

net::Task<Result<void>> probe(Round& round, const Deployment& deployment) {
    if (deployment.mock_response) co_return Result<void>{};
    const auto endpoint = endpoint_of(deployment);
    if (!deployment.provider->dialect(endpoint))
        co_return fail(ErrorKind::not_implemented,
                       "the provider is not built into this version yet", ErrorSource::gateway);
    auto text = probe_body(endpoint);
    text.reserve(text.size() + kJsonPadding);
    ChatView view;
    if (auto scanned = openai_front().scan(endpoint, text, view); !scanned) co_return scanned;
    UpstreamBody body;
    const UpstreamCall asked{endpoint, deployment.model, {}};
    if (auto built = body.build(view, deployment, asked, round.snapshot->config()); !built)
        co_return built;
    auto head = deployment.provider->head(deployment, asked);
    if (!head) co_return std::unexpected(head.error());
    net::CancelSlot slot;
    const auto deadline = Clock::now() + probe_timeout(deployment);
    if (const auto& recipe = deployment.token_recipe) {
        auto added = co_await round.state.tokens.authorize(*head, *recipe, deadline, slot);
        if (!added) co_return added;
    }
    DeploymentCall call(round.state.worker.upstreams(), slot, deployment.origin);
    if (auto sent = co_await call.send(*head, body.pieces(), deadline); !sent) co_return sent;
    if (auto read = co_await call.read_head(deadline); !read) co_return read;
    const auto status = call.head().status;
    const auto answer = co_await call.read_whole(kMaxProbeAnswer, deadline);
    if (!answer) co_return std::unexpected(answer.error());
    if (status / 100 != 2)
        co_return std::unexpected(deployment.provider->parse_error(status, *answer));
    co_return Result<void>{};
}

net::Task<void> probe_all(std::shared_ptr<Round> round) {
    while (round->next < round->probes.size()) {
        auto& mine = round->probes[round->next++];
        const auto outcome = co_await probe(*round, *mine.deployment);
        if (!outcome)
            mine.error = std::to_string(outcome.error().http_status()) + " " +
                         std::string(facts(outcome.error().kind).litellm_class) + ": " +
                         outcome.error().message;
    }
    if (--round->running == 0) round->done.wake();
}

void write_entries(JsonWriter& json, const Round& round, bool healthy) {
    json.begin_array();
    for (const auto& [deployment, error] : round.probes) {
        if (error.empty() != healthy) continue;
        // `params_json` is an object without secrets; ours goes in before its closing brace.
        std::string entry = deployment->params_json;
        entry.pop_back();
        if (entry.size() > 1) entry += ',';
        entry += "\"model_id\":";
        append_json_string(entry, deployment->id);
        if (!healthy) {
            entry += ",\"error\":";
            append_json_string(entry, error);
        }
        entry += '}';
        json.raw(entry);
    }
    json.end_array();
}

std::string write_report(const Round& round) {
    std::size_t healthy = 0;
    for (const auto& each : round.probes) healthy += each.error.empty() ? 1 : 0;
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("healthy_endpoints");
    write_entries(json, round, true);
    json.key("unhealthy_endpoints");
    write_entries(json, round, false);
    json.key("healthy_count").number(healthy);
    json.key("unhealthy_count").number(round.probes.size() - healthy);
    json.end_object();
    return out;
}

bool may_call(const RequestContext& context, const Deployment& deployment) {
    const auto& key = context.identity.key;
    if (!key) return true;
    const auto match = context.snapshot->find_group(deployment.group);
    return match &&
           permit_model(*key, {deployment.group, match->group->name, match->group->access_groups});
}

void choose_deployments(const RequestContext& context, Round& round) {
    const auto query = context.client->head().query;
    const auto group = query_value(query, "model");
    const auto id = query_value(query, "model_id");
    for (const auto& deployment : context.snapshot->deployments()) {
        if (deployment.wildcard) continue;  // no model to ask for
        if (!group.empty() && deployment.group != group) continue;
        if (!id.empty() && deployment.id != id) continue;
        if (may_call(context, deployment)) round.probes.push_back({&deployment, {}});
    }
}

}  // namespace

net::Task<Result<void>> report_health(RequestContext& context) {
    if (context.identity.kind == Identity::Kind::anonymous)
        co_return co_await respond(context, 200, kJson, R"({"status":"healthy"})");

    auto round = std::make_shared<Round>(*context.state);
    round->snapshot = context.snapshot;
    choose_deployments(context, *round);
    if (!round->probes.empty()) {
        round->running = std::min(kProbesAtOnce, round->probes.size());
        for (std::size_t i = round->running; i > 0; --i)
            boost::asio::co_spawn(context.state->worker.context(), probe_all(round),
                                  [](const std::exception_ptr&) {});
        context.client->cancel_on_leave(&round->done);
        const auto reason = co_await round->done.wait_until(kNever);
        context.client->cancel_on_leave(nullptr);
        if (reason != net::Wake::Reason::woken)
            co_return fail(ErrorKind::client_closed, "the client left");
    }
    co_return co_await respond(context, 200, kJson, write_report(*round));
}

}  // namespace tollweir
