#pragma once

#include "tollweir/core/error.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

// The routes of /tag (spec/management-api.md 3.5). Administrators only.

net::Task<Result<void>> make_tag(RequestContext& context);
net::Task<Result<void>> update_tag(RequestContext& context);
net::Task<Result<void>> show_tags(RequestContext& context);
net::Task<Result<void>> remove_tag(RequestContext& context);
net::Task<Result<void>> list_tags(RequestContext& context);

}  // namespace tollweir
