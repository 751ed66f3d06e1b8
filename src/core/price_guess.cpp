#include "core/price_guess.hpp"

#include <algorithm>
#include <charconv>
#include <span>

namespace tollweir {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// A number of parameters in a name: `8` of `-8b`, `1.5` of `-1.5b`; with `8x7b` the product
/// counts.
struct Size {
    double count;
    bool is_mixture;
};

/// The first number of the name with `unit` behind it.
std::optional<Size> find_size(std::string_view name, char unit) {
    std::optional<double> times;
    for (std::size_t at = 0; at < name.size();) {
        if (!is_digit(name[at])) {
            ++at;
            continue;
        }
        double number = 0;
        const auto* const end = name.data() + name.size();
        const auto read = std::from_chars(name.data() + at, end, number, std::chars_format::fixed);
        at = static_cast<std::size_t>(read.ptr - name.data());
        const char next = at < name.size() ? name[at] : '\0';
        const bool ends_word = at + 1 >= name.size() || !is_letter(name[at + 1]);
        if (next == unit && ends_word)
            return times ? Size{*times * number, true} : Size{number, false};
        times = next == 'x' ? std::optional(number) : std::nullopt;
        if (next == 'x') ++at;
    }
    return std::nullopt;
}

struct Class {
    double most;  // parameters, in the class's unit
    std::string_view row;
};

constexpr Class kFireworks[] = {{4, "fireworks-ai-up-to-4b"},
                                {16, "fireworks-ai-4.1b-to-16b"},
                                {1e9, "fireworks-ai-above-16b"}};
constexpr Class kFireworksMixtures[] = {{56, "fireworks-ai-moe-up-to-56b"},
                                        {176, "fireworks-ai-56b-to-176b"},
                                        {1e9, "fireworks-ai-above-16b"}};
constexpr Class kFireworksEmbeddings[] = {{150, "fireworks-ai-embedding-up-to-150m"},
                                          {350, "fireworks-ai-embedding-150m-to-350m"}};
constexpr Class kTogether[] = {{4, "together-ai-up-to-4b"},   {8, "together-ai-4.1b-8b"},
                               {21, "together-ai-8.1b-21b"},  {41, "together-ai-21.1b-41b"},
                               {80, "together-ai-41.1b-80b"}, {110, "together-ai-81.1b-110b"}};
constexpr Class kTogetherEmbeddings[] = {{150, "together-ai-embedding-up-to-150m"},
                                         {350, "together-ai-embedding-151m-to-350m"}};

std::string class_of(double count, std::span<const Class> classes) {
    for (const auto& [most, row] : classes)
        if (count <= most) return std::string(row);
    return {};
}

bool is_embedding(std::string_view name) {
    return name.contains("embed") || name.contains("bge-") || name.contains("m2-bert");
}

}  // namespace

std::string size_class(std::string_view provider, std::string_view model) {
    const auto family = price_family(provider);
    const bool is_fireworks = family == "fireworks_ai";
    if (!is_fireworks && family != "together_ai") return {};
    const auto name = lower_case(model.substr(model.rfind('/') + 1));
    if (is_embedding(name)) {
        const auto size = find_size(name, 'm');
        if (!size) return {};
        return is_fireworks ? class_of(size->count, kFireworksEmbeddings)
                            : class_of(size->count, kTogetherEmbeddings);
    }
    const auto size = find_size(name, 'b');
    if (!size) return is_fireworks ? "fireworks-ai-default" : std::string();
    if (!is_fireworks) return class_of(size->count, kTogether);
    return size->is_mixture ? class_of(size->count, kFireworksMixtures)
                            : class_of(size->count, kFireworks);
}

std::optional<ModelPrice> price_by_machine(std::string_view provider, std::string_view model) {
    const auto family = price_family(provider);
    if (family != "replicate" && family != "sagemaker") return std::nullopt;
    constexpr Femtodollars kSecond = 1'400'000'000'000;  // 0.0014 USD
    ModelPrice price;
    price.key = model;
    price.provider = provider;
    price.set({PriceUnit::input_second, ServiceTier::standard, 0, kSecond});
    return price;
}

}  // namespace tollweir
