#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tollweir/gateway/request_context.hpp"

namespace tollweir {

/// Takes from head and body what the client wants its spend row to carry: tags (of the body, else
/// `x-litellm-tags`, headers that the configuration names, the client's program, the key's own),
/// the trace, its own metadata. Copies, since a stream gives its request's buffers back; once a
/// request. Source: spec/data-plane.md, sections 2.1 and 2.2.
void take_call_notes(RequestContext& context);

}  // namespace tollweir
