#include "tollweir/core/price_table.hpp"

#include <vector>

#include "core/builtin_prices.hpp"
#include "core/price_slot.hpp"
#include "tollweir/core/price_field.hpp"

namespace tollweir {
namespace {

std::string_view text_at(const char* texts, const std::uint32_t* starts, std::size_t number) {
    return {texts + starts[number], starts[number + 1] - starts[number]};
}

std::string_view name_at(std::size_t number) {
    return text_at(kPriceNames, kPriceNamesStarts, number);
}

/// A field's name, told apart once for the process.
struct Field {
    char kind;
    std::string_view name;
    std::optional<Rate> rate;
};

const std::vector<Field>& fields() {
    static const auto all = [] {
        std::vector<Field> made;
        for (std::size_t i = 0; i < kPriceFieldsCount; ++i) {
            const auto text = text_at(kPriceFields, kPriceFieldsStarts, i);
            made.push_back({text.front(), text.substr(1), parse_rate_name(text.substr(1))});
        }
        return made;
    }();
    return all;
}

/// Reads one row's bytes. They are the build's own: no check is needed.
class RowReader {
public:
    explicit RowReader(std::size_t row) : rest_(text_at(kPriceRows, kPriceRowsStarts, row)) {}

    std::string_view provider() {
        return text_at(kPriceProviders, kPriceProvidersStarts, number());
    }
    std::string_view mode() { return text_at(kPriceModes, kPriceModesStarts, number()); }

    void read_fields(ModelPrice& price) {
        while (!rest_.empty()) read_field(price, fields()[number()]);
    }

private:
    std::size_t number() { return static_cast<std::size_t>(value()); }

    std::int64_t value() {
        std::uint64_t whole = 0;
        for (unsigned shift = 0;; shift += 7) {
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            whole |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0) return static_cast<std::int64_t>(whole);
        }
    }

    void read_field(ModelPrice& price, const Field& field) {
        switch (field.kind) {
            case 'p':
                if (field.rate)
                    price.set(
                        {field.rate->unit, field.rate->tier, field.rate->above_tokens, value()});
                else
                    set_search_cost(price, value());
                break;
            case 'c':
                *count_slot(price, field.name) = value();
                break;
            case 'f':
                *factor_slot(price, field.name) = value();
                break;
            case 'b':
                read_brackets(price);
                break;
            default: {
                const auto json = text_at(kPriceTexts, kPriceTextsStarts, number());
                (void)set_price_field(price, field.name, json);
            }
        }
    }

    void read_brackets(ModelPrice& price) {
        constexpr std::optional<Femtodollars> PriceBracket::* kPrices[] = {
            &PriceBracket::input, &PriceBracket::output, &PriceBracket::reasoning,
            &PriceBracket::cache_read, &PriceBracket::query};
        for (auto left = number(); left > 0; --left) {
            auto& bracket = price.brackets.emplace_back();
            bracket.from = number();
            bracket.to = number();
            const auto mask = number();
            for (std::size_t i = 0; i < std::size(kPrices); ++i)
                if ((mask >> i & 1) != 0) bracket.*kPrices[i] = value();
        }
    }

    std::string_view rest_;
};

/// The first name that is not less.
std::size_t place_of(std::string_view name) {
    std::size_t low = 0;
    std::size_t high = kPriceNamesCount;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (name_at(middle) < name) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

}  // namespace

std::optional<ModelPrice> PriceTable::find(std::string_view name) const {
    if (file_ != nullptr) {
        if (const auto found = file_->find(name); found != file_->end()) return found->second;
    }
    const auto place = place_of(name);
    if (place == kPriceNamesCount || name_at(place) != name) return std::nullopt;
    ModelPrice price;
    price.key = name;
    RowReader reader(kPriceRowOfName[place]);
    price.provider = reader.provider();
    price.mode = reader.mode();
    reader.read_fields(price);
    return price;
}

void PriceTable::for_each(const Seen& see) const {
    if (file_ != nullptr)
        for (const auto& [name, price] : *file_) see(name, price.provider, price.mode);
    for (std::size_t i = 0; i < kPriceNamesCount; ++i) {
        const auto name = name_at(i);
        if (file_ != nullptr && file_->contains(name)) continue;
        RowReader reader(kPriceRowOfName[i]);
        const auto provider = reader.provider();
        see(name, provider, reader.mode());
    }
}

std::size_t builtin_price_count() {
    return kPriceNamesCount;
}

}  // namespace tollweir
