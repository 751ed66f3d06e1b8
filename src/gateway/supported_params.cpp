#include "tollweir/gateway/supported_params.hpp"

#include <algorithm>

#include "tollweir/core/json.hpp"
#include "tollweir/gateway/deployment_endpoint.hpp"
#include "tollweir/providers/registry.hpp"

namespace tollweir {

namespace {

using Names = std::vector<std::string_view>;

/// `served`: the upstream's name for the model.
Names params_of(const Deployment& deployment, const std::string& served) {
    const auto& provider = *deployment.provider;
    return provider.supported_params(endpoint_of(deployment), provider.family(deployment, served));
}

std::unexpected<GatewayError> unknown(std::string_view model) {
    const std::string message = model.empty()
                                    ? std::string("the query parameter 'model' is missing")
                                    : "Could not map model=" + std::string(model);
    GatewayError error(ErrorKind::bad_request, ErrorSource::client, message);
    error.param_json = "\"model\"";
    std::string detail;
    JsonWriter(detail).begin_object().key("error").string(message).end_object();
    error.detail_json = std::move(detail);
    return std::unexpected(std::move(error));
}

std::string written(const Names& names) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("supported_openai_params").begin_array();
    for (const auto name : names) json.string(name);
    json.end_array().end_object();
    return out;
}

}  // namespace

std::vector<std::string_view> supported_params(const GroupMatch& match,
                                               std::string_view requested) {
    const auto served = [&](const Deployment& deployment) {
        return upstream_model(deployment, match.captures, requested);
    };
    if (match.only != nullptr) return params_of(*match.only, served(*match.only));
    const auto& deployments = match.group->deployments;
    Names common = params_of(*deployments.front(), served(*deployments.front()));
    for (const auto* deployment : deployments) {
        const Names own = params_of(*deployment, served(*deployment));
        std::erase_if(common, [&own](std::string_view name) {
            return std::ranges::find(own, name) == own.end();
        });
    }
    return common;
}

Result<std::string> show_supported_params(const Snapshot& snapshot, std::string_view model) {
    if (const auto match = snapshot.find_group(model))
        return written(supported_params(*match, model));
    const auto resolved = resolve_model(model, {}, {});
    if (!resolved) return unknown(model);
    const auto& provider = *resolved->provider->provider;
    return written(provider.supported_params(main_endpoint(provider),
                                             provider.family(Deployment(), resolved->model)));
}

}  // namespace tollweir
