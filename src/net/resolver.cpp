#include "tollweir/net/resolver.hpp"

#include <boost/asio/ip/address.hpp>

#include "tollweir/net/wake.hpp"

namespace tollweir::net {

namespace asio = boost::asio;
using asio::ip::tcp;

Resolver::Resolver(asio::io_context& context)
    : context_(context), resolver_(std::make_unique<tcp::resolver>(context)) {}

Resolver::~Resolver() = default;

Task<Resolver::Addresses> Resolver::resolve(std::string host, std::uint16_t port,
                                            TimePoint deadline, CancelSlot& slot) {
    boost::system::error_code not_an_address;
    const auto literal = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) co_return Addresses{tcp::endpoint(literal, port)};

    // Shared with the handler, which may come after this coroutine gave up.
    struct Lookup {
        explicit Lookup(asio::io_context& context) : wake(context) {}
        Wake wake;
        Addresses found;
    };
    auto lookup = std::make_shared<Lookup>(context_);
    resolver_->async_resolve(host, std::to_string(port), tcp::resolver::numeric_service,
                             [lookup](const boost::system::error_code& error,
                                      const tcp::resolver::results_type& results) {
                                 if (!error)
                                     for (const auto& entry : results)
                                         lookup->found.push_back(entry.endpoint());
                                 lookup->wake.wake();
                             });
    slot.set(&lookup->wake);
    const auto reason = co_await lookup->wake.wait_until(deadline);
    slot.set(nullptr);
    if (reason != Wake::Reason::woken) co_return Addresses{};
    co_return std::move(lookup->found);
}

}  // namespace tollweir::net
