#include "tollweir/app/gateway_client.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <exception>

#include "tollweir/upstream/deployment_call.hpp"

namespace tollweir {
namespace {

constexpr net::UpstreamLimits kLimits{std::chrono::seconds(10), std::chrono::seconds(1), 0};
// `/health` asks every deployment.
constexpr std::chrono::minutes kPatience{10};
constexpr std::size_t kMaxAnswer = std::size_t{256} * 1024 * 1024;

using Answered = Result<GatewayAnswer>;

bool is_this_machine(const std::string& host) {
    if (host == "localhost") return true;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(host, error);
    return !error && address.is_loopback();
}

UpstreamHead head_of(const GatewayAddress& gateway, std::string_view method,
                     std::string_view target) {
    UpstreamHead head;
    head.method = method == "GET" ? "GET " : "POST ";
    head.path = gateway.base.path + std::string(target);
    head.headers = "Host: " + host_header(gateway.base.origin) + "\r\n";
    if (!gateway.key.empty())
        head.headers += "Authorization: Bearer " + gateway.key.reveal() + "\r\n";
    head.headers += "Accept: application/json\r\nContent-Type: application/json\r\n";
    head.headers += "Connection: close\r\n";
    return head;
}

/// One event loop for one call.
class Exchange {
public:
    Exchange(const Origin& origin, bool verify, const net::ProxyTable& proxies)
        : origin_(origin),
          tls_(verify, ""),
          pool_(context_, tick_, buffers_, resolver_, kLimits, tls_, proxies) {}

    Answered run(const UpstreamHead& head, const std::string& body) {
        Answered answered;
        std::exception_ptr thrown;
        tick_.start();
        net::spawn(context_, ask(head, body, answered), [&](const std::exception_ptr& error) {
            tick_.stop();
            pool_.cancel_finishing();
            thrown = error;
        });
        context_.run();
        if (thrown) std::rethrow_exception(thrown);
        return answered;
    }

private:
    net::Task<void> ask(const UpstreamHead& head, const std::string& body, Answered& answered) {
        const auto deadline = Clock::now() + kPatience;
        const Pieces pieces{std::string_view(body)};
        DeploymentCall call(pool_, slot_, origin_);
        if (auto sent = co_await call.send(head, pieces, deadline); !sent) {
            answered = std::unexpected(sent.error());
            co_return;
        }
        if (auto read = co_await call.read_head(deadline); !read) {
            answered = std::unexpected(read.error());
            co_return;
        }
        const auto whole = co_await call.read_whole(kMaxAnswer, deadline);
        if (!whole) {
            answered = std::unexpected(whole.error());
            co_return;
        }
        answered = GatewayAnswer{call.head().status, std::string(*whole)};
    }

    const Origin& origin_;
    boost::asio::io_context context_{1};
    net::Tick tick_{context_};
    net::BufferPool buffers_;
    net::Resolver resolver_{context_};
    net::UpstreamTls tls_;
    net::UpstreamPool pool_;
    net::CancelSlot slot_;
};

/// `net` tells of upstreams; here the gateway is what it calls.
std::string about_the_gateway(std::string message) {
    constexpr std::string_view kUpstream = "upstream";
    for (auto at = message.find(kUpstream); at != message.npos; at = message.find(kUpstream, at))
        message.replace(at, kUpstream.size(), "gateway");
    return message;
}

bool verifies(const Environment& environment) {
    auto word = environment("SSL_VERIFY").value_or("");
    std::ranges::transform(word, word.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    });
    return word != "false" && word != "0" && word != "no" && word != "off";
}

}  // namespace

std::expected<ApiBase, std::string> parse_gateway_url(std::string_view url) {
    const std::string text = url.contains("://") ? std::string(url) : "http://" + std::string(url);
    auto base = parse_api_base(text);
    if (!base) return std::unexpected("the gateway's address: " + base.error());
    if (!base->query.empty())
        return std::unexpected("the gateway's address: a query does not belong here");
    return base;
}

std::expected<GatewayAnswer, std::string> ask_gateway(const GatewayAddress& gateway,
                                                      const Environment& environment,
                                                      std::string_view method,
                                                      std::string_view target,
                                                      const std::string& body) {
    const auto& origin = gateway.base.origin;
    net::ProxyTable proxies;
    if (!is_this_machine(origin.host)) {
        auto found = net::ProxyTable::from_environment(environment);
        if (!found) return std::unexpected(found.error().message);
        proxies = std::move(*found);
    }
    Exchange exchange(origin, verifies(environment), proxies);
    auto answered = exchange.run(head_of(gateway, method, target), body);
    if (!answered)
        return std::unexpected(gateway.base.text + ": " +
                               about_the_gateway(answered.error().message));
    return std::move(*answered);
}

}  // namespace tollweir
