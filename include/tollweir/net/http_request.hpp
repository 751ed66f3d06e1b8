#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tollweir/core/error.hpp"
#include "tollweir/core/name_mark.hpp"
#include "tollweir/net/http_head.hpp"

namespace tollweir::net {

/// A request's head as views into the connection's buffer.
struct RequestHead {
    std::string_view method;
    std::string_view target;  // as sent
    std::string_view path;    // without query; of an absolute form, its path
    std::string_view query;   // without `?`
    std::vector<HeaderField> fields;
    std::uint64_t content_length = 0;
    int minor_version = 1;
    bool chunked = false;
    bool keep_alive = true;
    bool expects_continue = false;

    /// The first field of this name, if any. Most that are looked for are not there, which is told
    /// without a call.
    std::optional<std::string_view> find(std::string_view name) const {
        return (marks_ & mark_of(name)) != 0 ? find_among(name) : std::nullopt;
    }
    /// After `fields` were read.
    void note_marks();
    bool has_body() const { return chunked || content_length > 0; }
    void clear();

private:
    static std::uint64_t mark_of(std::string_view name) { return name_mark(name, 0x20); }
    std::optional<std::string_view> find_among(std::string_view name) const;

    static constexpr std::uint64_t kUnknown = ~std::uint64_t{0};
    std::uint64_t marks_ = kUnknown;  // of all fields
};

struct HeadLimits {
    std::size_t max_bytes;
    std::size_t max_fields;
};

enum class HeadStep : unsigned char { need_more, done, failed };

/// What came of reading a head from the front of a buffer.
struct HeadProgress {
    HeadStep step = HeadStep::need_more;
    std::size_t consumed = 0;  // empty lines before it; with `done` the head too
    GatewayError error;        // with `failed`
};

/// Reads a request's head strictly: what two servers could read in two ways is refused, as
/// smuggling begins there. All of it must be there; `bytes` begin at its first byte and stay where
/// they are while `head` is used. Pure.
HeadProgress parse_request_head(std::string_view bytes, const HeadLimits& limits,
                                RequestHead& head);

}  // namespace tollweir::net
