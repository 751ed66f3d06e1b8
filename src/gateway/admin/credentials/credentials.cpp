#include "tollweir/gateway/admin/credentials.hpp"

#include <algorithm>
#include <array>

#include "gateway/admin/json_fields.hpp"
#include "gateway/admin/sent_references.hpp"
#include "gateway/admin/setting_change.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/storage/config_row.hpp"
#include "tollweir/storage/model_row.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kErrors = "auth_error";
constexpr std::string_view kValues = "credential_values";
// What of a deployment's parameters tells where it is called, and as whom.
constexpr std::array<std::string_view, 13> kOfModels{"api_key",
                                                     "api_base",
                                                     "api_version",
                                                     "organization",
                                                     "region_name",
                                                     "vertex_project",
                                                     "vertex_location",
                                                     "vertex_credentials",
                                                     "aws_region_name",
                                                     "aws_access_key_id",
                                                     "aws_secret_access_key",
                                                     "aws_session_token",
                                                     "watsonx_region_name"};

std::unexpected<GatewayError> refuse(std::string message, std::string_view param = {}) {
    return row_error(ErrorKind::bad_request, std::move(message), kErrors, param);
}

std::unexpected<GatewayError> not_found(const std::string& name) {
    return row_error(ErrorKind::not_found, "Credential not found. Got credential name: " + name,
                     "not_found_error", "credential_name");
}

/// What a request says of a credential. In both objects null clears, and what is left out stays.
struct CredentialFields {
    std::string name;  // of the row
    Sent<std::string> new_name;
    JsonFields values;
    Sent<std::string> info;
    std::string model_id;  // whose values are taken; empty: those that were sent
};

Result<void> check_values(const JsonFields& values) {
    for (const auto& [name, value] : values)
        if (holds_reference(value))
            return refuse(reference_refused("credential_values." + name.substr(0, 80)), kValues);
    return {};
}

Result<CredentialFields> parse(Fields& body) {
    CredentialFields fields;
    fields.new_name = body.text("credential_name");
    fields.values = members_of(body, kValues);
    fields.info = body.object("credential_info");
    fields.model_id = body.text("model_id").value.value_or("");
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    if (auto good = check_values(fields.values); !good) return std::unexpected(good.error());
    return fields;
}

Result<CredentialFields> parse_new(Fields& body) {
    body.require("credential_name");
    if (!body.has(kValues) && !body.has("model_id"))
        body.refuse_as_schema(kValues, "value_error",
                              "Either credential_values or model_id must be set");
    auto fields = parse(body);
    if (fields) fields->name = fields->new_name.value.value_or("");
    return fields;
}

/// The audit log's form of a row.
std::string row_json(const CredentialRow& row) {
    auto sealed = fields_of(row.credential_values);
    for (auto& [name, value] : sealed) value = "\"***\"";
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("credential_name").string(row.credential_name);
    json.key(kValues).raw(fields_json(sealed)).key("credential_info");
    json.raw(row.credential_info.empty() ? "{}" : shown_info(row.credential_info)).end_object();
    return out;
}

std::string done_json(std::string_view what) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("success").boolean(true);
    json.key("message").string("Credential " + std::string(what) + " successfully").end_object();
    return out;
}

void write_shown(JsonWriter& json, const ShownCredential& credential) {
    json.begin_object().key("credential_name").string(credential.name);
    json.key(kValues).raw(credential.values_json);
    json.key("credential_info").raw(credential.info_json).end_object();
}

void keep_credential_params(JsonFields& params) {
    std::erase_if(params, [](const auto& field) {
        return std::ranges::find(kOfModels, field.first) == kOfModels.end();
    });
}

/// What a deployment that is served says: its key, and the parameters that are no secret.
JsonFields values_in_force(const Deployment& deployment) {
    auto values = fields_of(deployment.params_json);
    keep_credential_params(values);
    if (!deployment.api_key.empty()) set_text_field(values, "api_key", deployment.api_key.reveal());
    return values;
}

/// Null: none that is served has the id.
const Deployment* find_served(const Snapshot& snapshot, const std::string& id) {
    const auto& all = snapshot.deployments();
    const auto found = std::ranges::find(all, id, &Deployment::id);
    return found == all.end() ? nullptr : &*found;
}

/// Changes one row; on the store's thread.
class CredentialWriter {
public:
    CredentialWriter(const AdminCall& call, const CredentialFields& fields)
        : call_(call), fields_(fields), now_(WallClock::now()) {}

    Result<std::string> make(Sql& sql) {
        const auto done = sql.transaction([&](Sql& inner) { return insert(inner); });
        return finish(sql, done, "created");
    }
    Result<std::string> update(Sql& sql) {
        const auto done = sql.transaction([&](Sql& inner) { return change(inner); });
        return finish(sql, done, "updated");
    }
    Result<std::string> remove(Sql& sql) {
        const auto done = sql.transaction([&](Sql& inner) { return erase(inner); });
        return finish(sql, done, "deleted");
    }

private:
    Result<std::string> finish(Sql& sql, const Result<void>& done, std::string_view what) {
        if (!done && done.error().kind == ErrorKind::conflict)
            return refuse("Credential " + fields_.new_name.value.value_or("") + " already exists",
                          "credential_name");
        if (!done) return std::unexpected(done.error());
        call_.live_config->refresh(sql);
        return done_json(what);
    }

    Result<void> insert(Sql& sql) {
        CredentialRow row;
        append_uuid4(row.credential_id);
        row.credential_name = fields_.name;
        row.created_at = now_;
        row.created_by = call_.caller.user_id();
        auto values = values_to_store(sql);
        if (!values) return std::unexpected(values.error());
        if (auto filled = fill(sql, row, *values, "{}"); !filled) return filled;
        if (auto made = insert_credential_row(sql, row); !made) return made;
        return audit_row(sql, call_, kCredentialTable, "created", row.credential_name, "",
                         row_json(row));
    }

    Result<void> change(Sql& sql) {
        const auto before = locked(sql);
        if (!before) return std::unexpected(before.error());
        auto values = unseal_params(before->credential_values, seal_key_of(call_.config()));
        if (!values) return refuse(kOtherKey, kValues);
        merge_fields(fields_.values, *values);
        auto after = *before;
        if (fields_.new_name.value) after.credential_name = *fields_.new_name.value;
        if (auto filled = fill(sql, after, *values, before->credential_info); !filled)
            return filled;
        if (auto done = update_credential_row(sql, *before, after); !done) return done;
        return audit_row(sql, call_, kCredentialTable, "updated", before->credential_name,
                         row_json(*before), row_json(after));
    }

    Result<void> erase(Sql& sql) {
        const auto row = locked(sql);
        if (!row) return std::unexpected(row.error());
        if (auto gone = delete_credential_row(sql, row->credential_name); !gone) return gone;
        return audit_row(sql, call_, kCredentialTable, "deleted", row->credential_name,
                         row_json(*row), "");
    }

    Result<CredentialRow> locked(Sql& sql) const {
        auto row = find_credential_row(sql, fields_.name, RowLock::update);
        if (!row) return std::unexpected(row.error());
        if (*row) return std::move(**row);
        const auto known = call_.live_config->credentials();
        if (std::ranges::find(known, fields_.name, &ShownCredential::name) != known.end())
            return refuse(
                "Credential " + fields_.name +
                    " stands in credential_list of the configuration file: change it there",
                "credential_name");
        return not_found(fields_.name);
    }

    /// Those that were sent, over those of the model that was named.
    Result<JsonFields> values_to_store(Sql& sql) const {
        JsonFields values;
        if (!fields_.model_id.empty()) {
            auto taken = values_of_model(sql);
            if (!taken) return taken;
            values = std::move(*taken);
        }
        merge_fields(fields_.values, values);
        return values;
    }

    Result<JsonFields> values_of_model(Sql& sql) const {
        const auto row = find_model_row(sql, fields_.model_id);
        if (!row) return std::unexpected(row.error());
        if (*row) {
            auto params = unseal_params((*row)->litellm_params, seal_key_of(call_.config()));
            if (!params) return refuse(params.error().message, "model_id");
            keep_credential_params(*params);
            return params;
        }
        const auto* served = find_served(*call_.snapshot, fields_.model_id);
        if (served == nullptr)
            return row_error(ErrorKind::not_found, "Model not found", "not_found_error",
                             "model_id");
        return values_in_force(*served);
    }

    /// What was sent, sealed and tried as it will be used.
    Result<void> fill(Sql& sql, CredentialRow& row, const JsonFields& values,
                      const std::string& info_before) const {
        row.credential_values = seal_params(values, seal_key_of(call_.config()));
        JsonFields info;
        for (const auto* text : {&info_before, fields_.info.value ? &*fields_.info.value : nullptr})
            if (text != nullptr) merge_fields(fields_of(*text), info);
        row.credential_info = fields_json(info);
        row.updated_at = now_;
        row.updated_by = call_.caller.user_id();
        auto settings = list_stored_settings(sql);
        if (!settings) return std::unexpected(settings.error());
        std::erase_if(settings->credentials, [&](const StoredCredential& credential) {
            return credential.name == row.credential_name;
        });
        settings->credentials.push_back(stored_credential(row));
        const auto good =
            call_.live_config->check(*settings, row_name(settings->credentials.back()));
        if (!good) return refuse(good.error().message, kValues);
        return {};
    }

    static constexpr const char* kOtherKey =
        "credential_values were encrypted with another key than the one that is in force: delete "
        "the credential and add it anew";

    const AdminCall& call_;
    const CredentialFields& fields_;
    const WallTime now_;
};

Result<std::string> make(Sql& sql, const AdminCall& call, const CredentialFields& fields) {
    return CredentialWriter(call, fields).make(sql);
}

Result<std::string> update(Sql& sql, const AdminCall& call, const CredentialFields& fields) {
    return CredentialWriter(call, fields).update(sql);
}

}  // namespace

net::Task<Result<void>> make_credential(RequestContext& context) {
    return serve_setting_change(context, parse_new, make, kErrors);
}

net::Task<Result<void>> update_credential(RequestContext& context) {
    const auto parse_named = [name = context.path_part](Fields& body) -> Result<CredentialFields> {
        auto fields = parse(body);
        if (fields) fields->name = name;
        return fields;
    };
    return serve_setting_change(context, parse_named, update, kErrors);
}

net::Task<Result<void>> remove_credential(RequestContext& context) {
    const auto work = [name = context.path_part](Sql& sql, const AdminCall& call) {
        CredentialFields fields;
        fields.name = name;
        return CredentialWriter(call, fields).remove(sql);
    };
    return serve_settings(context, work, kErrors);
}

net::Task<Result<void>> list_credentials(RequestContext& context) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("success").boolean(true).key("credentials").begin_array();
    if (const auto* live = context.state->live_config)
        for (const auto& credential : live->credentials()) write_shown(json, credential);
    json.end_array().end_object();
    co_return co_await answer(context, std::move(out), kErrors);
}

net::Task<Result<void>> show_credential(RequestContext& context) {
    const auto& name = context.path_part;
    std::vector<ShownCredential> known;
    if (const auto* live = context.state->live_config) known = live->credentials();
    const auto found = std::ranges::find(known, name, &ShownCredential::name);
    if (found == known.end())
        co_return std::unexpected(as_admin_error(not_found(name).error(), kErrors));
    std::string out;
    JsonWriter json(out);
    write_shown(json, *found);
    co_return co_await answer(context, std::move(out), kErrors);
}

net::Task<Result<void>> show_credential_of_model(RequestContext& context) {
    const auto& id = context.path_part;
    const auto* served = find_served(*context.snapshot, id);
    if (served == nullptr)
        co_return std::unexpected(as_admin_error(
            GatewayError(ErrorKind::not_found, ErrorSource::gateway, "Model not found"),
            "not_found_error"));
    std::string out;
    JsonWriter json(out);
    write_shown(
        json, {served->group + "-credential-" + id, masked_values(values_in_force(*served)), "{}"});
    co_return co_await answer(context, std::move(out), kErrors);
}

}  // namespace tollweir
