#pragma once

#include "tollweir/core/error.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

// The routes of /config (docs/stored-settings.md): what the store says over the configuration file.
// For administrators.

/// Sections with what changes in them; null takes a setting out of the store.
net::Task<Result<void>> update_settings(RequestContext& context);
/// `config_type=general_settings`: every setting there, with what is in force.
net::Task<Result<void>> list_general_settings(RequestContext& context);

// One setting of `general_settings`, as the store has it.

net::Task<Result<void>> show_setting(RequestContext& context);
net::Task<Result<void>> update_setting(RequestContext& context);
net::Task<Result<void>> remove_setting(RequestContext& context);

}  // namespace tollweir
