#pragma once

#include <cstring>
#include <string_view>

#include "core/json_walk.hpp"

namespace tollweir::tokens {

/// What a member of a choice is to a count of what the model said.
enum class ProducedKind : unsigned char { none, text, reasoning, skipped };

inline ProducedKind produced_kind(std::string_view key) {
    switch (key.size()) {
        case 4:
            return key == "text" || key == "name" ? ProducedKind::text : ProducedKind::none;
        case 7:
            return key == "content" || key == "refusal" ? ProducedKind::text : ProducedKind::none;
        case 8:
            return key == "logprobs" ? ProducedKind::skipped : ProducedKind::none;
        case 9:
            if (key == "reasoning") return ProducedKind::reasoning;
            return key == "arguments" ? ProducedKind::text : ProducedKind::none;
        case 17:
            // OpenRouter's list says the reasoning once more, with other things.
            if (key == "reasoning_details") return ProducedKind::skipped;
            return key == "reasoning_content" ? ProducedKind::reasoning : ProducedKind::none;
        default:
            return ProducedKind::none;
    }
}

/// The end of the string literal at `begin`; `end` if it is not closed.
inline const char* literal_end(const char* begin, const char* end) {
    for (const char* at = begin + 1; at < end;) {
        at = static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
        if (at == nullptr) return end;
        const char* escapes = at;
        while (escapes[-1] == '\\' && escapes - 1 > begin) --escapes;
        ++at;
        if ((at - 1 - escapes) % 2 == 0) return at;
    }
    return end;
}

/// Calls `take(literal)` for each text that a model said in the `choices` of an answer or a chunk
/// of a stream: content, reasoning, refusals, names and arguments of tool calls. One pass from
/// string to string, made for streams, where it runs for every chunk; where the text is no JSON it
/// may find less.
template <class Take>
void for_each_produced_text(std::string_view choices, Take&& take) {
    const char* at = choices.data();
    const char* const end = at + choices.size();
    std::string_view reasoning;  // some servers say it under both of its names
    const auto next_quote = [&] {
        at = static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
        return at != nullptr;
    };
    while (at < end && next_quote()) {
        const char* const begin = at;
        at = literal_end(begin, end);
        const std::string_view key(begin + 1, static_cast<std::size_t>(at - begin) - 1);
        while (at < end && is_json_blank(*at)) ++at;
        if (at == end || *at != ':') continue;
        ++at;
        const ProducedKind kind = produced_kind(key.substr(0, key.size() - (key.empty() ? 0 : 1)));
        if (kind == ProducedKind::none) continue;
        while (at < end && is_json_blank(*at)) ++at;
        const std::string_view rest(at, static_cast<std::size_t>(end - at));
        if (kind == ProducedKind::skipped) {
            const std::size_t length = json_value_end(rest, 0);
            at += length == std::string_view::npos ? 0 : length;
            continue;
        }
        if (!is_json_string(rest)) continue;
        at = literal_end(at, end);
        const std::string_view literal(rest.data(), static_cast<std::size_t>(at - rest.data()));
        if (kind == ProducedKind::reasoning) {
            if (literal == reasoning) continue;
            reasoning = literal;
        }
        if (literal.size() > 2) take(literal);
    }
}

}  // namespace tollweir::tokens
