#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "tollweir/net/buffer.hpp"
#include "tollweir/net/client_connection.hpp"
#include "tollweir/net/resolver.hpp"
#include "tollweir/net/tick.hpp"
#include "tollweir/net/upstream_pool.hpp"

namespace tollweir::net {

/// One thread with one event loop, and what its connections share. A connection never leaves its
/// worker, so nothing here is locked; `post` is how other threads reach it.
class Worker {
public:
    /// What is handed over outlives the worker; the budget is shared by all.
    Worker(std::size_t index, const UpstreamLimits& upstream_limits, UpstreamTls& upstream_tls,
           const ProxyTable& proxies, BodyBudget& body_budget);
    ~Worker();

    std::size_t index() const { return index_; }
    asio::io_context& context() { return context_; }
    Tick& tick() { return tick_; }
    BufferPool& buffers() { return buffers_; }
    BodyBudget& body_budget() { return body_budget_; }
    Resolver& resolver() { return resolver_; }
    UpstreamPool& upstreams() { return upstreams_; }

    const ClientLimits& client_limits() const { return client_limits_; }
    void set_client_limits(const ClientLimits& limits) { client_limits_ = limits; }

    std::unique_ptr<RequestWork> borrow_work();
    void return_work(std::unique_ptr<RequestWork> work);

    /// Takes over an accepted socket. This worker's thread only.
    void serve(Socket socket, std::string peer, ssl_ctx_st* tls, RequestHandler& handler);

    /// Connections that live here, for the listener's choice. Any thread.
    std::size_t connection_count() const { return count_.load(std::memory_order_relaxed); }
    void count_ahead() { count_.fetch_add(1, std::memory_order_relaxed); }

    /// Runs `task` on this worker's thread. Any thread.
    void post(std::function<void()> task);

    bool is_draining() const { return draining_; }
    /// Closes idle connections; busy ones close after their answer.
    void drain();
    /// Cancels what is still running.
    void cut();
    bool is_empty() const { return connections_.empty(); }

    /// `date:` line for answers, made once a second.
    std::string_view date_line() const { return date_line_; }

    /// The loop; returns when `stop` was called and everything has ended by itself: coroutines are
    /// never destroyed while they wait, since what they hold lives here.
    void run();
    /// Cuts what is left. On this worker's thread.
    void stop();

private:
    void refresh_date();

    const std::size_t index_;
    asio::io_context context_{1};
    // Declared before what uses them, so destroyed after: connections and pools die first.
    Tick tick_;
    BufferPool buffers_;
    BodyBudget& body_budget_;
    Resolver resolver_;
    UpstreamPool upstreams_;
    ClientLimits client_limits_{};
    std::vector<std::unique_ptr<RequestWork>> spare_work_;
    std::unordered_set<ClientConnection*> connections_;
    std::atomic<std::size_t> count_{0};
    asio::executor_work_guard<asio::io_context::executor_type> keep_running_;
    std::string date_line_;
    TimePoint last_second_{};
    bool draining_ = false;
    bool stopping_ = false;
};

}  // namespace tollweir::net
