#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/endpoint.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/token_count.hpp"

namespace tollweir {

/// Counts what a request's body says to a model, by LiteLLM's rules
/// (spec/providers-openai-family.md, section 6): texts by the tokenizer, what frames messages,
/// tools and images by fixed amounts. In steps, so that an event loop gets its turn between them.
/// One use, one thread; the JSON texts it was given outlive it.
class PromptCount {
public:
    explicit PromptCount(const TokenCounter& counter) : counter_(counter) {}

    /// The input of an endpoint: messages, tools and tool_choice; prompt and suffix; input.
    void add_request(const ObjectView& body, Endpoint endpoint);
    /// `messages` in OpenAI's or Anthropic's shape, then what answers begin with. Anthropic's
    /// `system` and Gemini's `contents` are counted in the same way.
    void add_chat(const ObjectView& body);
    /// A string, a list of strings, token ids, or lists of those.
    void add_input(std::string_view json);
    /// What a model said: the texts, arguments and refusals in the `choices` of an answer.
    void add_choices(std::string_view json);

    /// Counts at most about `bytes` of text; true once all of it is counted.
    bool step(std::size_t bytes);

    /// So far, framing included; for a tokenizer that is estimated, the estimate.
    std::uint64_t tokens() const { return fixed_ + counter_.scaled(counted_); }
    /// The whole, of which what is not counted yet is taken to be like what is.
    std::uint64_t expected_tokens() const;

private:
    struct Text {
        std::string_view text;
        bool is_json;  // a string literal, else the text as it stands
    };
    void add_text(std::string_view json);
    void add_made(std::string text);
    void begin_text(const Text& text);
    void add_messages(std::string_view json);
    void add_message(std::string_view json);
    void add_parts(std::string_view json);
    void add_part(std::string_view json);
    void add_image(std::string_view json);
    void add_tools(std::string_view json);
    void add_tool_choice(std::string_view json);

    const TokenCounter counter_;
    std::vector<Text> texts_;
    std::deque<std::string> made_;  // what `texts_` points to and is in no body
    std::size_t next_ = 0;          // of `texts_`
    std::string decoded_;           // the text under way, where its literal has escapes
    std::string_view rest_;         // of the text under way
    std::size_t pending_bytes_ = 0;
    std::size_t counted_bytes_ = 0;
    std::uint64_t counted_ = 0;
    std::uint64_t fixed_ = 0;
    bool has_system_ = false;
};

// What is counted at once where nobody can wait: a millisecond or two for usual texts.
inline constexpr std::size_t kCountedAtOnce = 128 * 1024;

/// The tokens of a request's input: exact up to kCountedAtOnce of text, beyond it extrapolated.
std::uint64_t count_prompt_tokens(const ObjectView& body, Endpoint endpoint,
                                  const TokenCounter& counter);
/// The same of what was answered: `choices` as JSON text.
std::uint64_t count_choices_tokens(std::string_view choices, const TokenCounter& counter);

}  // namespace tollweir
