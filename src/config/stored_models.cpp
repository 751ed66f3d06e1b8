#include "tollweir/config/stored_models.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "config/deployment_reader.hpp"
#include "config/json_node.hpp"
#include "config/model_base.hpp"
#include "config/model_list.hpp"
#include "config/prepare_deployment.hpp"
#include "config/references.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/seal.hpp"

namespace tollweir {
namespace {

using Why = SkippedModel::Why;

struct Skip {
    Why why;
    std::string reason;
};

std::unexpected<Skip> skip(Why why, std::string reason) {
    return std::unexpected(Skip{why, std::move(reason)});
}

bool is_text(std::string_view json) {
    return json.starts_with('"');
}

std::string json_text(std::string_view text) {
    std::string json;
    append_json_string(json, text);
    return json;
}

/// Rows that another program wrote may be in the clear: LiteLLM takes what it cannot decrypt as it
/// stands. `model`, which every row has, tells which kind this is.
bool is_in_the_clear(const JsonParts& parts) {
    const auto model = decode_json_string(find_part(parts, "model"));
    return model && !looks_sealed(*model);
}

/// What the errors of a row say, without places in files.
std::string told(std::vector<ConfigFinding> errors) {
    std::string out;
    for (const auto& finding : errors) out.append(out.empty() ? "" : "; ").append(finding.text());
    return out;
}

/// Reads the rows of one load, one after the other: ids are told apart.
class RowReader {
public:
    RowReader(const ModelBase& base, const Secret& seal_key)
        : base_(base), seal_key_(seal_key), ids_(base.ids) {}

    std::expected<std::vector<Deployment>, Skip> read(const StoredModel& model) {
        auto params = unseal_params(model.params_json, seal_key_);
        if (!params) return skip(Why::sealed, params.error().message);
        if (model.blocked) return skip(Why::paused, "it is blocked");
        Findings findings(base_.files);
        const auto entry = entry_of(model, *params, findings);
        if (!entry) return skip(Why::invalid, "litellm_params or model_info is no JSON object");
        auto deployments = read_entry(*entry, findings);
        if (findings.has_errors()) return skip(Why::invalid, told(findings.take_errors()));
        if (deployments.empty())
            return skip(Why::elsewhere, "model_info.supported_environments leaves this one out");
        return take(std::move(deployments));
    }

private:
    std::optional<Node> entry_of(const StoredModel& model, const JsonFields& fields,
                                 Findings& findings) const {
        std::string json;
        JsonWriter writer(json);
        writer.begin_object();
        for (const auto& [name, value] : fields) writer.key(name).raw(value);
        writer.end_object();
        auto params = node_of_json(json);
        auto info = model.info_json.empty() ? map_node() : node_of_json(model.info_json);
        if (info && info->is_null()) info = map_node();
        if (!params || !info || info->kind != Node::Kind::map) return std::nullopt;
        resolve_references(*params, "litellm_params", base_.environment, findings);
        set_member(*info, "id", text_node(model.id));
        Node yes;
        yes.kind = Node::Kind::boolean;
        yes.boolean = true;
        set_member(*info, "db_model", std::move(yes));
        Node entry = map_node();
        set_member(entry, "model_name", text_node(model.name));
        set_member(entry, "litellm_params", std::move(*params));
        set_member(entry, "model_info", std::move(*info));
        return entry;
    }

    std::vector<Deployment> read_entry(const Node& entry, Findings& findings) const {
        const LoadContext load{base_.root, base_.variables, base_.environment, base_.overrides,
                               findings};
        const auto credentials = read_credentials(load);
        DeploymentIds ids(findings);
        if (names_address(*entry.find("litellm_params")) || has_stored_address(credentials, entry))
            return read_without_our_credentials(load, credentials, ids, entry, "");
        return read_deployments(deployment_context(load, credentials, ids), entry, "");
    }

    std::expected<std::vector<Deployment>, Skip> take(std::vector<Deployment> deployments) {
        for (const auto& deployment : deployments) {
            if (ids_.contains(deployment.id))
                return skip(Why::invalid, "the id " + deployment.id.substr(0, 80) +
                                              " belongs to another deployment");
            auto tried = deployment;
            if (const auto prepared = prepare_deployment(tried); !prepared)
                return skip(Why::invalid, prepared.error().message);
        }
        for (const auto& deployment : deployments) ids_.insert(deployment.id);
        return deployments;
    }

    const ModelBase& base_;
    const Secret& seal_key_;
    std::set<std::string> ids_;
};

}  // namespace

ReadModels read_stored_models(const ModelBase& base, std::span<const StoredModel> models,
                              const Secret& seal_key) {
    ReadModels out;
    RowReader reader(base, seal_key);
    for (const auto& model : models) {
        auto deployments = reader.read(model);
        if (deployments) {
            std::ranges::move(*deployments, std::back_inserter(out.deployments));
        } else {
            auto& [why, reason] = deployments.error();
            out.skipped.push_back({model.id, model.name, why, std::move(reason)});
        }
    }
    return out;
}

const Secret& seal_key_of(const Config& config) {
    return config.database.salt_key.empty() ? config.master_key : config.database.salt_key;
}

bool stores_models(const Config& config) {
    const auto& objects = config.database.stored_objects;
    return config.database.stores_models &&
           (!objects || std::ranges::find(*objects, StoredObject::models) != objects->end());
}

std::string seal_params(const JsonFields& params, const Secret& seal_key) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    for (const auto& [name, value] : params) {
        const auto text = is_text(value) ? decode_json_string(value) : std::nullopt;
        json.key(name).raw(text ? json_text(seal(*text, seal_key)) : value);
    }
    json.end_object();
    return out;
}

Result<JsonFields> unseal_params(std::string_view params_json, const Secret& seal_key) {
    const auto parts = json_members(params_json);
    if (!parts) return fail(ErrorKind::bad_request, "litellm_params is no JSON object");
    const bool in_the_clear = is_in_the_clear(*parts);
    JsonFields fields;
    for (const auto& [name, value] : *parts) {
        fields.emplace_back(name, value);
        const auto sealed = is_text(value) ? decode_json_string(value) : std::nullopt;
        if (!sealed) continue;
        if (const auto text = unseal(*sealed, seal_key))
            fields.back().second = json_text(*text);
        else if (!in_the_clear && looks_sealed(*sealed))
            return fail(ErrorKind::bad_request,
                        "litellm_params." + name.substr(0, 80) +
                            " was encrypted with another key than the one that is in force");
    }
    return fields;
}

std::string shown_sealed_params(std::string_view params_json) {
    const auto params = node_of_json(params_json);
    if (!params || params->kind != Node::Kind::map) return "{}";
    const bool in_the_clear = is_in_the_clear(json_members(params_json).value_or(JsonParts()));
    const auto is_shown = [&](const Member& member) {
        const auto& value = member.value;
        if (value.is_null() || !names_secret(member.key)) return !value.is_null();
        return !in_the_clear && value.kind == Node::Kind::text && looks_sealed(value.text);
    };
    Node shown = map_node();
    for (const auto& member : params->members)
        if (is_shown(member)) set_member(shown, member.key, without_secrets(member.value));
    return to_json(shown);
}

std::string shown_info(std::string_view info_json) {
    const auto info = node_of_json(info_json);
    return info ? to_json(without_secrets(*info)) : "{}";
}

bool is_credential_param(std::string_view name) {
    return names_secret(name) || name == "litellm_credential_name";
}

}  // namespace tollweir
