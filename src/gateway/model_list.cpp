#include "tollweir/gateway/model_list.hpp"

#include <algorithm>
#include <vector>

#include "tollweir/auth/permissions.hpp"
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

bool may_use(const Identity& caller, std::string_view name, const ModelGroup& group) {
    if (const auto team = team_of(group); !team.empty() && team != caller.team_id()) return false;
    return !caller.key || permit_model(*caller.key, {name, group.name, group.access_groups});
}

/// Names in the lists that bind the caller and are no groups, but which a pattern serves.
std::vector<std::string> names_behind_patterns(const Snapshot& snapshot, const Identity& caller) {
    std::vector<std::string> names;
    if (!caller.key) return names;
    const auto& key = *caller.key;
    const auto add = [&](const AllowedModels& models) {
        for (const auto& name : models.names()) {
            if (name.contains('*') || std::ranges::find(names, name) != names.end()) continue;
            const auto match = snapshot.find_group(name, key.team_id);
            if (match && match->group->name.contains('*') && may_use(caller, name, *match->group))
                names.push_back(name);
        }
    };
    add(key.models);
    if (key.team) add(key.team->models);
    if (key.user) add(key.user->models);
    return names;
}

}  // namespace

std::string list_models(const Snapshot& snapshot, const Identity& caller, bool with_patterns) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("data").begin_array();
    for (const auto* group : snapshot.groups())
        if ((with_patterns || !group->name.contains('*')) && may_use(caller, group->name, *group))
            write_model(json, group->name, "openai");
    for (const auto& [name, alias] : snapshot.config().aliases) {
        const auto match = snapshot.find_group(name);
        if (alias.hidden || (match && !may_use(caller, name, *match->group))) continue;
        write_model(json, name, "openai");
    }
    for (const auto& name : names_behind_patterns(snapshot, caller))
        write_model(json, name, "openai");
    json.end_array().key("object").string("list").end_object();
    return out;
}

Result<std::string> show_model(const Snapshot& snapshot, const Identity& caller,
                               std::string_view id) {
    const auto match = snapshot.find_group(id, caller.team_id());
    if (!match || !may_use(caller, id, *match->group)) {
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
