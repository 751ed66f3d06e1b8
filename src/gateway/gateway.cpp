#include "tollweir/gateway/gateway.hpp"

#include <algorithm>
#include <charconv>

#include "tollweir/core/ids.hpp"
#include "tollweir/core/url_query.hpp"
#include "tollweir/core/version.hpp"
#include "tollweir/gateway/admission.hpp"
#include "tollweir/gateway/authorize.hpp"
#include "tollweir/gateway/error_reply.hpp"
#include "tollweir/gateway/health_report.hpp"
#include "tollweir/gateway/model_info.hpp"
#include "tollweir/gateway/model_list.hpp"
#include "tollweir/gateway/reply_headers.hpp"
#include "tollweir/gateway/reserve.hpp"
#include "tollweir/gateway/respond.hpp"
#include "tollweir/gateway/route_run.hpp"
#include "tollweir/gateway/routes.hpp"
#include "tollweir/gateway/supported_params.hpp"
#include "tollweir/routing/router.hpp"
#include "tollweir/storage/store_pool.hpp"
#include "tollweir/telemetry/journal.hpp"
#include "tollweir/telemetry/spend_metrics.hpp"

namespace tollweir {

namespace {

// Requests that run at once on a worker beyond this many allocate their context anew.
constexpr std::size_t kSpareContexts = 64;
// A client's id is kept as it is, within reason.
constexpr std::size_t kMaxCallId = 128;

void choose_call_id(const net::RequestHead& head, std::string& id) {
    const auto given = head.find("x-litellm-call-id");
    const bool usable = given && !given->empty() && given->size() <= kMaxCallId &&
                        std::ranges::all_of(*given, [](char c) { return c > ' ' && c < 0x7f; });
    if (usable)
        id.assign(*given);
    else
        append_uuid4(id);
}

/// Paths of the management API hold keys, and this one goes into the log.
std::string without_keys(std::string_view path) {
    std::string shown;
    while (!path.empty()) {
        const auto end = std::min(path.find('/', 1), path.size());
        const auto part = path.substr(0, end);
        shown += part.starts_with("/sk-") ? std::string_view("/sk-...") : part;
        path.remove_prefix(end);
    }
    return shown;
}

GatewayError unknown_path(std::string_view method, std::string_view path) {
    GatewayError error(ErrorKind::not_found, ErrorSource::client,
                       "Invalid URL (" + std::string(method) + " " + without_keys(path) + ")");
    error.type_json = "\"invalid_request_error\"";
    error.code_json = "\"404\"";
    return error;
}

GatewayError wrong_method(const Route& route) {
    GatewayError error(ErrorKind::method_not_allowed, ErrorSource::client, "Method Not Allowed");
    error.allow = allowed_methods(route);
    return error;
}

/// The same snapshot under a count of its own, so that workers do not share a cache line.
std::shared_ptr<const Snapshot> own_count(std::shared_ptr<const Snapshot> snapshot) {
    const auto* raw = snapshot.get();
    return {raw, [kept = std::move(snapshot)](const Snapshot*) {}};
}

/// Management clients read LiteLLM's `detail`, others `error`: ours carry both.
void add_detail(GatewayError& error) {
    if (error.detail_json) return;
    std::string detail;
    JsonWriter(detail).begin_object().key("error").string(error.message).end_object();
    error.detail_json = std::move(detail);
}

/// For the log and the spend row, which may not quote what an upstream says: it may repeat a
/// prompt.
void note_failure(RequestRecord& record, const GatewayError& error) {
    record.status = error.http_status();
    record.failed = true;
    record.error_class = facts(error.kind).litellm_class;
    if (!quotes_upstream(error)) record.error = error.message;
}

std::unexpected<GatewayError> note_failure(RequestRecord& record, GatewayError&& error) {
    note_failure(record, static_cast<const GatewayError&>(error));
    return std::unexpected(std::move(error));
}

std::string_view shown_method(std::uint8_t methods) {
    const auto has = [methods](Method method) {
        return (methods & static_cast<std::uint8_t>(method)) != 0;
    };
    return has(Method::get) ? "GET" : has(Method::post) ? "POST" : "PATCH";
}

std::string list_routes() {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("routes").begin_array();
    for (const auto& route : routes()) {
        if (route.handler == Handler::not_built) continue;
        json.begin_object().key("path").string(route.path).key("methods").begin_array();
        json.string(shown_method(route.methods));
        const auto name = name_of(route);
        json.end_array().key("name").string(name).key("endpoint").string(name).end_object();
    }
    json.end_array().end_object();
    return out;
}

/// A query parameter that is a count of at least 1; `absent` where it is not given.
Result<std::size_t> query_count(std::string_view query, std::string_view name, std::size_t absent) {
    constexpr std::size_t kMost = 1'000'000;
    const auto text = query_value(query, name);
    if (text.empty()) return absent;
    std::size_t count = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size() && count >= 1 &&
        count <= kMost)
        return count;
    GatewayError error(ErrorKind::bad_request, ErrorSource::client,
                       "Invalid '" + std::string(name) + "': a whole number from 1 on is expected");
    error.param_json = "\"" + std::string(name) + "\"";
    return std::unexpected(std::move(error));
}

/// Lends a context and takes it back, also when the coroutine is destroyed.
class BorrowedContext {
public:
    explicit BorrowedContext(WorkerState& state) : state_(state) {
        if (state_.spare_contexts.empty()) {
            context_ = std::make_unique<RequestContext>();
        } else {
            context_ = std::move(state_.spare_contexts.back());
            state_.spare_contexts.pop_back();
        }
        state_.metrics.in_flight.fetch_add(1, std::memory_order_relaxed);
    }
    BorrowedContext(const BorrowedContext&) = delete;
    BorrowedContext& operator=(const BorrowedContext&) = delete;
    ~BorrowedContext() {
        state_.metrics.in_flight.fetch_sub(1, std::memory_order_relaxed);
        context_->clear();
        if (state_.spare_contexts.size() < kSpareContexts)
            state_.spare_contexts.push_back(std::move(context_));
    }
    RequestContext& operator*() { return *context_; }

private:
    WorkerState& state_;
    std::unique_ptr<RequestContext> context_;
};

}  // namespace

void NamedCells::clear() {
    customer.reset();
    tags.reset();
    sets.clear();
}

void RequestContext::clear() {
    state = nullptr;
    client = nullptr;
    snapshot.reset();
    identity = {};
    record.clear();
    path_part.clear();
    requested_model.clear();
    end_user.clear();
    response_id.clear();
    notes.clear();
    kept.reset();
    broken_stream.reset();
    named.clear();
    estimate = {};
    // `row` is large, and cleared where one is begun (booking.cpp).
    deployment = nullptr;
    timeout.reset();
    group_begin = 0;
    retries = fallbacks = max_retries = 0;
    settled_scopes.clear();
    callers_scopes = 0;
    upstream_headers.clear();
    view.clear();
    headers.clear();
    pieces.clear();
}

Gateway::Gateway(std::span<const std::unique_ptr<net::Worker>> workers,
                 std::shared_ptr<const Snapshot> snapshot, std::string root_path,
                 const GatewayServices& services)
    : root_path_(std::move(root_path)), services_(services) {
    for (const auto& route : routes()) route_names_.push_back(route.path);
    route_names_.push_back(kNoRoute);
    for (const auto& worker : workers) {
        auto& metrics = metrics_.emplace_back(std::make_unique<WorkerMetrics>(route_names_.size()));
        auto& state = *states_.emplace_back(std::make_unique<WorkerState>(*worker, *metrics));
        state.snapshot = own_count(snapshot);
        state.store = services.store;
        state.live_config = services.live_config;
        if (services.keys != nullptr) state.keys.emplace(*services.keys, *worker);
        state.limiter = services.limiter;
        state.unpriced = &unpriced_;
        state.queues = &queues_;
        state.affinity = &affinity_;
        if (services.journal != nullptr) attach_journal(state, *services.journal);
        worker->tick().every_tick([&state](TimePoint) {
            state.log.flush();
            auto& numbers = state.metrics;
            const auto& tick = state.worker.tick();
            numbers.loop_lag_ns = tick.lag().count();
            numbers.loop_lag_max_ns = tick.max_lag().count();
            numbers.client_connections = static_cast<std::int64_t>(state.worker.connection_count());
            numbers.idle_upstream_connections =
                static_cast<std::int64_t>(state.worker.upstreams().idle_count());
        });
    }
    if (!states_.empty())
        states_.front()->worker.tick().every_tick([this, &state = *states_.front()](TimePoint now) {
            health_checker_.on_tick(state, now);
        });
}

/// What the worker appends reaches the kernel at the end of the loop's turn.
void Gateway::attach_journal(WorkerState& state, Journal& journal) {
    auto& writer = journal.writer(state.worker.index());
    state.journal = &writer;
    auto& context = state.worker.context();
    writer.set_flush_scheduler(
        [&writer, &context] { boost::asio::post(context, [&writer] { writer.flush(); }); });
    state.worker.tick().every_tick([&writer](TimePoint now) { writer.on_tick(now); });
}

Gateway::~Gateway() {
    for (auto& state : states_) state->log.flush();
}

void Gateway::replace_snapshot(std::shared_ptr<const Snapshot> snapshot) {
    for (auto& state : states_)
        state->worker.post([&state = *state, snapshot] {
            state.snapshot = own_count(snapshot);
            state.named.forget({}, {});  // file budgets may be others
        });
}

void Gateway::forget_row(std::string_view table, std::string_view id) {
    for (auto& state : states_)
        state->worker.post([&state = *state, table = std::string(table), id = std::string(id)] {
            state.named.forget(table, id);
        });
}

void Gateway::write_error(const GatewayError& error, std::string& headers,
                          std::string& body) const {
    write_error_reply(error, headers, body);
}

std::string_view Gateway::without_root(std::string_view path) const {
    if (!root_path_.empty() && path.starts_with(root_path_)) {
        const auto rest = path.substr(root_path_.size());
        if (rest.empty()) return "/";
        if (rest.starts_with('/')) return rest;
    }
    return path;  // also served without the prefix: proxies that strip it need no second setting
}

net::Task<void> Gateway::handle(net::ClientConnection& client) {
    auto& state = *states_[client.worker().index()];
    BorrowedContext borrowed(state);
    auto& context = *borrowed;
    context.state = &state;
    context.client = &client;
    context.snapshot = state.snapshot;
    context.record.method.assign(client.head().method);
    choose_call_id(client.head(), context.record.call_id);

    std::size_t route = routes().size();
    context.record.route = kNoRoute;
    const auto path = without_root(client.head().path);
    const auto match = find_route(context.record.method, path);
    Result<void> outcome;
    if (context.record.method == "OPTIONS") {
        if (match.route != nullptr) route = match.index;
        outcome = co_await respond_preflight(context);
    } else if (match.route == nullptr) {
        outcome = std::unexpected(unknown_path(context.record.method, path));
    } else {
        route = match.index;
        context.record.route = match.route->path;
        context.path_part = match.part;
        if (match.wrong_method) {
            outcome = std::unexpected(wrong_method(*match.route));
        } else if (auto pending = authorize(context, *match.route, match.path(path)); !pending) {
            outcome = std::unexpected(std::move(pending.error()));
        } else if (*pending) {
            outcome = co_await authorize_after_look_up(context, *match.route, match.path(path),
                                                       **pending);
        }
        if (outcome)
            outcome = match.route->handler == Handler::model_call
                          ? co_await call_model(context, match.route->endpoint)
                          : co_await dispatch(context, *match.route);
    }
    if (!outcome) co_await respond_error(context, match.route, std::move(outcome.error()));
    finish(context, route);
}

net::Task<Result<void>> Gateway::dispatch(RequestContext& context, const Route& route) {
    const auto& head = context.client->head();
    switch (route.handler) {
        case Handler::model_call:
            break;  // gone its own, shorter way
        case Handler::models: {
            const bool patterns = query_value(head.query, "return_wildcard_routes") == "true";
            co_return co_await respond(context, 200, kJson,
                                       list_models(*context.snapshot, context.identity, patterns));
        }
        case Handler::model: {
            const auto shown = show_model(*context.snapshot, context.identity, context.path_part);
            if (!shown) co_return std::unexpected(shown.error());
            co_return co_await respond(context, 200, kJson, *shown);
        }
        case Handler::liveness:
            co_return co_await respond(context, 200, kJson, "\"I'm alive!\"");
        case Handler::readiness:
            co_return co_await respond(context, is_ready(context) ? 200 : 503, kJson,
                                       readiness(context));
        case Handler::health:
            co_return co_await report_health(context, health_checker_);
        case Handler::test:
            co_return co_await respond(context, 200, kJson, R"({"route":"/test"})");
        case Handler::home:
            co_return co_await respond(context, 200, kJson, "\"LiteLLM: RUNNING\"");
        case Handler::routes:
            co_return co_await respond(context, 200, kJson, list_routes());
        case Handler::metrics: {
            auto page = MetricsPage(route_names_, metrics_).render();
            if (services_.journal != nullptr && services_.spend_writer != nullptr)
                append_spend_metrics(*services_.journal, *services_.spend_writer, page);
            co_return co_await respond(context, 200, "text/plain; version=0.0.4; charset=utf-8",
                                       page);
        }
        case Handler::model_info: {
            const auto shown = show_model_info(*context.snapshot, context.identity,
                                               query_value(head.query, "litellm_model_id"));
            if (!shown) co_return std::unexpected(shown.error());
            co_return co_await respond(context, 200, kJson, *shown);
        }
        case Handler::model_info_page: {
            constexpr std::size_t kPageSize = 50;
            const auto page = query_count(head.query, "page", 1);
            if (!page) co_return std::unexpected(page.error());
            const auto size = query_count(head.query, "size", kPageSize);
            if (!size) co_return std::unexpected(size.error());
            const auto search = query_value(head.query, "search");
            co_return co_await respond(
                context, 200, kJson,
                show_model_info_page(*context.snapshot, context.identity, *page, *size, search));
        }
        case Handler::group_info:
            co_return co_await respond(context, 200, kJson,
                                       show_group_info(*context.snapshot, context.identity,
                                                       query_value(head.query, "model_group")));
        case Handler::supported_params: {
            const auto shown =
                show_supported_params(*context.snapshot, query_value(head.query, "model"));
            if (!shown) co_return std::unexpected(shown.error());
            co_return co_await respond(context, 200, kJson, *shown);
        }
        case Handler::admin:
            co_return co_await route.admin(context);
        case Handler::not_built:
            co_return fail(ErrorKind::not_implemented,
                           "this route is not built into this version of Tollweir yet "
                           "(docs/status.md)",
                           ErrorSource::gateway);
    }
    co_return fail(ErrorKind::internal, "internal error", ErrorSource::gateway);
}

net::Task<Result<void>> Gateway::call_model(RequestContext& context, Endpoint endpoint) {
    context.arrived = context.state->worker.tick().wall_time_of(context.client->arrival());
    context.view.endpoint = endpoint;  // also of a body that is never read
    Settlement settlement(context);
    auto admitted = co_await admit(context, endpoint);
    if (!admitted) co_return note_failure(context.record, std::move(admitted.error()));
    if (names_scopes(context))
        if (auto bound = co_await bind_named_scopes(context); !bound)
            co_return note_failure(context.record, std::move(bound.error()));
    context.now = Clock::now();
    RouteRun route(context, settlement, std::move(admitted->match), admitted->model);
    auto outcome = co_await route.run();
    if (!outcome) co_return note_failure(context.record, std::move(outcome.error()));
    co_return outcome;
}

/// As Starlette's CORSMiddleware with all origins, methods and headers, and credentials.
net::Task<Result<void>> Gateway::respond_preflight(RequestContext& context) {
    const auto& head = context.client->head();
    const auto match = find_route("GET", without_root(head.path));
    const auto wanted_headers = head.find("access-control-request-headers");
    if (head.find("origin") && head.find("access-control-request-method")) {
        context.headers +=
            "access-control-allow-methods: DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT\r\n"
            "access-control-max-age: 600\r\n";
        if (wanted_headers)
            context.headers.append("access-control-allow-headers: ")
                .append(*wanted_headers)
                .append("\r\n");
    } else if (match.route == nullptr) {
        co_return std::unexpected(unknown_path("OPTIONS", head.path));
    } else {
        context.headers.append("allow: ").append(allowed_methods(*match.route)).append("\r\n");
    }
    co_return co_await respond(context, 200, "text/plain; charset=utf-8", "OK");
}

bool Gateway::is_ready(const RequestContext& context) const {
    const auto* store = context.state->store;
    const bool needs_store =
        store != nullptr && !context.config().database.allow_requests_when_unavailable;
    return !draining_ && (!needs_store || store->is_reachable());
}

std::string Gateway::readiness(const RequestContext& context) const {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    if (draining_) json.key("detail").string("Service Unhealthy (shutting down)");
    json.key("status").string(draining_ ? "draining" : is_ready(context) ? "healthy" : "unhealthy");
    const auto* store = context.state->store;
    const bool has_store = store != nullptr && store->is_reachable();
    json.key("db").string(has_store ? "connected" : "Not connected").key("cache").null();
    json.key("litellm_version").string(kVersion);
    json.key("success_callbacks").begin_array().end_array();
    if (services_.journal != nullptr && services_.journal->is_failing())
        json.key("spend").string("the disk refuses the spend journal");
    else if (!services_.spend_at_risk.empty())
        json.key("spend").string("a crash can lose spend: " + services_.spend_at_risk);
    if (context.config().master_key.empty())
        json.key("warning").string(
            "no master key is set: anybody who reaches this gateway can use its models");
    json.end_object();
    return out;
}

/// The only place where an error becomes an answer.
net::Task<void> Gateway::respond_error(RequestContext& context, const Route* route,
                                       GatewayError error) {
    note_failure(context.record, error);
    auto& client = *context.client;
    if (error.kind == ErrorKind::client_closed || client.has_begun() || client.is_streaming())
        co_return client.abort();
    context.headers.clear();
    append_reply_headers(context, true, context.headers);
    if (route != nullptr && route->access == Access::managed) add_detail(error);
    std::string body;
    write_error_reply(error, context.headers, body);
    const Pieces pieces{body};
    co_await client.respond(error.http_status(), context.headers, pieces);
}

void Gateway::finish(RequestContext& context, std::size_t route) {
    auto& record = context.record;
    record.total = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() -
                                                                         context.client->arrival());
    context.state->metrics.count_request(route, record.status, record.total, record.failed);
    context.state->log.append(record);
}

}  // namespace tollweir
