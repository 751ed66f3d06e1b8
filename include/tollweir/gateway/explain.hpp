#pragma once

#include <memory>
#include <random>
#include <string>
#include <string_view>

#include "tollweir/config/snapshot.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/key_record.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/limits/cell_table.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

/// Whose request is explained, and when.
struct ExplainedCall {
    const KeyRecord* key = nullptr;    // null: the master key's
    const CellSet* gateway = nullptr;  // limits of the whole gateway; null: not known
    TimePoint now{};
    WallTime wall{};
};

/// What would become of a chat request, as JSON, without calling or charging anything: the group
/// and its strategy, every deployment in the order in which it would be asked or with the reason
/// why it is left out, its price and the call's likely cost, the groups that follow after a
/// failure, and the limits that would be charged. Plans as requests do (`make_plan`). `body` as for
/// Front::scan. Errors (`bad_request`): no request, or a model that nobody knows.
Result<std::string> explain_route(const Snapshot& snapshot, std::string_view body,
                                  const ExplainedCall& call, std::minstd_rand& random);

/// Answers POST /debug/explain: the body is the request; `?key=`, a virtual key or its hash, says
/// whose it would be.
net::Task<Result<void>> explain_request(RequestContext& context);

}  // namespace tollweir
