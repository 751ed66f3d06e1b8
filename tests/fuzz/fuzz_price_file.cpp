#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tollweir/core/cost.hpp"
#include "tollweir/core/price_field.hpp"
#include "tollweir/core/price_table.hpp"

using namespace tollweir;

// Whatever file of prices is read, no call may cost less than nothing, nor parts other than their
// whole; and each price must come back under the name it is written with.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = read_price_file({reinterpret_cast<const char*>(data), size});
    if (!file) return 0;
    Usage usage;
    usage.prompt_tokens = 300'000;
    usage.cached_tokens = 1000;
    usage.completion_tokens = 5000;
    usage.reasoning_tokens = 100;
    usage.web_searches = 1;
    CallFacts facts;
    facts.fast = true;
    facts.us_inference = true;
    for (const auto& [name, price] : *file) {
        for (const auto& rate : price.rates()) {
            const auto again = parse_rate_name(rate_name(rate));
            if (!again || again->unit != rate.unit || again->tier != rate.tier ||
                again->above_tokens != rate.above_tokens)
                std::abort();
        }
        for (const auto tier : {ServiceTier::standard, ServiceTier::batches}) {
            facts.tier = tier;
            const auto cost = cost_of(price, usage, facts);
            Picodollars sum = 0;
            for (const auto part : cost.parts) {
                if (part < 0) std::abort();
                sum += part;
            }
            if (sum != cost.total) std::abort();
        }
    }
    return 0;
}
