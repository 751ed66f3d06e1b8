#include "tollweir/core/prompt_count.hpp"

#include <algorithm>

#include "core/json_walk.hpp"
#include "core/tokens/image_tokens.hpp"
#include "core/tokens/produced_text.hpp"
#include "core/tokens/tool_text.hpp"

namespace tollweir {

using namespace tokens;

namespace {

// Source: spec/providers-openai-family.md, section 6, "Chat" and "Tools".
constexpr std::uint64_t kMessageTokens = 3;
constexpr std::uint64_t kOldMessageTokens = 4;
constexpr std::uint64_t kReplyTokens = 3;
constexpr std::uint64_t kToolsTokens = 9;
constexpr std::uint64_t kSystemWithTools = 4;  // fewer
constexpr std::uint64_t kNamedToolTokens = 7;

// Longer definitions count as the JSON they are: writing them anew takes several passes.
constexpr std::size_t kMaxToolBytes = 256 * 1024;

bool is_array(std::string_view json) {
    return json.starts_with('[');
}
bool is_object(std::string_view json) {
    return json.starts_with('{');
}

std::string_view value_of(const ObjectView& body, std::string_view key) {
    const JsonMember* const member = body.find(key);
    return member == nullptr ? std::string_view() : member->value;
}

}  // namespace

void PromptCount::add_text(std::string_view json) {
    if (!is_json_string(json) || json.size() <= 2) return;
    texts_.push_back({json, true});
    pending_bytes_ += json.size() - 2;
}

void PromptCount::add_made(std::string text) {
    const std::string& kept = made_.emplace_back(std::move(text));
    texts_.push_back({kept, false});
    pending_bytes_ += kept.size();
}

void PromptCount::add_request(const ObjectView& body, Endpoint endpoint) {
    switch (endpoint) {
        case Endpoint::chat_completions:
            add_chat(body);
            break;
        case Endpoint::completions:
            add_input(value_of(body, "prompt"));
            add_text(value_of(body, "suffix"));
            break;
        case Endpoint::embeddings:
        case Endpoint::moderations:
            add_input(value_of(body, "input"));
            break;
    }
}

void PromptCount::add_chat(const ObjectView& body) {
    if (const auto system = value_of(body, "system"); !system.empty()) {
        has_system_ = true;
        fixed_ += kMessageTokens;
        is_array(system) ? add_parts(system) : add_text(system);
    }
    add_messages(value_of(body, "messages"));
    add_messages(value_of(body, "contents"));
    fixed_ += kReplyTokens;
    for (const std::string_view name : {"tools", "functions"}) add_tools(value_of(body, name));
    add_tool_choice(value_of(body, "tool_choice"));
}

void PromptCount::add_messages(std::string_view json) {
    for_each_element(json, [this](std::string_view message) {
        if (is_object(message)) add_message(message);
    });
}

void PromptCount::add_message(std::string_view json) {
    fixed_ += counter_.old_chat_frame ? kOldMessageTokens : kMessageTokens;
    for_each_member(json, [this](std::string_view key, std::string_view value) {
        if (key == "tool_calls") {
            for_each_element(value, [this](std::string_view call) {
                add_text(member_of(member_of(call, "function"), "arguments"));
            });
        } else if (key == "function_call") {
            add_text(member_of(value, "arguments"));
        } else if (is_json_string(value)) {
            add_text(value);
            if (key == "name") counter_.old_chat_frame ? --fixed_ : ++fixed_;
            if (key == "role" && value == "\"system\"") has_system_ = true;
        } else if (key == "content" || key == "parts") {
            add_parts(value);
        }
    });
}

void PromptCount::add_parts(std::string_view json) {
    for_each_element(json, [this](std::string_view part) {
        is_json_string(part) ? add_text(part) : add_part(part);
    });
}

/// A part of a message: OpenAI's, Anthropic's blocks, Gemini's parts.
void PromptCount::add_part(std::string_view json) {
    const std::string_view type = member_of(json, "type");
    if (type == "\"image_url\"") return add_image(member_of(json, "image_url"));
    if (type == "\"image\"" || type == "\"file\"" || type == "\"document\"" ||
        type == "\"input_audio\"") {
        fixed_ += kLowDetailTokens;
        return;
    }
    for_each_member(json, [this](std::string_view key, std::string_view value) {
        if (key == "inlineData" || key == "inline_data" || key == "fileData" || key == "file_data")
            fixed_ += kLowDetailTokens;
        if (key == "text" || key == "thinking" || key == "refusal" || key == "name")
            add_text(value);
        if (key == "content") is_array(value) ? add_parts(value) : add_text(value);
        if (key == "input" && is_object(value)) {  // of a tool, as the JSON it is
            texts_.push_back({value, false});
            pending_bytes_ += value.size();
        }
    });
}

void PromptCount::add_image(std::string_view json) {
    std::string_view url = json, detail = "\"auto\"";
    if (is_object(json)) {
        url = {};
        for_each_member(json, [&](std::string_view key, std::string_view value) {
            if (key == "url") url = value;
            if (key == "detail") detail = value;
        });
    }
    if (detail != "\"high\"") {  // the size does not matter
        fixed_ += kLowDetailTokens;
        return;
    }
    if (!is_json_string(url)) return;
    std::string decoded;
    std::string_view text = url.substr(1, url.size() - 2);
    if (text.contains('\\')) {
        append_json_text(decoded, url);
        text = decoded;
    }
    fixed_ += image_tokens("high", text);
}

void PromptCount::add_tools(std::string_view json) {
    if (!is_array(json) || trim_json_left(json.substr(1)).starts_with(']')) return;
    fixed_ += kToolsTokens - (has_system_ ? kSystemWithTools : 0);
    const bool whole = json.size() <= kMaxToolBytes;
    add_made(whole ? tool_text(json) : std::string(json));
}

void PromptCount::add_tool_choice(std::string_view json) {
    if (json == "\"none\"") ++fixed_;
    if (!is_object(json)) return;
    fixed_ += kNamedToolTokens;
    const std::string_view function = member_of(json, "function");
    add_text(member_of(function.empty() ? json : function, "name"));
}

void PromptCount::add_input(std::string_view json) {
    if (is_json_string(json)) return add_text(json);
    for_each_element(json, [this](std::string_view element) {
        if (is_json_string(element)) {
            add_text(element);
        } else if (is_array(element)) {
            for_each_element(element, [this](std::string_view) { ++fixed_; });
        } else if (is_object(element)) {
            add_part(element);
        } else {
            ++fixed_;  // a token's id
        }
    });
}

void PromptCount::add_choices(std::string_view json) {
    for_each_produced_text(json, [this](std::string_view literal) { add_text(literal); });
}

void PromptCount::begin_text(const Text& text) {
    rest_ = text.text;
    if (!text.is_json) return;
    rest_ = rest_.substr(1, rest_.size() - 2);
    if (!rest_.contains('\\')) return;
    decoded_.clear();
    append_json_text(decoded_, text.text);
    rest_ = decoded_;
}

bool PromptCount::step(std::size_t bytes) {
    const Tokenizer& tokenizer = Tokenizer::of(counter_.encoding);
    std::size_t left = std::max<std::size_t>(bytes, 64);
    for (;;) {
        if (rest_.empty()) {
            if (next_ == texts_.size()) return true;
            begin_text(texts_[next_++]);
        }
        if (left < 64) return false;
        const std::size_t cut = token_cut(rest_, left);
        counted_ += tokenizer.count(rest_.substr(0, cut));
        counted_bytes_ += cut;
        rest_.remove_prefix(cut);
        left -= std::min(left, cut);
    }
}

std::uint64_t PromptCount::expected_tokens() const {
    const std::size_t left = pending_bytes_ - std::min(counted_bytes_, pending_bytes_);
    if (left == 0 || counted_bytes_ == 0) return tokens();
    const double ratio = static_cast<double>(counted_) / static_cast<double>(counted_bytes_);
    const auto more = static_cast<std::uint64_t>(ratio * static_cast<double>(left));
    return fixed_ + counter_.scaled(counted_ + more);
}

std::uint64_t count_prompt_tokens(const ObjectView& body, Endpoint endpoint,
                                  const TokenCounter& counter) {
    PromptCount count(counter);
    count.add_request(body, endpoint);
    return count.step(kCountedAtOnce) ? count.tokens() : count.expected_tokens();
}

std::uint64_t count_choices_tokens(std::string_view choices, const TokenCounter& counter) {
    PromptCount count(counter);
    count.add_choices(choices);
    return count.step(kCountedAtOnce) ? count.tokens() : count.expected_tokens();
}

}  // namespace tollweir
