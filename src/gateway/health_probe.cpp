#include "tollweir/gateway/health_probe.hpp"

#include <algorithm>

#include "tollweir/core/json.hpp"
#include "tollweir/gateway/deployment_endpoint.hpp"
#include "tollweir/gateway/upstream_body.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/net/wake.hpp"
#include "tollweir/providers/provider.hpp"
#include "tollweir/upstream/deployment_call.hpp"

namespace tollweir {
namespace {

constexpr std::size_t kMaxProbeAnswer = 1024 * 1024;

/// Shared by the probes of a round, since the last one to end may outlive the rest.
struct Running {
    Running(WorkerState& its_state, std::shared_ptr<ProbeRound> its_round)
        : state(its_state), round(std::move(its_round)), done(its_state.worker.context()) {}

    WorkerState& state;
    std::shared_ptr<ProbeRound> round;
    std::size_t next = 0;
    std::size_t count = 0;
    net::Wake done;
};

std::string probe_body(Endpoint endpoint, const std::string& prompt) {
    std::string text;
    append_json_string(text, prompt);
    switch (endpoint) {
        case Endpoint::chat_completions:
            return R"({"messages":[{"role":"user","content":)" + text + R"(}],"max_tokens":16})";
        case Endpoint::completions:
            return R"({"prompt":)" + text + R"(,"max_tokens":16})";
        case Endpoint::embeddings:
        case Endpoint::moderations:
            return R"({"input":[)" + text + "]}";
    }
    return "{}";
}

/// A pattern's own model stands for all that it may serve.
std::string model_of(const Deployment& deployment) {
    const auto& named = deployment.policy.health_check_model;
    if (named.empty()) return deployment.model;
    const auto slash = named.find('/');
    const bool has_provider =
        slash != std::string::npos && named.substr(0, slash) == deployment.provider->name();
    return has_provider ? named.substr(slash + 1) : named;
}

net::Task<Result<void>> probe(Running& running, const Deployment& deployment) {
    if (deployment.mock_response) co_return Result<void>{};
    const auto endpoint = endpoint_of(deployment);
    if (!deployment.provider->dialect(endpoint))
        co_return fail(ErrorKind::not_implemented,
                       "the provider is not built into this version yet", ErrorSource::gateway);
    const auto& config = running.round->snapshot->config();
    auto text = probe_body(endpoint, config.health.prompt);
    text.reserve(text.size() + kJsonPadding);
    ChatView view;
    if (auto scanned = openai_front().scan(endpoint, text, view); !scanned) co_return scanned;
    UpstreamBody body;
    const auto model = model_of(deployment);
    const UpstreamCall asked{endpoint, model, {}};
    if (auto built = body.build(view, deployment, asked, config); !built) co_return built;
    auto head = deployment.provider->head(deployment, asked);
    if (!head) co_return std::unexpected(head.error());
    net::CancelSlot slot;
    const auto time = deployment.policy.health_check_timeout.value_or(config.health.timeout);
    const auto deadline = after(Clock::now(), time);
    if (const auto& recipe = deployment.token_recipe) {
        auto added = co_await running.state.tokens.authorize(*head, *recipe, deadline, slot);
        if (!added) co_return added;
    }
    DeploymentCall call(running.state.worker.upstreams(), slot, deployment.origin);
    if (auto sent = co_await call.send(*head, body.pieces(), deadline); !sent) co_return sent;
    if (auto read = co_await call.read_head(deadline); !read) co_return read;
    const auto status = call.head().status;
    const auto answer = co_await call.read_whole(kMaxProbeAnswer, deadline);
    if (!answer) co_return std::unexpected(answer.error());
    if (status / 100 != 2)
        co_return std::unexpected(deployment.provider->parse_error(status, *answer));
    co_return Result<void>{};
}

net::Task<void> probe_in_turn(std::shared_ptr<Running> running) {
    auto& probes = running->round->probes;
    while (running->next < probes.size()) {
        auto& mine = probes[running->next++];
        const auto outcome = co_await probe(*running, *mine.deployment);
        mine.told = true;
        if (outcome) continue;
        const auto& error = outcome.error();
        mine.transient = error.kind == ErrorKind::rate_limited || error.kind == ErrorKind::timeout;
        mine.error = std::to_string(error.http_status()) + " " +
                     std::string(facts(error.kind).litellm_class) + ": " + error.message;
    }
    if (--running->count == 0) running->done.wake();
}

}  // namespace

bool can_probe(const Deployment& deployment) {
    return !deployment.wildcard || !deployment.policy.health_check_model.empty();
}

net::Task<void> run_probes(WorkerState& state, std::shared_ptr<ProbeRound> round) {
    if (round->probes.empty()) co_return;
    auto running = std::make_shared<Running>(state, round);
    const auto at_once = static_cast<std::size_t>(round->snapshot->config().health.concurrency);
    running->count = std::min(at_once, round->probes.size());
    for (std::size_t i = running->count; i > 0; --i)
        net::spawn(state.worker.context(), probe_in_turn(running),
                   [](const std::exception_ptr&) {});
    co_await running->done.wait_until(kNever);
}

}  // namespace tollweir
