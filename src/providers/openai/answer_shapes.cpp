#include "providers/openai/answer_shapes.hpp"

#include <algorithm>
#include <charconv>

#include "providers/openai/answer_steps.hpp"

namespace tollweir {
namespace {

void set_object(JsonNode& root, std::string_view literal) {
    if (auto* object = root.find("object")) {
        *object = {JsonType::string, object->key, literal, {}};
    } else {
        root.children.push_back({JsonType::string, R"("object")", literal, {}});
    }
}

std::size_t index_of(const JsonNode& choice) {
    std::size_t index = 0;
    if (const auto* node = choice.find("index")) {
        std::from_chars(node->text.data(), node->text.data() + node->text.size(), index);
    }
    return index;
}

// `text` -> `message` or `delta`.
void wrap_text(JsonNode& choice, bool is_chunk, bool names_role) {
    auto* text = choice.find("text");
    if (text == nullptr) return;
    JsonNode part{JsonType::object, is_chunk ? R"("delta")" : R"("message")", {}, {}};
    if (names_role) {
        part.children.push_back(json_string_node(R"("role")", R"("assistant")"));
    }
    part.children.push_back({text->type, R"("content")", text->text, {}});
    *text = std::move(part);
    // Of another form than chat's.
    choice.remove("logprobs");
}

void unwrap_text(JsonNode& choice) {
    constexpr std::string_view kEmpty = R"("")";
    for (const std::string_view name : {"message", "delta"}) {
        auto* part = choice.find(name);
        if (part == nullptr) continue;
        const auto* content = part->find("content");
        const bool is_text = content != nullptr && content->is(JsonType::string);
        *part = json_string_node(R"("text")", is_text ? content->text : kEmpty);
        return;
    }
}

}  // namespace

bool text_to_chat(JsonNode& root, bool is_chunk, StartedChoices& started) {
    auto* choices = list_of(root, "choices");
    if (choices == nullptr) return false;
    set_object(root, is_chunk ? R"("chat.completion.chunk")" : R"("chat.completion")");
    for (auto& choice : list_of(root, "choices")->children) {
        const auto index = std::min(index_of(choice), started.size() - 1);
        wrap_text(choice, is_chunk, !is_chunk || !started.test(index));
        if (is_chunk) started.set(index);
    }
    return true;
}

bool chat_to_text(JsonNode& root) {
    auto* choices = list_of(root, "choices");
    if (choices == nullptr) return false;
    set_object(root, R"("text_completion")");
    for (auto& choice : list_of(root, "choices")->children) unwrap_text(choice);
    return true;
}

}  // namespace tollweir
