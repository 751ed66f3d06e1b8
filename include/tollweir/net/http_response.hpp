#pragma once

#include <cstdint>
#include <memory>
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

/// Parses answers strictly: what could be read in two ways is refused. Reused. No I/O.
class ResponseParser {
public:
    enum class Step : unsigned char { need_more, done, failed };
    struct Progress {
        Step step;
        std::size_t consumed;
    };

    ResponseParser();
    ~ResponseParser();

    void start(ResponseHead& head, std::size_t max_bytes, std::size_t max_fields);
    /// `bytes` always begins at the head's first byte; `consumed` is the head's length when done.
    Progress parse_head(std::string_view bytes);
    /// Decodes chunks in place: decoded bytes are written from `bytes` + `out` on, where `out` is
    /// at most `in`, the offset of the raw bytes that end at `end`. Both move on.
    Step parse_chunks(char* bytes, std::size_t& out, std::size_t& in, std::size_t end);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tollweir::net
