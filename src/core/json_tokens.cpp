#include "core/json_tokens.hpp"

#include <simdjson.h>

#include <algorithm>
#include <memory>

namespace tollweir {
namespace {

using Parser = simdjson::internal::dom_parser_implementation;

constexpr std::size_t kLeastCapacity = std::size_t{64} << 10;
// The parser takes four bytes for each byte of capacity (touched only as far as there are tokens).
constexpr std::size_t kKeptCapacity = std::size_t{1} << 20;

std::unique_ptr<Parser>& thread_parser() {
    thread_local std::unique_ptr<Parser> parser;
    return parser;
}

Parser* parser_for(std::size_t size) {
    std::unique_ptr<Parser>& parser = thread_parser();
    if (parser != nullptr && parser->capacity() >= size) return parser.get();
    const std::size_t doubled = parser == nullptr ? kLeastCapacity : 2 * parser->capacity();
    parser.reset();
    // Only the first of simdjson's two stages is used, which needs no room for nesting.
    constexpr std::size_t kDepth = 1;
    const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
        std::max(size, doubled), kDepth, parser);
    if (error != simdjson::SUCCESS) parser.reset();
    return parser.get();
}

std::string_view describe(simdjson::error_code error) {
    switch (error) {
        case simdjson::EMPTY:
            return "it is empty";
        case simdjson::UTF8_ERROR:
            return "it is not valid UTF-8";
        case simdjson::UNCLOSED_STRING:
            return "a string is not closed";
        case simdjson::UNESCAPED_CHARS:
            return "a string holds a raw control character";
        default:
            return "it is malformed";
    }
}

}  // namespace

std::expected<JsonTokens, std::string_view> find_json_tokens(std::string_view text) {
    if (text.empty()) return std::unexpected(describe(simdjson::EMPTY));
    if (text.size() > simdjson::SIMDJSON_MAXSIZE_BYTES) return std::unexpected("it is too large");
    Parser* const parser = parser_for(text.size());
    if (parser == nullptr) return std::unexpected("it is too large for the memory at hand");
    const auto error = parser->stage1(reinterpret_cast<const std::uint8_t*>(text.data()),
                                      text.size(), simdjson::stage1_mode::regular);
    if (error != simdjson::SUCCESS) return std::unexpected(describe(error));
    return JsonTokens(text, parser->structural_indexes.get(), parser->n_structural_indexes);
}

void trim_json_parser() {
    std::unique_ptr<Parser>& parser = thread_parser();
    if (parser != nullptr && parser->capacity() > kKeptCapacity) parser.reset();
}

}  // namespace tollweir
