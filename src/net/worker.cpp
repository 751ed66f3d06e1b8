#include "tollweir/net/worker.hpp"

#include <boost/asio/post.hpp>
#include <ctime>

#include "tollweir/core/log.hpp"

namespace tollweir::net {

namespace {

// Work items kept for the next requests; more are freed.
constexpr std::size_t kSpareWork = 16;

}  // namespace

Worker::Worker(std::size_t index, const UpstreamLimits& upstream_limits, UpstreamTls& upstream_tls,
               const ProxyTable& proxies, BodyBudget& body_budget)
    : index_(index),
      tick_(context_),
      body_budget_(body_budget),
      resolver_(context_),
      upstreams_(context_, tick_, buffers_, resolver_, upstream_limits, upstream_tls, proxies),
      keep_running_(asio::make_work_guard(context_)) {
    refresh_date();
    tick_.every_tick([this](TimePoint now) {
        if (stopping_ && connections_.empty() && upstreams_.finishing_count() == 0) tick_.stop();
        if (now - last_second_ < std::chrono::milliseconds(980)) return;
        last_second_ = now;
        refresh_date();
        buffers_.trim();
        upstreams_.sweep(now);
    });
}

Worker::~Worker() = default;

std::unique_ptr<RequestWork> Worker::borrow_work() {
    std::unique_ptr<RequestWork> work;
    if (spare_work_.empty()) {
        work = std::make_unique<RequestWork>();
    } else {
        work = std::move(spare_work_.back());
        spare_work_.pop_back();
    }
    if (!work->buffer) work->buffer = BorrowedBuffer(buffers_, BufferPool::kMedium);
    work->begin = work->end = 0;
    return work;
}

void Worker::return_work(std::unique_ptr<RequestWork> work) {
    work->body.reset();
    work->body_share.reset();
    work->carry.reset();
    work->carried = 0;
    if (spare_work_.size() >= kSpareWork) return;
    if (work->buffer.capacity() > BufferPool::kMedium) work->buffer.reset();
    spare_work_.push_back(std::move(work));
}

void Worker::serve(Socket socket, std::string peer, ssl_ctx_st* tls, RequestHandler& handler) {
    if (draining_) {
        count_.fetch_sub(1, std::memory_order_relaxed);
        return;
    }
    auto connection =
        std::make_unique<ClientConnection>(*this, std::move(socket), std::move(peer), tls);
    auto* known = connection.get();
    connections_.insert(known);
    spawn(context_, known->serve(handler),
          [this, connection = std::move(connection)](const std::exception_ptr& failure) {
              connections_.erase(connection.get());
              count_.fetch_sub(1, std::memory_order_relaxed);
              if (failure) log_error("a client connection ended with an exception");
          });
}

void Worker::post(std::function<void()> task) {
    asio::post(context_, std::move(task));
}

void Worker::drain() {
    draining_ = true;
    for (auto* connection : connections_) connection->drain();
    upstreams_.close_idle();
}

void Worker::cut() {
    for (auto* connection : connections_) connection->cut();
}

void Worker::run() {
    tick_.start();
    context_.run();
}

void Worker::stop() {
    stopping_ = true;
    drain();
    cut();
    upstreams_.cancel_finishing();
    keep_running_.reset();
    tick_.hurry();
}

void Worker::refresh_date() {
    const auto now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[64];
    const auto size =
        std::strftime(text, sizeof text, "date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    date_line_.assign(text, size);
}

}  // namespace tollweir::net
