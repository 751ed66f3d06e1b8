#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tollweir {

/// The tokenizers of OpenAI that are built in.
enum class TokenEncoding : std::uint8_t { o200k_base, cl100k_base, p50k_base };

using TokenId = std::uint32_t;

/// Byte-pair encoding, token for token as OpenAI's tiktoken. The rank tables lie in the binary and
/// are used where they lie: nothing is unpacked, and a tokenizer that is not asked costs no memory.
/// Immutable, any thread. Special tokens (`<|endoftext|>`) in a text are ordinary text.
///
/// Invalid UTF-8 counts as U+FFFD. A run of more than 64 KiB without a place to split (no text that
/// people write has one) is cut there, which may give a token or two more than tiktoken's at each
/// cut; so time is O(n log n) with a small bound, whatever the text.
class Tokenizer {
public:
    static const Tokenizer& of(TokenEncoding encoding);

    /// `o200k_base`.
    std::string_view name() const;

    std::size_t count(std::string_view text) const;
    /// Appends the tokens' ids.
    void encode(std::string_view text, std::vector<TokenId>& ids) const;
    /// Appends the tokens' bytes, special tokens as their names; false at an id that is no token.
    /// Ids may end in the middle of a character.
    bool decode(std::span<const TokenId> ids, std::string& text) const;

private:
    explicit Tokenizer(TokenEncoding encoding) : encoding_(encoding) {}

    std::size_t run(std::string_view text, std::vector<TokenId>* ids) const;

    const TokenEncoding encoding_;
};

/// Where a text may be cut without changing its tokens: the largest such place in `text` that is
/// not above `limit`, or a place between characters near `limit` where there is none (the count may
/// then be a token or two higher). Between 1 and `limit` for a text longer than `limit`, else the
/// text's size. `limit` is at least 8.
std::size_t token_cut(std::string_view text, std::size_t limit);

}  // namespace tollweir
