#include "tollweir/net/http_request.hpp"

#include <algorithm>
#include <array>

#include "net/head_scan.hpp"

namespace tollweir::net {

namespace {

std::unexpected<GatewayError> refuse(ErrorKind kind, const char* message) {
    return fail(kind, message);
}

std::unexpected<GatewayError> not_http() {
    return refuse(ErrorKind::bad_request, "the request is not valid HTTP/1.1");
}

// The host and port of RFC 9110, 4.2.3 are made of these (RFC 3986, 3.2.2); no userinfo.
constexpr auto kHostCharacters = [] {
    std::array<bool, 256> table{};
    for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
    for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = table[c - 32] = true;
    for (const char c : std::string_view("-._~%!$&'()*+,;=:[]"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

bool is_host(std::string_view text) {
    bool all = true;  // here and below without a branch a byte
    for (const char c : text) all &= kHostCharacters[static_cast<unsigned char>(c)];
    return all;
}

bool is_target(std::string_view text) {
    bool all = true;
    for (const char c : text) all &= static_cast<unsigned char>(c - 0x21) < 0x7f - 0x21;
    return all;
}

Result<void> read_target(RequestHead& head) {
    auto target = head.target;
    if (head.method == "CONNECT")
        return refuse(ErrorKind::method_not_allowed, "CONNECT is not offered");
    if (!is_target(target)) return not_http();
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!same_name(target.substr(0, scheme.size()), scheme)) continue;
        const auto slash = target.find_first_of("/?", scheme.size());
        target = slash == target.npos ? std::string_view("/") : target.substr(slash);
        break;
    }
    if (target != "*" && !target.starts_with('/'))
        return refuse(ErrorKind::bad_request, "the request target is not a path");
    const auto mark = target.find('?');
    head.path = target.substr(0, mark);
    head.query = mark == target.npos ? std::string_view{} : target.substr(mark + 1);
    head.query = head.query.substr(0, head.query.find('#'));
    return {};
}

/// `HTTP/1.1`, as the version stands at the line's end.
Result<void> read_version(std::string_view version, RequestHead& head) {
    constexpr std::string_view kName = "HTTP/";
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (version.size() != 8 || !version.starts_with(kName) || !is_digit(version[5]) ||
        version[6] != '.' || !is_digit(version[7]))
        return not_http();
    if (version[5] != '1' || version[7] > '1')
        return refuse(ErrorKind::http_version, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    head.minor_version = version[7] - '0';
    return {};
}

Result<void> read_start_line(std::string_view line, RequestHead& head) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == line.npos || first == last) return not_http();
    head.method = line.substr(0, first);
    head.target = line.substr(first + 1, last - first - 1);
    if (!is_token(head.method) || head.target.empty()) return not_http();
    if (auto version = read_version(line.substr(last + 1), head); !version) return version;
    return read_target(head);
}

Result<void> read_expectation(std::string_view value, RequestHead& head) {
    if (!same_name(value, "100-continue"))
        return refuse(ErrorKind::expectation_failed, "the only expectation met is 100-continue");
    head.expects_continue = head.minor_version >= 1;
    return {};
}

/// How the message is framed and the connection kept.
Result<void> read_framing(RequestHead& head) {
    int hosts = 0, lengths = 0, codings = 0;
    head.keep_alive = head.minor_version >= 1;
    for (const auto& [name, value] : head.fields) {
        // By length first: most fields are none of these.
        if (name.size() == 4 && same_name(name, "host")) {
            ++hosts;
            if (!is_host(value))
                return refuse(ErrorKind::bad_request, "the Host header is not a host");
        } else if (name.size() == 6 && same_name(name, "expect")) {
            if (auto read = read_expectation(value, head); !read) return read;
        } else if (name.size() == 10 && same_name(name, "connection")) {
            if (has_token(value, "close"))
                head.keep_alive = false;
            else if (head.minor_version == 0 && has_token(value, "keep-alive"))
                head.keep_alive = true;
        } else if (name.size() == 14 && same_name(name, "content-length")) {
            ++lengths;
            const auto length = parse_length(value);
            if (!length) return refuse(ErrorKind::bad_request, "Content-Length is not a number");
            head.content_length = *length;
        } else if (name.size() == 17 && same_name(name, "transfer-encoding")) {
            ++codings;
            head.chunked = same_name(value, "chunked");
        }
    }
    if (hosts > 1 || (hosts == 0 && head.minor_version >= 1))
        return refuse(ErrorKind::bad_request, "exactly one Host header is needed");
    if (lengths > 1) return refuse(ErrorKind::bad_request, "more than one Content-Length");
    if (codings > 0 && lengths > 0)
        return refuse(ErrorKind::bad_request, "both Content-Length and Transfer-Encoding");
    if (codings > 1 || (codings == 1 && (!head.chunked || head.minor_version == 0)))
        return refuse(ErrorKind::bad_request,
                      "the only Transfer-Encoding accepted is `chunked`, in HTTP/1.1");
    return {};
}

GatewayError too_large(std::string_view bytes, std::size_t max_bytes) {
    if (bytes.find("\r\n") < max_bytes)
        return {ErrorKind::headers_too_large, ErrorSource::client,
                "the request's header is too large"};
    return {ErrorKind::uri_too_long, ErrorSource::client, "the request's target is too long"};
}

Result<void> read_head(std::string_view text, const HeadLimits& limits, RequestHead& head) {
    const auto line_end = text.find('\r');
    if (auto line = read_start_line(text.substr(0, line_end), head); !line) return line;
    if (!split_fields(text.substr(line_end + 2), limits.max_fields, head.fields)) {
        if (head.fields.size() == limits.max_fields)
            return refuse(ErrorKind::headers_too_large, "too many header fields");
        return not_http();
    }
    head.note_marks();
    return read_framing(head);
}

}  // namespace

void RequestHead::note_marks() {
    marks_ = 0;
    for (const auto& field : fields) marks_ |= mark_of(field.name);
}

std::optional<std::string_view> RequestHead::find_among(std::string_view name) const {
    for (const auto& field : fields)
        if (same_name(field.name, name)) return field.value;
    return std::nullopt;
}

void RequestHead::clear() {
    method = target = path = query = {};
    fields.clear();
    marks_ = kUnknown;
    content_length = 0;
    minor_version = 1;
    chunked = expects_continue = false;
    keep_alive = true;
}

HeadProgress parse_request_head(std::string_view bytes, const HeadLimits& limits,
                                RequestHead& head) {
    HeadProgress progress;
    head.clear();
    // Old clients send an empty line behind a body (RFC 9112, 2.2); how long that may go on is the
    // head's time.
    while (bytes.starts_with("\r\n")) {
        bytes.remove_prefix(2);
        progress.consumed += 2;
    }
    const auto failed = [&](GatewayError error) {
        progress.step = HeadStep::failed;
        progress.error = std::move(error);
        return progress;
    };
    if (bytes.empty() || bytes == "\r") return progress;
    // Whatever is no method, TLS above all, need not be waited for.
    if (!is_token(bytes.substr(0, 1))) return failed(not_http().error());
    const auto end = find_head_end(bytes);
    const auto text = bytes.substr(0, end == bytes.npos ? end : end + 4);
    if (text.size() > limits.max_bytes) return failed(too_large(text, limits.max_bytes));
    if (const char* ambiguity = find_ambiguity(text))
        return failed({ErrorKind::bad_request, ErrorSource::client, ambiguity});
    if (end == bytes.npos) return progress;
    if (auto read = read_head(text, limits, head); !read) return failed(std::move(read.error()));
    progress.step = HeadStep::done;
    progress.consumed += text.size();
    return progress;
}

}  // namespace tollweir::net
