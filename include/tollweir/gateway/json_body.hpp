#pragma once

#include "tollweir/core/json.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

/// The body of a request that is no model call, as an object; an empty body is `{}`. `out` points
/// into the connection's buffer. Errors: the client's (`bad_request`), or reading's.
net::Task<Result<void>> read_json_body(RequestContext& context, ObjectView& out);

/// The member, unless it is absent or null.
const JsonMember* find_given(const ObjectView& object, std::string_view name);

/// A text member, decoded; empty if it is absent, null or none.
std::string text_member(const ObjectView& object, std::string_view name);

}  // namespace tollweir
