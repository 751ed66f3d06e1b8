#include "providers/openai/answers.hpp"

#include <algorithm>
#include <array>

#include "providers/openai/answer_shapes.hpp"
#include "providers/openai/answer_steps.hpp"
#include "providers/openai/call_indices.hpp"
#include "providers/openai/json_tool.hpp"
#include "tollweir/core/find_text.hpp"

namespace tollweir {
namespace {

constexpr Quirks kUsageQuirks{Quirk::cache_hit_tokens, Quirk::reasoning_beside_completion};
constexpr Quirks kTextQuirks = kUsageQuirks | Quirks{Quirk::filter_chunks, Quirk::fim};
constexpr Quirks kChatQuirks =
    kUsageQuirks | Quirks{Quirk::copies_reasoning,     Quirk::reasoning_details,
                          Quirk::content_blocks,       Quirk::no_content_beside_calls,
                          Quirk::groq_extension,       Quirk::finish_by_calls,
                          Quirk::no_message_in_chunks, Quirk::filter_chunks,
                          Quirk::mends_calls,          Quirk::chat_as_text};

// A word without which a rule has nothing to do; none: it always has.
struct TellingWord {
    Quirk quirk;
    std::string_view word;
    bool chunks_only = false;
};
constexpr std::array kTellingWords{
    TellingWord{Quirk::copies_reasoning, "\"reasoning\""},
    TellingWord{Quirk::reasoning_details, "\"reasoning_details\""},
    TellingWord{Quirk::content_blocks, "\"content\""},
    TellingWord{Quirk::no_content_beside_calls, "\"tool_calls\""},
    TellingWord{Quirk::mends_calls, "\"tool_calls\""},
    TellingWord{Quirk::finish_by_calls, "\"tool_calls\""},
    TellingWord{Quirk::groq_extension, "\"x_groq\""},
    TellingWord{Quirk::groq_extension, "\"on_demand\""},
    TellingWord{Quirk::cache_hit_tokens, "\"prompt_cache_hit_tokens\""},
    TellingWord{Quirk::reasoning_beside_completion, "\"reasoning_tokens\""},
    TellingWord{Quirk::no_message_in_chunks, "\"message\"", true},
    TellingWord{Quirk::chat_as_text, ""},
    TellingWord{Quirk::fim, ""},
};

class OpenAiAnswer final : public AnswerTidier {
public:
    OpenAiAnswer(Quirks quirks, bool json_tool) : quirks_(quirks), json_tool_(json_tool) {}

    bool tidy_answer(std::string_view body, std::string& out) override {
        if (!tells(body, false) && !(json_tool_ && contains_text(body, kJsonToolName)))
            return false;
        auto root = parse_json_tree(body);
        if (!root || !root->is(JsonType::object)) return false;
        AnswerTexts texts;
        bool changed = tidy_members(*root, texts);
        if (auto* choices = list_of(*root, "choices")) {
            if (json_tool_) changed = unwrap_json_tool(*choices) || changed;
            for (auto& choice : choices->children) {
                auto* message = choice.find("message");
                if (message != nullptr)
                    changed = tidy_part(choice, *message, false, texts) || changed;
                if (message != nullptr && quirks_.has(Quirk::mends_calls)) {
                    changed = add_call_types(*message) || changed;
                }
            }
        }
        changed = reshape(*root, false) || changed;
        if (changed) write(*root, out);
        return changed;
    }

    Chunk tidy_chunk(std::string_view data, std::string& out) override {
        const bool filters = quirks_.has(Quirk::filter_chunks);
        if (filters) filter_.note(data);
        const bool may_be_filter = filters && !contains_text(data, "\"delta\"");
        if (!may_be_filter && !tells(data, true)) return Chunk::as_it_is;
        auto root = parse_json_tree(data);
        if (!root || !root->is(JsonType::object)) return Chunk::as_it_is;
        AnswerTexts texts;
        bool changed = tidy_members(*root, texts);
        if (may_be_filter) {
            const auto fate = filter_.tidy(*root, texts);
            if (fate == Chunk::dropped) return fate;
            changed = changed || fate == Chunk::changed;
        }
        if (auto* choices = list_of(*root, "choices")) {
            for (auto& choice : choices->children) changed = tidy_choice(choice, texts) || changed;
        }
        changed = reshape(*root, true) || changed;
        if (!changed) return Chunk::as_it_is;
        write(*root, out);
        return Chunk::changed;
    }

private:
    bool tells(std::string_view text, bool is_chunk) const {
        return std::ranges::any_of(kTellingWords, [&](const TellingWord& telling) {
            return quirks_.has(telling.quirk) && (is_chunk || !telling.chunks_only) &&
                   contains_text(text, telling.word);
        });
    }

    bool tidy_members(JsonNode& root, AnswerTexts& texts) const {
        bool changed = quirks_.has(Quirk::groq_extension) && lift_groq_extension(root);
        auto* usage = root.find("usage");
        if (usage == nullptr || !usage->is(JsonType::object)) return changed;
        if (quirks_.has(Quirk::cache_hit_tokens)) changed = count_cache_hits(*usage) || changed;
        if (quirks_.has(Quirk::reasoning_beside_completion)) {
            changed = add_reasoning_tokens(*usage, texts) || changed;
        }
        return changed;
    }

    bool tidy_choice(JsonNode& choice, AnswerTexts& texts) {
        bool changed = quirks_.has(Quirk::no_message_in_chunks) && choice.remove("message");
        auto* delta = choice.find("delta");
        if (delta == nullptr) return changed;
        changed = tidy_part(choice, *delta, true, texts) || changed;
        if (quirks_.has(Quirk::mends_calls)) {
            changed = add_call_types(*delta) || changed;
            changed = indices_.mend(choice, *delta, texts) || changed;
        }
        return changed;
    }

    // `part` is a message or a delta.
    bool tidy_part(JsonNode& choice, JsonNode& part, bool is_chunk, AnswerTexts& texts) const {
        bool changed = false;
        if (quirks_.has(Quirk::content_blocks)) {
            changed = split_content_blocks(part, is_chunk, texts);
        }
        if (quirks_.has(Quirk::copies_reasoning)) changed = copy_reasoning(part) || changed;
        if (quirks_.has(Quirk::reasoning_details)) {
            changed = join_reasoning_details(part, texts) || changed;
        }
        if (quirks_.has(Quirk::no_content_beside_calls)) {
            changed = drop_content_beside_calls(part) || changed;
        }
        if (quirks_.has(Quirk::finish_by_calls)) changed = finish_by_calls(choice, part) || changed;
        return changed;
    }

    bool reshape(JsonNode& root, bool is_chunk) {
        if (quirks_.has(Quirk::chat_as_text)) return text_to_chat(root, is_chunk, started_choices_);
        if (quirks_.has(Quirk::fim)) return chat_to_text(root);
        return false;
    }

    static void write(const JsonNode& root, std::string& out) {
        out.clear();
        write_json(root, out);
    }

    const Quirks quirks_;
    const bool json_tool_;
    FilterChunks filter_;
    CallIndices indices_;
    StartedChoices started_choices_;
};

Quirks quirks_of(const OpenAiDialect& row, const Deployment& deployment, Endpoint endpoint) {
    if (endpoint == Endpoint::completions) return row.quirks & kTextQuirks;
    auto quirks = row.quirks & kChatQuirks;
    const bool is_exact = row.addressing != Addressing::openai || row.name == "litellm_proxy";
    const bool is_openai =
        row.quirks.has(Quirk::knows_openai_models) && deployment.api_base == row.base;
    if (is_exact || is_openai) return quirks;
    quirks = quirks | Quirks{Quirk::mends_calls};
    // Under OpenAI's name anything may answer: vLLM and Ollama most of all.
    if (row.quirks.has(Quirk::knows_openai_models)) {
        quirks = quirks | Quirks{Quirk::copies_reasoning};
    }
    return quirks;
}

}  // namespace

std::unique_ptr<AnswerTidier> open_openai_answer(const OpenAiDialect& row,
                                                 const Deployment& deployment, Endpoint endpoint,
                                                 const AnswerNeeds& needs) {
    if (!can_stream(endpoint)) return nullptr;
    const auto quirks = quirks_of(row, deployment, endpoint);
    if (quirks.empty() && !needs.json_tool) return nullptr;
    return std::make_unique<OpenAiAnswer>(quirks, needs.json_tool);
}

}  // namespace tollweir
