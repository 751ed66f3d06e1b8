#pragma once

#include <boost/asio/awaitable.hpp>

#include "tollweir/gateway/request_context.hpp"

namespace tollweir {

namespace asio = boost::asio;

/// Answers GET /health: without a key that we know a short status, since deployment manifests probe
/// it so; with the master key what a real call to every deployment gave
/// (spec/data-plane.md, 10.2), or to those of `?model=` or `?model_id=`.
asio::awaitable<Result<void>> report_health(RequestContext& context);

}  // namespace tollweir
