#include "providers/openai/answer_steps.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace tollweir {
namespace {

constexpr std::string_view kReasoningContent = R"("reasoning_content")";

bool is_given(const JsonNode* node) {
    return node != nullptr && !node->is(JsonType::null);
}

bool has_calls(const JsonNode& part) {
    const auto* calls = part.find("tool_calls");
    return calls != nullptr && calls->is(JsonType::array) && !calls->children.empty();
}

// A literal without its quotes.
std::string_view inside(const JsonNode& string) {
    return string.text.substr(1, string.text.size() - 2);
}

void append_text(const JsonNode* node, std::string& literal) {
    if (node != nullptr && node->is(JsonType::string)) literal += inside(*node);
}

void set_member(JsonNode& object, std::string_view key_literal, JsonType type,
                std::string_view text) {
    const auto name = key_literal.substr(1, key_literal.size() - 2);
    if (auto* own = object.find(name)) {
        *own = {type, own->key, text, {}};
    } else {
        object.children.push_back({type, key_literal, text, {}});
    }
}

// `thinking` of a block: a text, or a list of text parts.
void append_thinking(const JsonNode& block, std::string& literal) {
    const auto* thinking = block.find("thinking");
    append_text(thinking, literal);
    if (thinking == nullptr || !thinking->is(JsonType::array)) return;
    for (const auto& part : thinking->children) append_text(part.find("text"), literal);
}

std::optional<std::uint64_t> count_of(const JsonNode* node) {
    if (node == nullptr || !node->is(JsonType::number)) return std::nullopt;
    std::uint64_t count = 0;
    const char* const end = node->text.data() + node->text.size();
    const auto read = std::from_chars(node->text.data(), end, count);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return count;
}

bool is_counter(const JsonNode& member) {
    constexpr std::array<std::string_view, 5> kCounters{"prompt_tokens", "completion_tokens",
                                                        "total_tokens", "prompt_tokens_details",
                                                        "completion_tokens_details"};
    return std::ranges::any_of(kCounters, [&](auto name) { return member.key_is(name); });
}

}  // namespace

JsonNode* list_of(JsonNode& object, std::string_view name) {
    auto* found = object.find(name);
    return found != nullptr && found->is(JsonType::array) ? found : nullptr;
}

bool copy_reasoning(JsonNode& part) {
    const auto* reasoning = part.find("reasoning");
    if (reasoning == nullptr || !reasoning->is(JsonType::string)) return false;
    if (is_given(part.find("reasoning_content"))) return false;
    const auto text = reasoning->text;
    set_member(part, kReasoningContent, JsonType::string, text);
    return true;
}

bool join_reasoning_details(JsonNode& part, AnswerTexts& texts) {
    auto* details = list_of(part, "reasoning_details");
    if (details == nullptr || is_given(part.find("reasoning_content"))) return false;
    std::string literal = "\"";
    for (const auto& detail : details->children) append_text(detail.find("text"), literal);
    if (literal.size() == 1) return false;
    literal += '"';
    set_member(part, kReasoningContent, JsonType::string, texts.emplace_back(std::move(literal)));
    return true;
}

bool split_content_blocks(JsonNode& part, bool is_chunk, AnswerTexts& texts) {
    auto* content = list_of(part, "content");
    if (content == nullptr) return false;
    std::string text = "\"";
    std::string thoughts = "\"";
    for (const auto& block : content->children) {
        const auto* type = block.find("type");
        if (type == nullptr) continue;
        if (type->is_string("text")) append_text(block.find("text"), text);
        if (type->is_string("thinking")) append_thinking(block, thoughts);
    }
    const bool has_text = text.size() > 1 || !is_chunk;
    text += '"';
    *content =
        has_text ? JsonNode{JsonType::string, content->key, texts.emplace_back(std::move(text)), {}}
                 : JsonNode{JsonType::null, content->key, "null", {}};
    if (thoughts.size() > 1) {
        thoughts += '"';
        set_member(part, kReasoningContent, JsonType::string,
                   texts.emplace_back(std::move(thoughts)));
    }
    return true;
}

bool drop_content_beside_calls(JsonNode& part) {
    auto* content = part.find("content");
    if (content == nullptr || !content->is_string("") || !has_calls(part)) return false;
    *content = {JsonType::null, content->key, "null", {}};
    return true;
}

bool add_call_types(JsonNode& part) {
    auto* calls = list_of(part, "tool_calls");
    if (calls == nullptr) return false;
    bool changed = false;
    for (auto& call : calls->children) {
        // A delta that only continues a call names neither.
        if (!is_given(call.find("id")) || call.find("function") == nullptr) continue;
        if (is_given(call.find("type"))) continue;
        set_member(call, R"("type")", JsonType::string, R"("function")");
        changed = true;
    }
    return changed;
}

bool finish_by_calls(JsonNode& choice, const JsonNode& part) {
    auto* finish = choice.find("finish_reason");
    if (finish == nullptr || !finish->is_string("") || !has_calls(part)) return false;
    finish->text = R"("tool_calls")";
    return true;
}

bool lift_groq_extension(JsonNode& root) {
    bool changed = false;
    if (auto* tier = root.find("service_tier"); tier != nullptr && tier->is_string("on_demand")) {
        tier->text = R"("auto")";
        changed = true;
    }
    auto* extension = root.find("x_groq");
    auto* inner = extension == nullptr ? nullptr : extension->find("usage");
    if (inner == nullptr || !inner->is(JsonType::object)) return changed;
    JsonNode usage = std::move(*inner);
    extension->remove("usage");
    std::erase_if(usage.children, [](const JsonNode& member) { return !is_counter(member); });
    if (auto* own = root.find("usage"); own == nullptr) {
        root.children.push_back(std::move(usage));
    } else if (own->is(JsonType::null)) {
        *own = std::move(usage);
    }
    return true;
}

bool count_cache_hits(JsonNode& usage) {
    const auto* hits = usage.find("prompt_cache_hit_tokens");
    if (hits == nullptr || !hits->is(JsonType::number)) return false;
    const auto text = hits->text;
    auto* details = usage.find("prompt_tokens_details");
    if (details == nullptr || !details->is(JsonType::object)) {
        usage.remove("prompt_tokens_details");
        usage.children.push_back({JsonType::object, R"("prompt_tokens_details")", {}, {}});
        details = &usage.children.back();
    }
    if (is_given(details->find("cached_tokens"))) return false;
    set_member(*details, R"("cached_tokens")", JsonType::number, text);
    return true;
}

bool add_reasoning_tokens(JsonNode& usage, AnswerTexts& texts) {
    const auto* details = usage.find("completion_tokens_details");
    const auto reasoning =
        count_of(details == nullptr ? nullptr : details->find("reasoning_tokens"));
    auto* completion = usage.find("completion_tokens");
    const auto own = count_of(completion);
    const auto prompt = count_of(usage.find("prompt_tokens"));
    const auto total = count_of(usage.find("total_tokens"));
    if (!reasoning || !own || !prompt || !total || *reasoning == 0) return false;
    if (*total != *prompt + *own + *reasoning) return false;
    completion->text = texts.emplace_back(std::to_string(*own + *reasoning));
    return true;
}

void FilterChunks::note(std::string_view data) {
    constexpr std::string_view kId = R"("id":")";
    if (!id_.empty()) return;
    const auto at = data.find(kId);
    if (at == std::string_view::npos) return;
    const auto rest = data.substr(at + kId.size());
    const auto end = rest.find('"');
    if (end == std::string_view::npos || end == 0 || rest.substr(0, end).contains('\\')) return;
    id_.append(1, '"').append(rest.substr(0, end)).append(1, '"');
}

AnswerTidier::Chunk FilterChunks::tidy(JsonNode& root, AnswerTexts& texts) const {
    using Chunk = AnswerTidier::Chunk;
    auto* choices = list_of(root, "choices");
    if (choices == nullptr) return Chunk::as_it_is;  // an error, for one
    const auto* usage = root.find("usage");
    const bool has_usage = usage != nullptr && usage->is(JsonType::object);
    const bool had_choices = !choices->children.empty();
    std::erase_if(choices->children, [](const JsonNode& choice) {
        return choice.find("delta") == nullptr && choice.find("text") == nullptr &&
               !is_given(choice.find("finish_reason"));
    });
    if (choices->children.empty()) {
        if (!has_usage) return Chunk::dropped;
        return had_choices ? Chunk::changed : Chunk::as_it_is;
    }
    for (auto& choice : choices->children) {
        if (choice.find("delta") != nullptr || choice.find("text") != nullptr) continue;
        choice.children.push_back({JsonType::object, R"("delta")", {}, {}});
    }
    if (auto* id = root.find("id"); id != nullptr && id->is_string("") && !id_.empty()) {
        id->text = texts.emplace_back(id_);
        set_member(root, R"("object")", JsonType::string, R"("chat.completion.chunk")");
    }
    return Chunk::changed;
}

}  // namespace tollweir
