#include "tollweir/core/text_tally.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "core/tokens/produced_text.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

/// No cut inside an escape: one of them is at most twelve bytes, a pair of surrogates.
std::size_t whole_escapes(std::string_view inside, std::size_t most) {
    if (inside.size() <= most) return inside.size();
    std::size_t end = 0;
    while (end < most) {
        std::size_t next = end + 1;
        if (inside[end] == '\\' && next < inside.size()) next += inside[next] == 'u' ? 5 : 1;
        if (next > most) break;
        end = next;
    }
    return end;
}

}  // namespace

void TextTally::take(std::string_view literal) {
    const auto inside = literal.substr(1, literal.size() - 2);
    read_.text += inside.size();
    const auto room = sample_.bytes.size() - sample_.size;
    const auto taken = whole_escapes(inside, room);
    std::memcpy(sample_.bytes.data() + sample_.size, inside.data(), taken);
    sample_.size += taken;
    full_ = full_ || taken < inside.size();
}

void TextTally::add_choices(std::string_view json) {
    auto& sizes = full_ ? unread_ : read_;
    ++sizes.chunks;
    sizes.json += json.size();
    if (full_) return;
    tokens::for_each_produced_text(json, [this](std::string_view literal) { take(literal); });
}

/// Chunks of one stream are alike in all but the text, so what is not text in those that were read
/// tells how much text the others have.
std::uint64_t TextTally::bytes_beyond_sample() const {
    auto bytes = read_.text - sample_.size;
    if (unread_.chunks == 0) return bytes;
    const auto frame = (read_.json - read_.text) * unread_.chunks / read_.chunks;
    if (unread_.json > frame) bytes += unread_.json - frame;
    return bytes;
}

std::uint64_t TextTally::tokens(const TokenCounter& counter) const {
    if (empty()) return 0;
    std::string literal = "\"";
    literal.append(sample_.bytes.data(), sample_.size).append(1, '"');
    std::string text;
    append_json_text(text, literal);
    const auto counted = Tokenizer::of(counter.encoding).count(text);
    const auto beyond = counted * bytes_beyond_sample() / sample_.size;
    return counter.scaled(counted + beyond);
}

}  // namespace tollweir
