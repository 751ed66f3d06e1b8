#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "tollweir/core/error.hpp"
#include "tollweir/net/buffer.hpp"

namespace tollweir::net {

struct HeaderField {
    std::string_view name;
    std::string_view value;
};

/// Names equal without regard to case; ASCII only, as field names are.
bool same_name(std::string_view a, std::string_view b);

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

    /// The first field of this name, if any.
    std::optional<std::string_view> find(std::string_view name) const;
    bool has_body() const { return chunked || content_length > 0; }
    void clear();
};

/// A head and a chunked body, parsed strictly where requests can be smuggled: on top of Beast's
/// parser this refuses what it lets through (docs/architecture.md, "Facts found on the way").
/// Reused from request to request. No I/O.
class RequestParser {
public:
    enum class Step : unsigned char { need_more, done, failed };
    struct Progress {
        Step step;
        std::size_t consumed;
    };

    RequestParser();
    ~RequestParser();
    RequestParser(RequestParser&&) noexcept;
    RequestParser& operator=(RequestParser&&) noexcept;

    /// `head` outlives the parse; its views point into what `parse_head` is given, which must stay
    /// where it is.
    void start(RequestHead& head, std::size_t max_bytes, std::size_t max_fields);
    /// Hands over the bytes not yet consumed; nothing but empty lines is consumed until the whole
    /// head is there.
    Progress parse_head(std::string_view bytes);
    /// After a head that said `chunked`: decoded bytes are appended to `body` from `size` on, which
    /// grows from `pool`. Fails with payload_too_large over `max_bytes`.
    Progress parse_chunks(std::string_view bytes, BufferPool& pool, BorrowedBuffer& body,
                          std::size_t& size, std::size_t max_bytes);
    /// Why it failed.
    const GatewayError& error() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Moves the first `size` bytes of `buffer` to one of at least `capacity` bytes.
void grow(BufferPool& pool, BorrowedBuffer& buffer, std::size_t size, std::size_t capacity);

}  // namespace tollweir::net
