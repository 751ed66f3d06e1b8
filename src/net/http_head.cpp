#include "tollweir/net/http_head.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>

#include "net/head_scan.hpp"

namespace tollweir::net {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

// RFC 9110, 5.6.2.
constexpr auto kTokenCharacters = [] {
    std::array<bool, 256> table{};
    for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
    for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = table[c - 32] = true;
    for (const char c :
         {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'})
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

// Sixteen bytes at a time, since every head goes through this; the compiler's own vectors
// take three times the instructions.
using Block = std::uint8_t __attribute__((vector_size(16)));

Block load(const char* at) {
    Block block;
    std::memcpy(&block, at, sizeof block);
    return block;
}

/// A bit for each byte that a comparison holds for.
template <class Comparison>
unsigned bits_of(Comparison holds) {
    using Bits = bool __attribute__((ext_vector_type(16)));
    return std::bit_cast<std::uint16_t>(__builtin_convertvector(holds, Bits));
}

/// How long the name is that a line begins with, up to its colon; 0: there is none, or it holds
/// what no name may.
std::size_t name_length(std::string_view lines) {
    // Nearly all names are of letters, digits and hyphens.
    std::size_t at = 0;
    for (unsigned usual = 0xffff; usual == 0xffff && at + sizeof(Block) <= lines.size();) {
        const Block bytes = load(lines.data() + at);
        const Block letters = (bytes | 0x20) - 'a';
        const Block digits = bytes - '0';
        usual = bits_of((letters < 26) | (digits < 10) | (bytes == '-'));
        at += static_cast<std::size_t>(std::countr_one(usual));
    }
    if (at < lines.size() && lines[at] == ':') return at;
    const auto colon = lines.find(':', at);
    return colon != lines.npos && is_token(lines.substr(0, colon)) ? colon : 0;
}

/// Whether any of `bytes` and its right neighbour `next` is what find_ambiguity refuses.
auto is_wrong(Block byte, Block next) {
    const auto kept = (byte == '\t') | (byte == '\r') | (byte == '\n');
    const auto control = ((byte < 0x20) & ~kept) | (byte == 0x7f);
    const auto unpaired = (byte == '\r') ^ (next == '\n');
    const auto folded = (byte == '\n') & ((next == ' ') | (next == '\t'));
    return control | unpaired | folded;
}

bool is_plain(std::string_view head) {
    const char* at = head.data();
    auto left = head.size();
    if (left == 0) return true;
    if (*at == '\n') return false;
    decltype(is_wrong(Block{}, Block{})) wrong{};
    for (; left > sizeof(Block); at += sizeof(Block), left -= sizeof(Block))
        wrong |= is_wrong(load(at), load(at + 1));
    // What is left, the last byte with a neighbour that suits it.
    char rest[sizeof(Block) + 1] = {};
    std::memcpy(rest, at, left);
    std::memset(rest + left, 'x', sizeof rest - left);
    if (head.back() == '\r') rest[left] = '\n';
    wrong |= is_wrong(load(rest), load(rest + 1));
    std::uint64_t halves[2];
    std::memcpy(halves, &wrong, sizeof halves);
    return (halves[0] | halves[1]) == 0;
}

constexpr std::uint64_t each_byte(std::uint64_t value) {
    return value * 0x0101010101010101;
}

/// Eight bytes equal without regard to the case of ASCII letters.
bool same_eight(const char* a, const char* b) {
    std::uint64_t x;
    std::uint64_t y;
    std::memcpy(&x, a, sizeof x);
    std::memcpy(&y, b, sizeof y);
    const std::uint64_t difference = x ^ y;
    if (difference == 0) return true;
    // A bit of case apart, and then letters: those from `a` on and not beyond `z`.
    if ((difference & ~each_byte(0x20)) != 0) return false;
    const std::uint64_t lowered = (x | each_byte(0x20)) & each_byte(0x7f);
    const std::uint64_t letters =
        ((lowered + each_byte(0x80 - 'a')) ^ (lowered + each_byte(0x80 - 'z' - 1))) & ~x;
    return ((difference << 2) & ~letters) == 0;
}

}  // namespace

bool same_letters(const char* a, const char* b, std::size_t size) {
    constexpr std::size_t kStep = 8;
    if (size < kStep)
        return std::equal(a, a + size, b, [](char x, char y) { return lower(x) == lower(y); });
    for (std::size_t at = 0; at + kStep < size; at += kStep)
        if (!same_eight(a + at, b + at)) return false;
    return same_eight(a + size - kStep, b + size - kStep);
}

std::size_t find_return(std::string_view text, std::size_t from) {
    for (; from + sizeof(Block) <= text.size(); from += sizeof(Block))
        if (const auto found = bits_of(load(text.data() + from) == '\r'); found != 0)
            return from + static_cast<std::size_t>(std::countr_zero(found));
    return text.find('\r', from);
}

std::size_t find_head_end(std::string_view bytes) {
    auto at = find_return(bytes, 0);
    while (at != bytes.npos && !bytes.substr(at).starts_with("\r\n\r\n"))
        at = find_return(bytes, at + 1);
    return at;
}

bool has_token(std::string_view list, std::string_view token) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        if (same_name(trimmed(list.substr(0, comma)), token)) return true;
        list = comma == list.npos ? std::string_view{} : list.substr(comma + 1);
    }
    return false;
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
    std::uint64_t length = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (problem != std::errc{} || text.empty() || end != text.data() + text.size())
        return std::nullopt;
    return length;
}

const char* find_ambiguity(std::string_view head) {
    if (is_plain(head)) return nullptr;
    for (std::size_t i = 0; i < head.size(); ++i) {
        const bool last = i + 1 == head.size();
        if (head[i] == '\n' && (i == 0 || head[i - 1] != '\r'))
            return "a line ends with a bare line feed";
        if (head[i] == '\n' && !last && is_blank(head[i + 1]))
            return "folded header lines are not accepted";
        if (head[i] == '\r' && !last && head[i + 1] != '\n') return "a bare carriage return";
    }
    return "a control character in the header";
}

bool is_token(std::string_view text) {
    bool all = true;  // without a branch a byte
    for (const char c : text) all &= kTokenCharacters[static_cast<unsigned char>(c)];
    return all && !text.empty();
}

bool split_fields(std::string_view lines, std::size_t max_fields,
                  std::vector<HeaderField>& fields) {
    for (;;) {
        if (lines.starts_with('\r')) return true;
        const auto colon = name_length(lines);
        if (colon == 0 || fields.size() == max_fields) return false;
        const auto end = find_return(lines, colon);
        if (end == lines.npos) return false;
        fields.push_back(
            {lines.substr(0, colon), trimmed(lines.substr(colon + 1, end - colon - 1))});
        lines.remove_prefix(end + 2);
    }
}

}  // namespace tollweir::net
