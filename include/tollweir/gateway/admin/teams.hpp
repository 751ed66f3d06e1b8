#pragma once

#include "tollweir/core/error.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

// The routes of /team (spec/management-api.md 3.2).

net::Task<Result<void>> make_team(RequestContext& context);
net::Task<Result<void>> update_team(RequestContext& context);
net::Task<Result<void>> remove_teams(RequestContext& context);
net::Task<Result<void>> block_team(RequestContext& context);
net::Task<Result<void>> unblock_team(RequestContext& context);
net::Task<Result<void>> add_team_models(RequestContext& context);
net::Task<Result<void>> remove_team_models(RequestContext& context);
net::Task<Result<void>> list_member_permissions(RequestContext& context);
net::Task<Result<void>> update_member_permissions(RequestContext& context);

net::Task<Result<void>> add_team_members(RequestContext& context);
net::Task<Result<void>> update_team_member(RequestContext& context);
net::Task<Result<void>> remove_team_member(RequestContext& context);
net::Task<Result<void>> reset_member_spend(RequestContext& context);

net::Task<Result<void>> show_team(RequestContext& context);
net::Task<Result<void>> list_teams(RequestContext& context);
net::Task<Result<void>> list_team_page(RequestContext& context);
net::Task<Result<void>> list_available_teams(RequestContext& context);

}  // namespace tollweir
