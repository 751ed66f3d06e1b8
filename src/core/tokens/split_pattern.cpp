#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <cassert>
#include <memory>

#include "core/tokens/text_split.hpp"

namespace tollweir::tokens {
namespace {

// The patterns are those of OpenAI's tiktoken (spec/providers-openai-family.md, section 6). White
// space is spelled out, since PCRE2's own \s counts U+180E too.
#define BLANK  \
    "\\t-\\r " \
    "\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}"
#define BLANKS_AT_END "[" BLANK "]+(?![^" BLANK "])|[" BLANK "]+"
#define UPPER "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]"
#define LOWER "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"
#define CONTRACTION "(?i:'s|'t|'re|'ve|'m|'ll|'d)"

constexpr const char* kO200k =
    "[^\\r\\n\\p{L}\\p{N}]?" UPPER "*" LOWER "+" CONTRACTION
    "?"
    "|[^\\r\\n\\p{L}\\p{N}]?" UPPER "+" LOWER "*" CONTRACTION
    "?"
    "|\\p{N}{1,3}| ?[^" BLANK "\\p{L}\\p{N}]+[\\r\\n/]*|[" BLANK "]*[\\r\\n]+|" BLANKS_AT_END;
constexpr const char* kCl100k = CONTRACTION "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^" BLANK
                                            "\\p{L}\\p{N}]+[\\r\\n]*"
                                            "|[" BLANK "]*[\\r\\n]+|" BLANKS_AT_END;
constexpr const char* kP50k =
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^" BLANK "\\p{L}\\p{N}]+|" BLANKS_AT_END;

#undef BLANK
#undef BLANKS_AT_END
#undef UPPER
#undef LOWER
#undef CONTRACTION

struct FreeMatchData {
    void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

/// Every pattern has no groups: one pair of offsets is enough for each.
pcre2_match_data* thread_match_data() {
    thread_local const std::unique_ptr<pcre2_match_data, FreeMatchData> data(
        pcre2_match_data_create(1, nullptr));
    return data.get();
}

std::size_t character_length(char first) {
    const auto byte = static_cast<unsigned char>(first);
    return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

}  // namespace

SplitPattern::SplitPattern(const char* pattern) {
    int error = 0;
    PCRE2_SIZE offset = 0;
    auto* const code =
        pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern), PCRE2_ZERO_TERMINATED,
                      PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED, &error, &offset, nullptr);
    assert(code != nullptr);
    code_ = code;
    // Not to be had where writable memory may not be executed; then it is interpreted.
    has_jit_ = pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0;
}

const SplitPattern& SplitPattern::of(SplitStyle style) {
    switch (style) {
        case SplitStyle::o200k: {
            static const SplitPattern pattern(kO200k);
            return pattern;
        }
        case SplitStyle::cl100k: {
            static const SplitPattern pattern(kCl100k);
            return pattern;
        }
        case SplitStyle::p50k:
            break;
    }
    static const SplitPattern pattern(kP50k);
    return pattern;
}

std::size_t SplitPattern::piece_length(std::string_view text) const {
    const auto* const code = static_cast<const pcre2_code*>(code_);
    const auto* const subject = reinterpret_cast<PCRE2_SPTR>(text.data());
    pcre2_match_data* const data = thread_match_data();
    const auto match = has_jit_ ? pcre2_jit_match : pcre2_match;
    const int matched = match(code, subject, text.size(), 0, PCRE2_NO_UTF_CHECK, data, nullptr);
    const PCRE2_SIZE length = matched > 0 ? pcre2_get_ovector_pointer(data)[1] : 0;
    // Every text begins with a piece; only a limit of the library can stand in the way.
    return length > 0 ? length : std::min(character_length(text.front()), text.size());
}

}  // namespace tollweir::tokens
