#include "tollweir/gateway/called_model.hpp"

#include "tollweir/core/find_price.hpp"
#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

CalledModel of_table(const Snapshot& snapshot, std::string_view name) {
    CalledModel called;
    called.model = name;
    called.counter = TokenCounter::for_model(name);
    PriceQuery query;
    query.model_string = query.model = name;
    if (const auto resolved = resolve_model(name, {}, {})) {
        called.model = resolved->model;
        query.provider = resolved->provider->provider->name();
        query.model = called.model;
    }
    called.terms = cost_terms_of(snapshot.config().spend, query.provider);
    auto price = find_price(snapshot.price_table(), query);
    // The row of exactly this name counts, whosever it is: the client may have it from an answer.
    if (!price) price = snapshot.price_table().find(name);
    if (price) called.own_price = std::make_shared<const ModelPrice>(std::move(*price));
    called.price = called.own_price.get();
    return called;
}

}  // namespace

CalledModel find_called_model(const Snapshot& snapshot, std::string_view name,
                              std::string_view team) {
    const auto match = snapshot.find_group(name, team);
    if (!match) return of_table(snapshot, name);
    const auto& deployment = match->only ? *match->only : *match->group->deployments.front();
    CalledModel called;
    called.model = upstream_model(deployment, match->captures, name);
    called.counter = token_counter_for(deployment, called.model);
    called.terms = deployment.cost_terms;
    called.price = snapshot.price_for(deployment, called.model);
    return called;
}

}  // namespace tollweir
