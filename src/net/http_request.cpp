#include "tollweir/net/http_request.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <charconv>
#include <cstring>

namespace tollweir::net {

namespace http = boost::beast::http;
using boost::beast::error_code;

namespace {

// Empty lines before a request that are passed over, in bytes.
constexpr std::size_t kMaxSkipped = 16;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

/// `a, b ,c`: does the list hold `token`, case aside?
bool has_token(std::string_view list, std::string_view token) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        auto item = list.substr(0, comma);
        while (!item.empty() && (item.front() == ' ' || item.front() == '\t'))
            item.remove_prefix(1);
        while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
        if (same_name(item, token)) return true;
        list = comma == list.npos ? std::string_view{} : list.substr(comma + 1);
    }
    return false;
}

/// The host and port of RFC 9110, 4.2.3 are made of these (RFC 3986, 3.2.2); no userinfo.
bool is_host(std::string_view text) {
    constexpr std::string_view kMarks = "-._~%!$&'()*+,;=:[]";
    return std::ranges::all_of(text, [&](char c) {
        return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || kMarks.contains(c);
    });
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> RequestHead::find(std::string_view name) const {
    for (const auto& field : fields)
        if (same_name(field.name, name)) return field.value;
    return std::nullopt;
}

void RequestHead::clear() {
    method = target = path = query = {};
    fields.clear();
    content_length = 0;
    minor_version = 1;
    chunked = expects_continue = false;
    keep_alive = true;
}

void grow(BufferPool& pool, BorrowedBuffer& buffer, std::size_t size, std::size_t capacity) {
    if (buffer && buffer.capacity() >= capacity) return;
    BorrowedBuffer bigger(pool, capacity);
    if (size > 0) std::memcpy(bigger.data(), buffer.data(), size);
    buffer = std::move(bigger);
}

struct RequestParser::State {
    /// Where decoded chunks go.
    struct Sink {
        BufferPool* pool = nullptr;
        BorrowedBuffer* body = nullptr;
        std::size_t* size = nullptr;
        std::size_t max_bytes = 0;
    };

    class Parser final : public http::basic_parser<true> {
    public:
        Parser(State& state, RequestHead& head, std::size_t max_fields)
            : state_(state), head_(head), max_fields_(max_fields) {}

    private:
        void refuse(ErrorKind kind, std::string message, error_code& ec) {
            state_.error = GatewayError(kind, ErrorSource::client, std::move(message));
            ec = http::error::bad_field;
        }

        void on_request_impl(http::verb, boost::beast::string_view method,
                             boost::beast::string_view target, int version,
                             error_code& ec) override {
            head_.method = view(method);
            head_.target = view(target);
            head_.minor_version = version % 10;
            read_target(ec);
        }

        void read_target(error_code& ec) {
            auto target = head_.target;
            if (head_.method == "CONNECT")
                return refuse(ErrorKind::method_not_allowed, "CONNECT is not offered", ec);
            if (std::ranges::any_of(target, is_control))
                return refuse(ErrorKind::bad_request, "control character in the request target",
                              ec);
            for (const std::string_view scheme : {"http://", "https://"}) {
                if (target.size() < scheme.size() ||
                    !same_name(target.substr(0, scheme.size()), scheme))
                    continue;
                const auto slash = target.find_first_of("/?", scheme.size());
                target = slash == target.npos ? std::string_view("/") : target.substr(slash);
                break;
            }
            if (target != "*" && !target.starts_with('/'))
                return refuse(ErrorKind::bad_request, "the request target is not a path", ec);
            const auto mark = target.find('?');
            head_.path = target.substr(0, mark);
            head_.query = mark == target.npos ? std::string_view{} : target.substr(mark + 1);
            head_.query = head_.query.substr(0, head_.query.find('#'));
        }

        void on_field_impl(http::field, boost::beast::string_view name,
                           boost::beast::string_view value, error_code& ec) override {
            if (state_.head_done) return;  // trailers tell us nothing
            if (head_.fields.size() >= max_fields_)
                return refuse(ErrorKind::headers_too_large, "too many header fields", ec);
            const auto text = view(value);
            if (std::ranges::any_of(text, [](char c) { return is_control(c) && c != '\t'; }))
                return refuse(ErrorKind::bad_request, "control character in a header field", ec);
            head_.fields.push_back({view(name), text});
        }

        void on_header_impl(error_code& ec) override { check_head(ec); }

        void check_head(error_code& ec) {
            int hosts = 0, lengths = 0, codings = 0;
            head_.keep_alive = head_.minor_version >= 1;
            for (const auto& [name, value] : head_.fields) {
                switch (name.size()) {
                    case 4:
                        if (same_name(name, "host")) {
                            ++hosts;
                            if (!is_host(value))
                                refuse(ErrorKind::bad_request, "the Host header is not a host", ec);
                        }
                        break;
                    case 6:
                        if (same_name(name, "expect")) read_expectation(value, ec);
                        break;
                    case 10:
                        if (same_name(name, "connection")) {
                            if (has_token(value, "close"))
                                head_.keep_alive = false;
                            else if (has_token(value, "keep-alive") && head_.minor_version == 0)
                                head_.keep_alive = true;
                        }
                        break;
                    case 14:
                        if (same_name(name, "content-length")) {
                            ++lengths;
                            read_length(value, ec);
                        }
                        break;
                    case 17:
                        if (same_name(name, "transfer-encoding")) {
                            ++codings;
                            head_.chunked = same_name(value, "chunked");
                        }
                        break;
                    default:
                        break;
                }
                if (ec) return;
            }
            if (hosts > 1 || (hosts == 0 && head_.minor_version >= 1))
                return refuse(ErrorKind::bad_request, "exactly one Host header is needed", ec);
            if (lengths > 1)
                return refuse(ErrorKind::bad_request, "more than one Content-Length", ec);
            if (codings > 0 && lengths > 0)
                return refuse(ErrorKind::bad_request, "both Content-Length and Transfer-Encoding",
                              ec);
            if (codings > 1 || (codings == 1 && (!head_.chunked || head_.minor_version == 0)))
                return refuse(ErrorKind::bad_request,
                              "the only Transfer-Encoding accepted is `chunked`, in HTTP/1.1", ec);
        }

        void read_length(std::string_view text, error_code& ec) {
            std::uint64_t value = 0;
            const auto [end, problem] =
                std::from_chars(text.data(), text.data() + text.size(), value);
            if (problem != std::errc{} || end != text.data() + text.size() || text.empty())
                return refuse(ErrorKind::bad_request, "Content-Length is not a number", ec);
            head_.content_length = value;
        }

        void read_expectation(std::string_view text, error_code& ec) {
            if (!same_name(text, "100-continue"))
                return refuse(ErrorKind::expectation_failed,
                              "the only expectation met is 100-continue", ec);
            head_.expects_continue = head_.minor_version >= 1;
        }

        void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
        std::size_t on_body_impl(boost::beast::string_view, error_code& ec) override {
            ec = http::error::unexpected_body;  // bodies with a length do not go through the parser
            return 0;
        }
        void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
        std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view bytes,
                                       error_code& ec) override {
            auto& to = state_.sink;
            if (bytes.size() > to.max_bytes - *to.size) {
                refuse(ErrorKind::payload_too_large, "the request's body is too large", ec);
                return 0;
            }
            const auto needed = *to.size + bytes.size();
            if (!*to.body || needed > to.body->capacity())
                grow(*to.pool, *to.body, *to.size, std::max(needed, to.body->capacity() * 2));
            std::memcpy(to.body->data() + *to.size, bytes.data(), bytes.size());
            *to.size = needed;
            return bytes.size();
        }
        void on_finish_impl(error_code&) override {}
        void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}

        State& state_;
        RequestHead& head_;
        const std::size_t max_fields_;
    };

    std::optional<Parser> parser;
    Sink sink;
    GatewayError error;
    std::size_t max_bytes = 0;
    bool head_done = false;
};

RequestParser::RequestParser() : state_(std::make_unique<State>()) {}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

const GatewayError& RequestParser::error() const {
    return state_->error;
}

void RequestParser::start(RequestHead& head, std::size_t max_bytes, std::size_t max_fields) {
    head.clear();
    state_->parser.emplace(*state_, head, max_fields);
    state_->parser->header_limit(static_cast<std::uint32_t>(max_bytes));
    state_->parser->body_limit(boost::none);
    state_->head_done = false;
    state_->max_bytes = max_bytes;
    state_->error = {};
    state_->error.message.clear();
}

namespace {

/// `... HTTP/2.0\r\n`: well formed, but of a version we do not speak.
bool is_other_version(std::string_view start_line) {
    const auto mark = start_line.rfind(" HTTP/");
    return mark != start_line.npos && start_line.size() - mark == std::size(" HTTP/1.1") - 1;
}

/// A line feed alone, or a line that goes on on the next one: both have smuggled requests past
/// proxies that read them otherwise (RFC 9112, 2.2 and 5.2).
const char* find_ambiguity(std::string_view head) {
    for (auto at = head.find('\n'); at != head.npos; at = head.find('\n', at + 1)) {
        if (at == 0 || head[at - 1] != '\r') return "a line ends with a bare line feed";
        if (at + 1 < head.size() && (head[at + 1] == ' ' || head[at + 1] == '\t'))
            return "folded header lines are not accepted";
    }
    return nullptr;
}

bool begins_a_method(char c) {
    return c >= 'A' && c <= 'Z';
}

GatewayError bad_request(const char* message) {
    return {ErrorKind::bad_request, ErrorSource::client, message};
}

GatewayError too_large(std::string_view bytes, std::size_t max_bytes) {
    if (bytes.find("\r\n") < max_bytes)
        return {ErrorKind::headers_too_large, ErrorSource::client,
                "the request's header is too large"};
    return {ErrorKind::uri_too_long, ErrorSource::client, "the request's target is too long"};
}

GatewayError explain(const error_code& ec, std::string_view head) {
    if (ec == http::error::bad_version && is_other_version(head.substr(0, head.find("\r\n"))))
        return {ErrorKind::http_version, ErrorSource::client,
                "only HTTP/1.0 and HTTP/1.1 are spoken here"};
    return bad_request("the request is not valid HTTP/1.1");
}

}  // namespace

RequestParser::Progress RequestParser::parse_head(std::string_view bytes) {
    auto& state = *state_;
    std::size_t skipped = 0;
    // Old clients send an empty line behind a body (RFC 9112, 2.2).
    while (bytes.substr(skipped).starts_with("\r\n") && skipped < kMaxSkipped) skipped += 2;
    bytes.remove_prefix(skipped);
    if (bytes.empty() || bytes == "\r") return {Step::need_more, skipped};
    const auto refuse = [&](GatewayError error) {
        state.error = std::move(error);
        return Progress{Step::failed, skipped};
    };
    if (!begins_a_method(bytes.front()))
        return refuse(bad_request("the request is not valid HTTP/1.1"));
    const auto end = bytes.find("\r\n\r\n");
    const auto head = bytes.substr(0, end == bytes.npos ? end : end + 4);
    if (head.size() > state.max_bytes) return refuse(too_large(head, state.max_bytes));
    if (const char* ambiguity = find_ambiguity(head)) return refuse(bad_request(ambiguity));
    if (end == bytes.npos) return {Step::need_more, skipped};

    // The whole head is there, so Beast reads it in one go and no view of it can move.
    std::size_t consumed = 0;
    while (!state.parser->is_header_done()) {
        error_code ec;
        const auto step = state.parser->put(
            boost::asio::const_buffer(head.data() + consumed, head.size() - consumed), ec);
        consumed += step;
        if (state.error.message.empty() && (ec || step == 0)) return refuse(explain(ec, head));
        if (ec) return {Step::failed, skipped};
    }
    state.head_done = true;
    return {Step::done, skipped + consumed};
}

RequestParser::Progress RequestParser::parse_chunks(std::string_view bytes, BufferPool& pool,
                                                    BorrowedBuffer& body, std::size_t& size,
                                                    std::size_t max_bytes) {
    auto& state = *state_;
    auto& parser = *state.parser;
    state.sink = {&pool, &body, &size, max_bytes};
    std::size_t consumed = 0;
    while (consumed < bytes.size() && !parser.is_done()) {
        error_code ec;
        const auto step = parser.put(
            boost::asio::const_buffer(bytes.data() + consumed, bytes.size() - consumed), ec);
        consumed += step;
        if (ec == http::error::need_more) break;
        if (ec) {
            if (state.error.message.empty())
                state.error = GatewayError(ErrorKind::bad_request, ErrorSource::client,
                                           "the request's chunks are not valid HTTP/1.1");
            return {Step::failed, consumed};
        }
        if (step == 0) break;
    }
    return {parser.is_done() ? Step::done : Step::need_more, consumed};
}

}  // namespace tollweir::net
