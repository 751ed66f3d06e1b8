#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "tollweir/api/front.hpp"

using namespace tollweir;

namespace {

using Json = nlohmann::ordered_json;

void require(bool holds) {
    if (!holds) std::abort();
}

// Nested values are not validated, so another parser may refuse what we accept. What it reads, it
// must read as the same members.
void compare(const ObjectView& view) {
    bool nested_is_good = true;
    for (const JsonMember& member : view.members()) {
        const bool good = is_valid_json(member.value);
        const bool nested = member.type == JsonType::object || member.type == JsonType::array;
        require(good || nested);
        nested_is_good = nested_is_good && good;
        require(view.find(member.key) == &member);
        require(member.whole.ends_with(member.value));
    }
    require(view.text()[view.close_offset()] == '}');
    Json tree;
    try {
        tree = Json::parse(view.text());
    } catch (const Json::out_of_range&) {
        return;  // a number that no double holds, which JSON's grammar allows
    } catch (const Json::parse_error&) {
        // nlohmann refuses lone surrogates, which JSON's grammar allows too.
        require(!nested_is_good || view.text().find("\\u") != std::string_view::npos);
        return;
    }
    require(tree.is_object() && tree.size() == view.members().size());
    std::size_t i = 0;
    for (const auto& [key, value] : tree.items()) {
        require(view.members()[i].key == key);
        require(Json::parse(view.members()[i].value) == value);
        ++i;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string body(reinterpret_cast<const char*>(data), size);
    body.append(kJsonPadding, '"');
    const std::string_view text(body.data(), size);

    ObjectView view;
    if (view.scan(text)) compare(view);
    require(!is_valid_json(text) || json_value_end(text, 0) <= size);

    ChatView chat;
    for (const Endpoint endpoint : {Endpoint::chat_completions, Endpoint::embeddings}) {
        const auto scanned = openai_front().scan(endpoint, text, chat);
        if (scanned) continue;
        std::string written;
        openai_front().write_error(scanned.error(), written);
        require(is_valid_json(written));
    }
    (void)read_openai_usage(text);
    if (const auto decoded = decode_json_string(text)) {
        std::string literal;
        append_json_string(literal, *decoded);
        require(decode_json_string(literal) == decoded);
    }
    std::string literal;
    append_json_string(literal, text);
    require(is_valid_json(literal));

    ReplyEditor reply;
    Pieces pieces;
    for (const auto form : {EmbeddingForm::as_sent, EmbeddingForm::floats, EmbeddingForm::base64}) {
        pieces.clear();
        (void)reply.edit(text, {"model", form}, pieces);
    }
    return 0;
}
