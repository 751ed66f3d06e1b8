#include "tollweir/gateway/model_list.hpp"

#include "tollweir/core/json.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {

namespace {

// LiteLLM's DEFAULT_MODEL_CREATED_AT_TIME.
constexpr std::int64_t kCreated = 1677610602;

void write_model(JsonWriter& json, std::string_view id, std::string_view owner) {
    json.begin_object().key("id").string(id).key("object").string("model");
    json.key("created").number(kCreated).key("owned_by").string(owner).end_object();
}

}  // namespace

std::string list_models(const Snapshot& snapshot, bool with_patterns) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("data").begin_array();
    for (const auto* group : snapshot.groups())
        if (with_patterns || !group->name.contains('*')) write_model(json, group->name, "openai");
    for (const auto& [name, alias] : snapshot.config().aliases)
        if (!alias.hidden) write_model(json, name, "openai");
    json.end_array().key("object").string("list").end_object();
    return out;
}

Result<std::string> show_model(const Snapshot& snapshot, std::string_view id) {
    const auto match = snapshot.find_group(id);
    if (!match) {
        GatewayError error(ErrorKind::not_found, ErrorSource::client,
                           "The model '" + std::string(id) + "' does not exist");
        error.param_json = "\"model\"";
        return std::unexpected(std::move(error));
    }
    const auto* deployment =
        match->only != nullptr ? match->only : match->group->deployments.front();
    std::string out;
    JsonWriter json(out);
    write_model(json, id, deployment->provider->name());
    return out;
}

}  // namespace tollweir
