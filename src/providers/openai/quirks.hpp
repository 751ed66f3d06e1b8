#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace tollweir {

/// What an upstream that speaks OpenAI's dialect does differently, beyond its parameter list: each
/// is one rule that a row of the table may ask for. `text_of` says what a rule does.
/// Source: spec/providers-openai-family.md, sections 3 and 4.
enum class Quirk : std::uint8_t {
    // Messages
    keeps_developer_role,
    flat_texts,
    flat_tool_texts,
    no_names,
    names_on_tools_only,
    no_nulls,
    no_empty_assistants,
    bare_tool_calls,
    file_ids,
    video_parts,
    inline_images,
    takes_no_reasoning,
    reasoning_with_calls,
    reasoning_when_thinking,
    goes_on_when_told,
    chat_as_text,
    // Tools
    plain_schemas,
    no_schema_ids,
    no_strict,
    functions_only,
    any_for_choice,
    any_for_required,
    auto_or_none,
    asks_for_a_call,
    // Other values
    max_tokens_only,
    json_object_only,
    schema_in_json_object,
    no_text_format,
    nests_json_schema,
    json_by_tool,
    budget_to_effort,
    effort_to_thinking,
    usage_include,
    stores_metadata,
    knows_openai_models,
    fim,
    floats_only,
    takes_token_arrays,
    // Answers
    copies_reasoning,
    reasoning_details,
    content_blocks,
    no_content_beside_calls,
    groq_extension,
    cache_hit_tokens,
    finish_by_calls,
    reasoning_beside_completion,
    no_message_in_chunks,
    filter_chunks,
    mends_calls,
    usage_beside_choices,
    count,
};
inline constexpr std::size_t kQuirkCount = static_cast<std::size_t>(Quirk::count);
static_assert(kQuirkCount <= 64);

class Quirks {
public:
    constexpr Quirks() = default;
    constexpr Quirks(std::initializer_list<Quirk> quirks) {
        for (const auto quirk : quirks) bits_ |= bit_of(quirk);
    }
    constexpr bool has(Quirk quirk) const { return (bits_ & bit_of(quirk)) != 0; }
    constexpr bool has_any(Quirks others) const { return (bits_ & others.bits_) != 0; }
    constexpr Quirks operator|(Quirks others) const {
        Quirks both;
        both.bits_ = bits_ | others.bits_;
        return both;
    }
    constexpr Quirks operator&(Quirks others) const {
        Quirks common;
        common.bits_ = bits_ & others.bits_;
        return common;
    }
    constexpr bool empty() const { return bits_ == 0; }

private:
    static constexpr std::uint64_t bit_of(Quirk quirk) {
        return std::uint64_t{1} << static_cast<unsigned>(quirk);
    }
    std::uint64_t bits_ = 0;
};

/// What the rule does, for `docs/providers.md`.
std::string_view text_of(Quirk quirk);

}  // namespace tollweir
