#include <algorithm>
#include <charconv>

#include "core/price_guess.hpp"

namespace tollweir {
namespace {

/// `opus-4-7`: the family, the major and the minor version.
struct ClaudeName {
    int major = 0;
    int minor = 0;
};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view take_until_dash(std::string_view& text) {
    const auto part = text.substr(0, text.find('-'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    return part;
}

std::optional<int> version_number(std::string_view text) {
    int number = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    const bool is_whole = read.ec == std::errc() && read.ptr == end && text.size() <= 2;
    return is_whole ? std::optional(number) : std::nullopt;
}

bool is_date(std::string_view text) {
    return text.size() == 8 && text.find_first_not_of("0123456789") == text.npos;
}

std::optional<ClaudeName> read_claude(std::string_view model) {
    constexpr std::string_view kVendor = "anthropic.";
    constexpr std::string_view kClaude = "claude-";
    auto name = model.substr(model.rfind('/') + 1);
    const bool has_geography = !name.starts_with(kVendor) && !name.starts_with(kClaude);
    if (has_geography) name.remove_prefix(std::min(name.size(), name.find('.') + 1));
    const bool has_vendor = name.starts_with(kVendor);
    if (has_vendor) name.remove_prefix(kVendor.size());
    if (has_geography && !has_vendor) return std::nullopt;
    if (!name.starts_with(kClaude)) return std::nullopt;
    name.remove_prefix(kClaude.size());

    const auto family = take_until_dash(name);
    if (family.empty() || !std::ranges::all_of(family, is_letter)) return std::nullopt;
    const auto major = version_number(take_until_dash(name));
    if (!major) return std::nullopt;
    ClaudeName claude{*major, 0};
    auto rest = name;
    if (const auto minor = version_number(take_until_dash(rest))) {
        claude.minor = *minor;
        name = rest;
    }
    // On Bedrock a version of the endpoint may follow, and elsewhere nothing but a date.
    if (name.empty() || has_vendor || is_date(name)) return claude;
    return std::nullopt;
}

}  // namespace

std::optional<ModelPrice> any_claude(std::string_view provider, std::string_view model) {
    const auto claude = read_claude(model);
    if (!claude) return std::nullopt;
    ModelPrice price;
    price.key = model;
    price.provider = provider;
    price.max_input_tokens = 200'000;
    price.max_output_tokens = 64'000;
    using enum Capability;
    for (const auto can : {tools, parallel_tools, vision, tool_choice, prefill, caching, schema,
                           reasoning, pdf, Capability::system})
        price.supports |= bit_of(can);
    const auto is_from = [&](int minor) {
        return claude->major > 4 || (claude->major == 4 && claude->minor >= minor);
    };
    if (is_from(6)) price.supports |= bit_of(adaptive);
    if (is_from(8)) price.supports |= bit_of(mid_system);
    return price;
}

}  // namespace tollweir
