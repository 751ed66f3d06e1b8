#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace tollweir::net {

/// A coroutine on a worker. Bound to the worker's kind of executor: the type-erased default is
/// copied at every step of a request.
template <class T>
using Task = boost::asio::awaitable<T, boost::asio::io_context::executor_type>;

}  // namespace tollweir::net
