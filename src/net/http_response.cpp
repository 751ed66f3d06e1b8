#include "tollweir/net/http_response.hpp"

#include <algorithm>

#include "net/head_scan.hpp"

namespace tollweir::net {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// `HTTP/1.1 200 OK`.
bool read_status_line(std::string_view line, ResponseHead& head) {
    if (line.size() < 12 || !line.starts_with("HTTP/1.") || !is_digit(line[7]) || line[8] != ' ')
        return false;
    if (line.size() > 12 && line[12] != ' ') return false;
    const auto code = line.substr(9, 3);
    if (!std::ranges::all_of(code, is_digit) || code[0] == '0') return false;
    head.status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
    head.keep_alive = line[7] != '0';
    return true;
}

bool read_framing(ResponseHead& head) {
    for (const auto& [name, value] : head.fields) {
        if (name.size() == 14 && same_name(name, "content-length")) {
            const auto length = parse_length(value);
            // Servers exist that repeat it; what they may not do is contradict themselves.
            if (!length || (head.sized && *length != head.content_length)) return false;
            head.content_length = *length;
            head.sized = true;
        } else if (name.size() == 17 && same_name(name, "transfer-encoding")) {
            if (head.chunked || !same_name(value, "chunked")) return false;
            head.chunked = true;
        } else if (name.size() == 10 && same_name(name, "connection")) {
            if (has_token(value, "close"))
                head.keep_alive = false;
            else if (has_token(value, "keep-alive"))
                head.keep_alive = true;
        }
    }
    if (head.chunked && head.sized) return false;
    if (head.status / 100 == 1 || head.status == 204 || head.status == 304) {
        head.sized = true;
        head.chunked = false;
        head.content_length = 0;
    }
    return true;
}

}  // namespace

std::optional<std::string_view> ResponseHead::find(std::string_view name) const {
    for (const auto& field : fields)
        if (same_name(field.name, name)) return field.value;
    return std::nullopt;
}

std::string_view ResponseHead::media_type() const {
    const auto type = find("content-type").value_or("");
    auto name = type.substr(0, type.find(';'));
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    return name;
}

ResponseProgress parse_response_head(std::string_view bytes, const HeadLimits& limits,
                                     ResponseHead& head) {
    constexpr std::string_view kBegin = "HTTP/1.";
    const ResponseProgress failed{HeadStep::failed, 0};
    if (bytes.substr(0, kBegin.size()) != kBegin.substr(0, bytes.size())) return failed;
    const auto end = find_head_end(bytes);
    const auto text = bytes.substr(0, end == bytes.npos ? end : end + 4);
    if (text.size() > limits.max_bytes || find_ambiguity(text) != nullptr) return failed;
    if (end == bytes.npos) return {HeadStep::need_more, 0};
    head.fields.clear();
    head.sized = head.chunked = false;
    head.content_length = 0;
    head.bytes.assign(text);
    const std::string_view own = head.bytes;
    const auto line_end = own.find('\r');
    if (!read_status_line(own.substr(0, line_end), head) ||
        !split_fields(own.substr(line_end + 2), limits.max_fields, head.fields) ||
        !read_framing(head))
        return failed;
    return {HeadStep::done, text.size()};
}

}  // namespace tollweir::net
