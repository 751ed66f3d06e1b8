#pragma once

#include <cstddef>
#include <cstdint>

namespace tollweir {

// The built-in table as scripts/embed_prices lays it out: texts one after the other, and where each
// begins (one start more than texts).

extern const char kPriceNames[];  // in byte order
extern const std::uint32_t kPriceNamesStarts[];
extern const std::size_t kPriceNamesCount;
extern const std::uint16_t kPriceRowOfName[];

extern const char kPriceRows[];
extern const std::uint32_t kPriceRowsStarts[];

extern const char kPriceProviders[];
extern const std::uint32_t kPriceProvidersStarts[];
extern const char kPriceModes[];
extern const std::uint32_t kPriceModesStarts[];

// Each begins with a letter for how its values are written: p a price, c a count, f a factor, b
// brackets, t a JSON text.
extern const char kPriceFields[];
extern const std::uint32_t kPriceFieldsStarts[];
extern const std::size_t kPriceFieldsCount;
extern const char kPriceTexts[];
extern const std::uint32_t kPriceTextsStarts[];

}  // namespace tollweir
