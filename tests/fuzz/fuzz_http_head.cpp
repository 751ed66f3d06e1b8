// Heads and chunks from clients and upstreams: no input may crash a parser, give a view outside its
// bytes, or be understood differently when it arrives in pieces.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tollweir/net/chunk_decoder.hpp"
#include "tollweir/net/http_response.hpp"

namespace {

using namespace tollweir::net;

constexpr HeadLimits kLimits{4096, 32};

void require(bool holds) {
    if (!holds) std::abort();
}

bool inside(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

/// The request head's outcome when the bytes come `piece` at a time.
std::pair<HeadStep, std::string> read_request(std::string_view bytes, std::size_t piece) {
    RequestHead head;
    std::size_t begin = 0;
    for (std::size_t end = 0; end < bytes.size();) {
        end = std::min(bytes.size(), end + piece);
        const auto progress = parse_request_head(bytes.substr(begin, end - begin), kLimits, head);
        begin += progress.consumed;
        if (progress.step == HeadStep::need_more) continue;
        if (progress.step == HeadStep::failed) return {progress.step, {}};
        for (const auto& [name, value] : head.fields)
            require(is_token(name) && inside(name, bytes) && inside(value, bytes) &&
                    value.find_first_of("\r\n") == value.npos);
        // The path of `http://host` is a constant.
        require((head.path == "/" || inside(head.path, bytes)) && inside(head.query, bytes));
        require(!(head.chunked && head.content_length > 0));
        return {progress.step, std::string(head.method) + " " + std::string(head.target)};
    }
    return {HeadStep::need_more, {}};
}

std::string decode(std::string_view bytes, std::size_t piece, bool& done, bool& broken) {
    ChunkDecoder decoder;
    std::string body;
    for (std::size_t begin = 0; begin < bytes.size(); begin += piece) {
        auto input = bytes.substr(begin, piece);
        for (auto part = decoder.take(input); !part.empty(); part = decoder.take(input))
            body += part;
    }
    done = decoder.is_done();
    broken = decoder.is_broken();
    return body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);

    const auto whole = read_request(bytes, std::max<std::size_t>(size, 1));
    for (const std::size_t piece : {1u, 7u}) {
        const auto cut = read_request(bytes, piece);
        // A head that is there at once may be refused for what stands behind its first part; in
        // pieces the same is found earlier or later, but never read as another request.
        if (whole.first == HeadStep::done && cut.first == HeadStep::done)
            require(cut.second == whole.second);
        if (whole.first == HeadStep::failed) require(cut.first != HeadStep::done);
    }

    ResponseHead response;
    const auto progress = parse_response_head(bytes, kLimits, response);
    if (progress.step == HeadStep::done) {
        require(response.status >= 100 && response.status <= 999);
        require(!(response.sized && response.chunked));
        for (const auto& field : response.fields) require(inside(field.value, response.bytes));
    }

    bool done = false, broken = false, cut_done = false, cut_broken = false;
    const auto body = decode(bytes, std::max<std::size_t>(size, 1), done, broken);
    const auto cut_body = decode(bytes, 1, cut_done, cut_broken);
    require(body == cut_body && done == cut_done && broken == cut_broken);
    return 0;
}
