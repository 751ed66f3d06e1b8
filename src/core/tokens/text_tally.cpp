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

/// Whether nothing but the text differs: then reading the JSON would find just that.
bool TextTally::Frame::is_around(std::string_view json) const {
    if (before_size == 0 || json.size() < std::size_t{before_size} + after_size) return false;
    if (!json.starts_with(before()) || !json.ends_with(after())) return false;
    const char* const quote = json.data() + before_size - 1;
    const char* const end = json.data() + json.size();
    return tokens::literal_end(quote, end) == end - after_size + 1;
}

void TextTally::Frame::set(std::string_view json, std::string_view literal) {
    const auto before = static_cast<std::size_t>(literal.data() - json.data()) + 1;
    const auto after = json.size() - before - (literal.size() - 2);
    if (before > kMost || after > kMost) return;
    before_size = static_cast<std::uint8_t>(before);
    after_size = static_cast<std::uint8_t>(after);
    std::memcpy(before_bytes.data(), json.data(), before);
    std::memcpy(after_bytes.data(), json.data() + json.size() - after, after);
}

void TextTally::take(std::string_view inside) {
    read_.text += inside.size();
    const auto room = sample_.bytes.size() - sample_.size;
    const auto taken = whole_escapes(inside, room);
    std::memcpy(sample_.bytes.data() + sample_.size, inside.data(), taken);
    sample_.size += taken;
    full_ = full_ || taken < inside.size();
}

void TextTally::read(std::string_view json) {
    std::size_t texts = 0;
    std::string_view last;
    tokens::for_each_produced_text(json, [&](std::string_view literal) {
        ++texts;
        last = literal;
        take(literal.substr(1, literal.size() - 2));
    });
    if (texts == 1) frame_.set(json, last);
}

bool TextTally::add_choices(std::string_view json) {
    auto& sizes = full_ ? unread_ : read_;
    ++sizes.chunks;
    sizes.json += json.size();
    const bool is_alike = frame_.is_around(json);
    if (full_) return is_alike;
    if (is_alike) {
        take(json.substr(frame_.before_size, json.size() - frame_.before_size - frame_.after_size));
    } else {
        read(json);
    }
    return is_alike;
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
