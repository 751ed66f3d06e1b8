#include "tollweir/config/deployment_price.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "tollweir/core/find_price.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/price_field.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {
namespace {

std::string text_of(const JsonParts& parts, std::string_view key) {
    return decode_json_string(find_part(parts, key)).value_or("");
}

std::string region_of(const JsonParts& params) {
    for (const std::string_view key : {"region_name", "aws_region_name", "vertex_location"})
        if (auto region = text_of(params, key); !region.empty()) return region;
    return {};
}

/// Of `model_info`, beside prices.
bool describes(std::string_view field) {
    return field == "mode" || field == "max_tokens" || field == "max_input_tokens" ||
           field == "max_output_tokens" || find_capability_field(field).has_value();
}

/// A value that cannot be understood leaves the table's in force.
bool is_understood(const std::string& field, std::string_view json) {
    ModelPrice scratch;
    const auto set = set_price_field(scratch, field, json);
    return set && *set && json != "null";
}

std::vector<PriceOverride> stated(const JsonParts& params, const JsonParts& info) {
    std::vector<PriceOverride> all;
    for (const auto& [field, json] : params)
        if (is_price_name(field) && is_understood(field, json)) all.emplace_back(field, json);
    for (const auto& [field, json] : info) {
        const bool is_known = is_price_name(field) || describes(field);
        const bool is_stated = std::ranges::find(all, field, &PriceOverride::first) != all.end();
        if (is_known && !is_stated && is_understood(field, json)) all.emplace_back(field, json);
    }
    return all;
}

}  // namespace

std::optional<ModelPrice> price_of(const PriceTable& table, const Deployment& deployment,
                                   std::string_view model) {
    const auto params = json_members(deployment.params_json).value_or(JsonParts{});
    const auto info = json_members(deployment.info_json).value_or(JsonParts{});
    const auto region = region_of(params);
    const std::string_view provider = deployment.provider->name();
    PriceQuery query;
    query.provider = provider;
    query.model_string = deployment.model == model ? deployment.model_string : model;
    query.model = model;
    query.base_model = deployment.base_model;
    query.region = region;
    auto price = find_price(table, query);
    const auto overrides = stated(params, info);
    if (overrides.empty()) return price;
    if (!price) {
        price.emplace();
        price->provider = provider;
    }
    if (!override_prices(*price, overrides)) return std::nullopt;  // each was tried before
    return price;
}

}  // namespace tollweir
