#pragma once

#include "tollweir/core/error.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

// The routes of /user (spec/management-api.md 3.1).

net::Task<Result<void>> make_user(RequestContext& context);
net::Task<Result<void>> update_user(RequestContext& context);
net::Task<Result<void>> update_users_in_bulk(RequestContext& context);
net::Task<Result<void>> remove_users(RequestContext& context);
net::Task<Result<void>> show_user_info(RequestContext& context);
net::Task<Result<void>> show_user_row(RequestContext& context);
net::Task<Result<void>> list_users(RequestContext& context);
net::Task<Result<void>> list_user_roles(RequestContext& context);

}  // namespace tollweir
