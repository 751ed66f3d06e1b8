#include <array>

#include "core/tokens/text_split.hpp"

namespace tollweir::tokens {
namespace {

enum CharClass : std::uint8_t {
    kUpper = 1,
    kLower = 2,
    kDigit = 4,
    kSpace = 8,     // white space but line ends
    kNewline = 16,  // CR, LF
    kOther = 32,
    kHigh = 64,  // part of a character beyond ASCII
};
constexpr unsigned kLetter = kUpper | kLower;
constexpr unsigned kBlank = kSpace | kNewline;

constexpr std::array<std::uint8_t, 256> kClasses = [] {
    std::array<std::uint8_t, 256> classes{};
    for (unsigned c = 0; c < 256; ++c) {
        if (c >= 'A' && c <= 'Z')
            classes[c] = kUpper;
        else if (c >= 'a' && c <= 'z')
            classes[c] = kLower;
        else if (c >= '0' && c <= '9')
            classes[c] = kDigit;
        else if (c == '\r' || c == '\n')
            classes[c] = kNewline;
        else if (c == ' ' || (c >= '\t' && c <= '\r'))
            classes[c] = kSpace;
        else
            classes[c] = c < 0x80 ? kOther : kHigh;
    }
    return classes;
}();

unsigned class_of(char c) {
    return kClasses[static_cast<unsigned char>(c)];
}

/// A place in the text that steps over characters.
struct Walker {
    const char* at;
    const char* end;

    /// The class of the character here; 0 at the end.
    unsigned here() const { return at == end ? 0 : class_of(*at); }
    bool is(unsigned classes) const { return (here() & classes) != 0; }
    void skip(unsigned classes) {
        while (is(classes)) ++at;
    }
};

constexpr int kUndecided = -1;

/// Length of the contraction ('s, 't, 're ...) that begins at this place; 0 if none does,
/// kUndecided where it hangs on a character beyond ASCII: U+017F is an s to a pattern that ignores
/// case.
int contraction_length(Walker walker, bool any_case) {
    if (walker.at == walker.end || *walker.at != '\'') return 0;
    ++walker.at;
    if (walker.is(kHigh)) return any_case ? kUndecided : 0;
    if (!walker.is(kLetter)) return 0;
    const auto letter = [&](const char* at) {
        if (at == walker.end) return '\0';
        return static_cast<char>(any_case && class_of(*at) == kUpper ? *at | 0x20 : *at);
    };
    const char second = letter(walker.at + 1);
    switch (letter(walker.at)) {
        case 's':
        case 't':
        case 'm':
        case 'd':
            return 2;
        case 'r':
        case 'v':
            return second == 'e' ? 3 : 0;
        case 'l':
            return second == 'l' ? 3 : 0;
        default:
            return 0;
    }
}

/// The rules all styles end with: line ends with the white space before them, white space but the
/// last of it before a word, white space.
const char* blank_end(Walker walker, bool lines_first) {
    const char* const begin = walker.at;
    walker.skip(kBlank);
    if (walker.is(kHigh)) return begin;
    if (lines_first) {
        for (const char* last = walker.at; last != begin; --last)
            if (class_of(last[-1]) == kNewline) return last;
    }
    const bool at_end = walker.at == walker.end;
    return at_end || walker.at - begin == 1 ? walker.at : walker.at - 1;
}

/// A run of this class that no character beyond ASCII may lengthen; its begin if one may.
const char* run_end(Walker walker, unsigned classes) {
    const char* const begin = walker.at;
    walker.skip(classes);
    return walker.is(kHigh) ? begin : walker.at;
}

const char* digits_end(Walker walker) {
    const char* const begin = walker.at;
    while (walker.at - begin < 3 && walker.is(kDigit)) ++walker.at;
    return walker.at - begin < 3 && walker.is(kHigh) ? begin : walker.at;
}

/// Words of o200k: upper-case letters, then lower-case ones, then a contraction.
const char* cased_word_end(Walker walker) {
    const char* const begin = walker.at;
    walker.skip(kUpper);
    walker.skip(kLower);
    if (walker.is(kHigh)) return begin;
    const int contraction = contraction_length(walker, true);
    return contraction == kUndecided ? begin : walker.at + contraction;
}

/// The end of the piece that begins at `text`, or its begin where ASCII does not tell.
template <SplitStyle kStyle>
const char* piece_end(std::string_view text) {
    const char* const begin = text.data();
    Walker walker{begin, begin + text.size()};
    const unsigned first = walker.here();
    if (first == kHigh) return begin;
    if (kStyle != SplitStyle::o200k && *begin == '\'') {
        const int contraction = contraction_length(walker, kStyle == SplitStyle::cl100k);
        if (contraction != 0) return contraction == kUndecided ? begin : begin + contraction;
    }
    const unsigned second = Walker{begin + 1, walker.end}.here();
    if (kStyle == SplitStyle::p50k) {
        const bool space = *begin == ' ';
        if (space && second == kHigh) return begin;
        const unsigned kind = space ? second : first;
        walker.at += space ? 1 : 0;
        for (const unsigned classes : {kLetter, unsigned{kDigit}, unsigned{kOther}}) {
            if ((kind & classes) == 0) continue;
            const char* const end = run_end(walker, classes);
            return end == walker.at ? begin : end;
        }
        walker.at = begin;
        return blank_end(walker, false);
    }
    // A word takes one character before it along that is no letter, digit or line end.
    const bool prefix = (first & (kOther | kSpace)) != 0;
    if (prefix && second == kHigh) return begin;
    if ((first & kLetter) != 0 || (prefix && (second & kLetter) != 0)) {
        walker.at += prefix ? 1 : 0;
        const char* const end =
            kStyle == SplitStyle::o200k ? cased_word_end(walker) : run_end(walker, kLetter);
        return end == walker.at ? begin : end;
    }
    if (first == kDigit) return digits_end(walker);
    if (first == kOther || (*begin == ' ' && second == kOther)) {
        walker.at += first == kOther ? 0 : 1;
        Walker rest{run_end(walker, kOther), walker.end};
        if (rest.at == walker.at) return begin;
        rest.skip(kNewline);
        if (kStyle == SplitStyle::o200k)
            while (rest.is(kNewline) || (rest.at != rest.end && *rest.at == '/')) ++rest.at;
        return rest.at;
    }
    return blank_end(walker, true);
}

}  // namespace

std::size_t ascii_piece_length(SplitStyle style, std::string_view text) {
    const auto length = [text](const char* end) {
        return static_cast<std::size_t>(end - text.data());
    };
    switch (style) {
        case SplitStyle::o200k:
            return length(piece_end<SplitStyle::o200k>(text));
        case SplitStyle::cl100k:
            return length(piece_end<SplitStyle::cl100k>(text));
        case SplitStyle::p50k:
            break;
    }
    return length(piece_end<SplitStyle::p50k>(text));
}

}  // namespace tollweir::tokens
