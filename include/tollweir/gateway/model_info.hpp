#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tollweir/auth/identity.hpp"
#include "tollweir/config/snapshot.hpp"

namespace tollweir {

/// Those that the caller may use, group by group: one that is in several stands there as often.
std::vector<const Deployment*> deployments_for(const Snapshot& snapshot, const Identity& caller);

/// The body of GET /model/info: each deployment that the caller may use, its `litellm_params`
/// without secrets and its `model_info` with what the price table knows beside; null for what is
/// not stated. `id` empty: all. Errors (`bad_request`): no deployment has that id.
Result<std::string> show_model_info(const Snapshot& snapshot, const Identity& caller,
                                    std::string_view id);

/// The same by pages, GET /v2/model/info: those whose name holds `search`. `page` counts from 1.
std::string show_model_info_page(const Snapshot& snapshot, const Identity& caller, std::size_t page,
                                 std::size_t size, std::string_view search);

/// The body of GET /model_group/info: each group that the caller may use, or the one asked for.
std::string show_group_info(const Snapshot& snapshot, const Identity& caller,
                            std::string_view group);

}  // namespace tollweir
