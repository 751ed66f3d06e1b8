#include "tollweir/net/http_response.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <charconv>
#include <cstring>

namespace tollweir::net {

namespace http = boost::beast::http;
using boost::beast::error_code;

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

struct ResponseParser::State {
    class Parser final : public http::basic_parser<false> {
    public:
        Parser(State& state, ResponseHead& head, std::size_t max_fields)
            : state_(state), head_(head), max_fields_(max_fields) {}

    private:
        void on_response_impl(int status, boost::beast::string_view, int version,
                              error_code&) override {
            head_.status = status;
            head_.keep_alive = version >= 11;
        }
        void on_field_impl(http::field, boost::beast::string_view name,
                           boost::beast::string_view value, error_code& ec) override {
            if (state_.head_done) return;  // trailers
            if (head_.fields.size() >= max_fields_) {
                ec = http::error::bad_field;
                return;
            }
            head_.fields.push_back({{name.data(), name.size()}, {value.data(), value.size()}});
        }
        void on_header_impl(error_code& ec) override {
            int lengths = 0;
            for (const auto& [name, value] : head_.fields) {
                if (same_name(name, "content-length")) {
                    std::uint64_t length = 0;
                    const auto [end, problem] =
                        std::from_chars(value.data(), value.data() + value.size(), length);
                    if (problem != std::errc{} || end != value.data() + value.size() ||
                        (lengths++ > 0 && length != head_.content_length))
                        ec = http::error::bad_content_length;
                    head_.content_length = length;
                    head_.sized = true;
                } else if (same_name(name, "transfer-encoding")) {
                    if (!same_name(value, "chunked")) ec = http::error::bad_transfer_encoding;
                    head_.chunked = true;
                } else if (same_name(name, "connection")) {
                    if (same_name(value, "close")) head_.keep_alive = false;
                    if (same_name(value, "keep-alive")) head_.keep_alive = true;
                }
            }
            if (head_.chunked && head_.sized) ec = http::error::bad_transfer_encoding;
            const bool bodiless =
                head_.status / 100 == 1 || head_.status == 204 || head_.status == 304;
            if (bodiless) {
                head_.sized = true;
                head_.chunked = false;
                head_.content_length = 0;
            }
        }
        void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
        std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view bytes,
                                       error_code&) override {
            std::memmove(state_.out, bytes.data(), bytes.size());
            state_.out += bytes.size();
            return bytes.size();
        }
        void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
        std::size_t on_body_impl(boost::beast::string_view, error_code& ec) override {
            ec = http::error::unexpected_body;  // sized bodies do not go through the parser
            return 0;
        }
        void on_finish_impl(error_code&) override {}
        void on_request_impl(http::verb, boost::beast::string_view, boost::beast::string_view, int,
                             error_code&) override {}

        State& state_;
        ResponseHead& head_;
        const std::size_t max_fields_;
    };

    std::optional<Parser> parser;
    ResponseHead* head = nullptr;
    std::size_t max_bytes = 0;
    std::size_t max_fields = 0;
    char* out = nullptr;
    bool head_done = false;
};

ResponseParser::ResponseParser() : state_(std::make_unique<State>()) {}
ResponseParser::~ResponseParser() = default;

void ResponseParser::start(ResponseHead& head, std::size_t max_bytes, std::size_t max_fields) {
    state_->head = &head;
    state_->max_bytes = max_bytes;
    state_->max_fields = max_fields;
    state_->head_done = false;
}

ResponseParser::Progress ResponseParser::parse_head(std::string_view bytes) {
    auto& state = *state_;
    // A head comes in one read but for rare cases: so each try begins anew, and the buffer may move
    // between two.
    const auto end = bytes.find("\r\n\r\n");
    if (end == bytes.npos)
        return {bytes.size() > state.max_bytes ? Step::failed : Step::need_more, 0};
    // Folded lines would be read elsewhere, into a buffer that dies.
    const auto text = bytes.substr(0, end + 4);
    if (text.find("\n ") != text.npos || text.find("\n\t") != text.npos) return {Step::failed, 0};
    auto& head = *state.head;
    state.head_done = false;
    head.fields.clear();
    head.sized = head.chunked = false;
    head.content_length = 0;
    head.bytes.assign(text);
    state.parser.emplace(state, head, state.max_fields);
    state.parser->header_limit(static_cast<std::uint32_t>(state.max_bytes));
    state.parser->body_limit(boost::none);
    std::size_t consumed = 0;
    while (!state.parser->is_header_done()) {
        error_code ec;
        const auto step = state.parser->put(
            boost::asio::const_buffer(head.bytes.data() + consumed, head.bytes.size() - consumed),
            ec);
        consumed += step;
        if (ec || step == 0) return {Step::failed, 0};
    }
    state.head_done = true;
    return {Step::done, head.bytes.size()};
}

ResponseParser::Step ResponseParser::parse_chunks(char* bytes, std::size_t& out, std::size_t& in,
                                                  std::size_t end) {
    auto& state = *state_;
    auto& parser = *state.parser;
    state.out = bytes + out;
    auto step_result = Step::need_more;
    while (in < end && !parser.is_done()) {
        error_code ec;
        const auto step = parser.put(boost::asio::const_buffer(bytes + in, end - in), ec);
        in += step;
        if (ec == http::error::need_more) break;
        if (ec) {
            step_result = Step::failed;
            break;
        }
        if (step == 0) break;
    }
    out = static_cast<std::size_t>(state.out - bytes);
    if (step_result != Step::failed && parser.is_done()) step_result = Step::done;
    return step_result;
}

}  // namespace tollweir::net
