#include "tollweir/config/deployment_price.hpp"

#include "tollweir/core/price_field.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {
namespace {

std::string_view region_of(const DeploymentPolicy& policy) {
    if (!policy.region.empty()) return policy.region;
    if (policy.aws && !policy.aws->region.empty()) return policy.aws->region;
    return policy.vertex ? std::string_view(policy.vertex->location) : std::string_view();
}

}  // namespace

PriceQuery price_query(const Deployment& deployment, std::string_view model) {
    PriceQuery query;
    query.provider = deployment.provider->name();
    query.model_string = deployment.model == model ? deployment.model_string : model;
    query.model = model;
    query.base_model = deployment.base_model;
    query.region = region_of(deployment.policy);
    return query;
}

std::optional<ModelPrice> price_of(const PriceTable& table, const Deployment& deployment,
                                   std::string_view model) {
    auto price = find_price(table, price_query(deployment, model));
    if (deployment.price_overrides.empty()) return price;
    if (!price) {
        price.emplace();
        price->provider = deployment.provider->name();
    }
    // The load let no override through that cannot be set.
    if (!override_prices(*price, deployment.price_overrides)) return std::nullopt;
    return price;
}

}  // namespace tollweir
