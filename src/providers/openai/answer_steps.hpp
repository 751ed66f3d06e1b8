#pragma once

#include <list>
#include <string>
#include <string_view>

#include "tollweir/core/answer_tidier.hpp"
#include "tollweir/core/json_tree.hpp"

namespace tollweir {

/// Texts that nodes of an answer's tree point to: they outlive its writing.
using AnswerTexts = std::list<std::string>;

/// The member if it is a list.
JsonNode* list_of(JsonNode& object, std::string_view name);

// Each puts one thing right and tells whether there was anything to do. `part` is a choice's
// message or delta. Source: spec/providers-openai-family.md, section 4.

/// `reasoning` -> also `reasoning_content`.
bool copy_reasoning(JsonNode& part);
/// MiniMax: `reasoning_details` -> also `reasoning_content`.
bool join_reasoning_details(JsonNode& part, AnswerTexts& texts);
/// Mistral: a list of `thinking` and `text` blocks -> `reasoning_content` and a text.
bool split_content_blocks(JsonNode& part, bool is_chunk, AnswerTexts& texts);
bool drop_content_beside_calls(JsonNode& part);
bool add_call_types(JsonNode& part);
/// xAI: `finish_reason` is empty where it should be `tool_calls`.
bool finish_by_calls(JsonNode& choice, const JsonNode& part);
/// Groq: counters of `x_groq.usage` -> `usage`; the tier `on_demand` is `auto`.
bool lift_groq_extension(JsonNode& root);
/// DeepSeek: `prompt_cache_hit_tokens` -> also `prompt_tokens_details.cached_tokens`.
bool count_cache_hits(JsonNode& usage);
/// xAI: the completion's tokens do not hold the reasoning's, though the total does.
bool add_reasoning_tokens(JsonNode& usage, AnswerTexts& texts);

/// Azure's filter results come in chunks of their own, some without id or delta.
class FilterChunks {
public:
    /// Keeps the id that the stream's other chunks have.
    void note(std::string_view data);
    /// Drops choices without a delta, and the chunk if none is left; one that ends its choice gets
    /// an empty delta and the stream's id.
    AnswerTidier::Chunk tidy(JsonNode& root, AnswerTexts& texts) const;

private:
    std::string id_;
};

}  // namespace tollweir
