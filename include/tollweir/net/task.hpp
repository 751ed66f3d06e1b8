#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "tollweir/net/frame_pool.hpp"

namespace tollweir::net {

/// A coroutine on a worker. Bound to the worker's kind of executor: the type-erased default is
/// copied at every step of a request.
template <class T>
using Task = boost::asio::awaitable<T, boost::asio::io_context::executor_type>;

}  // namespace tollweir::net

// Asio's own cache of frames keeps two of any size. There is no other place to hook in; checked
// with Boost 1.81, where these are called with the frame's size on both ways.
namespace boost::asio::detail {

template <>
inline void* thread_info_base::allocate(awaitable_frame_tag, thread_info_base*, std::size_t size,
                                        std::size_t) {
    return tollweir::net::take_frame(size);
}

template <>
inline void thread_info_base::deallocate(awaitable_frame_tag, thread_info_base*, void* frame,
                                         std::size_t size) {
    tollweir::net::give_frame(frame, size);
}

}  // namespace boost::asio::detail
