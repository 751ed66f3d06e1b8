#include "tollweir/api/answer_recorder.hpp"

#include <algorithm>
#include <charconv>

#include "tollweir/core/json_tree.hpp"

namespace tollweir {
namespace {

constexpr std::size_t kMostBytes = 4 << 20;

std::int64_t index_of(const JsonNode& node) {
    std::int64_t index = 0;
    if (const auto* member = node.find("index"); member != nullptr && member->is(JsonType::number))
        std::from_chars(member->text.data(), member->text.data() + member->text.size(), index);
    return index;
}

/// These are said once and may be repeated; other texts come in pieces.
bool is_said_once(const JsonNode& member) {
    return member.key_is("role") || member.key_is("id") || member.key_is("type");
}

}  // namespace

void AnswerRecorder::add_chunk(std::string_view json) {
    if (bytes_ > kMostBytes) return;
    bytes_ += json.size();
    const auto chunk = parse_json_tree(json);
    if (!chunk || !chunk->is(JsonType::object)) return;
    if (common_.empty()) {
        for (const auto* name : {"id", "created", "model", "system_fingerprint", "service_tier"})
            if (const auto* member = chunk->find(name)) {
                auto& kept = common_.emplace_back(member->key, "");
                write_json(*member, kept.second);
            }
    }
    if (const auto* object = chunk->find("object"); object != nullptr)
        is_chat_ = !object->is_string("text_completion");
    if (const auto* usage = chunk->find("usage"); usage != nullptr && usage->is(JsonType::object)) {
        usage_.clear();
        write_json(*usage, usage_);
    }
    if (const auto* choices = chunk->find("choices");
        choices != nullptr && choices->is(JsonType::array))
        for (const auto& choice : choices->children) add_choice(choice);
}

void AnswerRecorder::add_choice(const JsonNode& node) {
    if (!node.is(JsonType::object)) return;
    auto& choice = choices_[index_of(node)];
    if (const auto* reason = node.find("finish_reason");
        reason != nullptr && reason->is(JsonType::string))
        choice.finish_reason = reason->text;
    const auto* delta = node.find("delta");
    if (delta == nullptr) {
        if (const auto* text = node.find("text"); text != nullptr)
            add_texts({JsonType::object, {}, {}, {*text}}, choice.texts);
        return;
    }
    add_texts(*delta, choice.texts);
    choice.has_more = choice.has_more || std::ranges::any_of(delta->children, says_more);
    if (const auto* calls = delta->find("tool_calls");
        calls != nullptr && calls->is(JsonType::array))
        for (const auto& call : calls->children) add_call(call, choice);
}

void AnswerRecorder::add_call(const JsonNode& node, Choice& choice) {
    auto& call = choice.calls[index_of(node)];
    add_texts(node, call.own);
    if (const auto* function = node.find("function")) add_texts(*function, call.function);
}

void AnswerRecorder::add_texts(const JsonNode& object, Texts& texts) {
    for (const auto& member : object.children) {
        if (!member.is(JsonType::string) || member.text.size() <= 2) continue;
        auto found = std::ranges::find(texts, member.key, &Texts::value_type::first);
        if (found == texts.end()) found = texts.insert(texts.end(), {std::string(member.key), ""});
        if (is_said_once(member)) found->second.clear();
        found->second += member.text.substr(1, member.text.size() - 2);
    }
}

/// Sounds, pictures, blocks of thinking, calls of the old kind.
bool AnswerRecorder::says_more(const JsonNode& member) {
    if (member.key_is("tool_calls")) return false;
    return (member.is(JsonType::object) || member.is(JsonType::array)) && !member.children.empty();
}

std::optional<std::string> AnswerRecorder::open_text() const {
    constexpr std::string_view kHarmless[] = {R"("role")", R"("reasoning_content")",
                                              R"("reasoning")"};
    if (!is_chat_ || bytes_ > kMostBytes || choices_.size() != 1) return std::nullopt;
    const auto& choice = choices_.begin()->second;
    if (!choice.calls.empty() || !choice.finish_reason.empty() || choice.has_more)
        return std::nullopt;
    const std::string* said = nullptr;
    for (const auto& [key, inside] : choice.texts) {
        if (key == R"("content")")
            said = &inside;
        else if (std::ranges::find(kHarmless, key) == std::end(kHarmless))
            return std::nullopt;
    }
    return said == nullptr ? std::nullopt : std::optional(*said);
}

std::string_view AnswerRecorder::first_member(std::string_view name) const {
    for (const auto& [key, json] : common_)
        if (std::string_view(key).substr(1, key.size() - 2) == name) return json;
    return {};
}

void AnswerRecorder::write_texts(const Texts& texts, std::string& out) {
    bool first = true;
    for (const auto& [key, inside] : texts) {
        if (!first) out += ',';
        first = false;
        out.append(key).append(":\"").append(inside).append("\"");
    }
}

std::string AnswerRecorder::answer() const {
    if (common_.empty() && choices_.empty()) return "{}";
    std::string out = "{";
    for (const auto& [key, json] : common_) out.append(key).append(1, ':').append(json) += ',';
    out += is_chat_ ? R"("object":"chat.completion","choices":[)"
                    : R"("object":"text_completion","choices":[)";
    bool first = true;
    for (const auto& [index, choice] : choices_) {
        if (!first) out += ',';
        first = false;
        out += "{\"index\":" + std::to_string(index) + (is_chat_ ? ",\"message\":{" : ",");
        write_texts(choice.texts, out);
        if (!choice.calls.empty()) {
            out += choice.texts.empty() ? "\"tool_calls\":[" : ",\"tool_calls\":[";
            for (bool first_call = true; const auto& [number, call] : choice.calls) {
                out += first_call ? "{" : ",{";
                first_call = false;
                write_texts(call.own, out);
                out += call.own.empty() ? "\"function\":{" : ",\"function\":{";
                write_texts(call.function, out);
                out += "}}";
            }
            out += ']';
        }
        if (is_chat_) out += '}';
        const bool is_bare = !is_chat_ && choice.texts.empty();
        out.append(is_bare ? "" : ",").append("\"finish_reason\":");
        out.append(choice.finish_reason.empty() ? "null" : choice.finish_reason).append("}");
    }
    out += "]";
    if (!usage_.empty()) out.append(",\"usage\":").append(usage_);
    out += "}";
    return out;
}

}  // namespace tollweir
