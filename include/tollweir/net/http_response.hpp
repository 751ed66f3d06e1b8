#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/net/http_request.hpp"

namespace tollweir::net {

/// An upstream answer's head. Keeps its own copy of the bytes, reused from answer to answer.
struct ResponseHead {
    int status = 0;
    std::vector<HeaderField> fields;  // views into `bytes`
    std::uint64_t content_length = 0;
    bool sized = false;    // content_length is meant
    bool chunked = false;  // neither: the body ends with the connection
    bool keep_alive = true;
    std::string bytes;

    std::optional<std::string_view> find(std::string_view name) const;
    /// `application/json` of `Application/JSON; charset=utf-8`; compared by `same_name`.
    std::string_view media_type() const;
};

struct ResponseProgress {
    HeadStep step = HeadStep::need_more;
    std::size_t consumed = 0;
};

/// Reads an answer's head, as strictly as a request's. `bytes` always begin at its first byte.
/// Pure.
ResponseProgress parse_response_head(std::string_view bytes, const HeadLimits& limits,
                                     ResponseHead& head);

}  // namespace tollweir::net
