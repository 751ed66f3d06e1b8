#include "tollweir/gateway/admin/models.hpp"

#include <algorithm>

#include "gateway/admin/models/model_fields.hpp"
#include "gateway/admin/models/model_rules.hpp"
#include "gateway/admin/row_json.hpp"
#include "gateway/admin/setting_change.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "gateway/admin/teams/team_rows.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/gateway/live_config.hpp"
#include "tollweir/storage/model_row.hpp"

namespace tollweir {
namespace {

std::unexpected<GatewayError> refuse(std::string message, std::string_view param = {}) {
    return row_error(ErrorKind::bad_request, std::move(message), kModelErrors, param);
}

std::unexpected<GatewayError> not_found(const std::string& id) {
    return refuse("Model with id=" + id + " not found in db", "id");
}

std::string row_json(ModelRow row) {
    row.litellm_params = shown_sealed_params(row.litellm_params);
    if (!row.model_info.empty()) row.model_info = shown_info(row.model_info);
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    write_columns(json, row, model_columns());
    json.end_object();
    return out;
}

/// The name by which the row's team knows it.
std::string public_name(const ModelRow& row, const JsonFields& info) {
    auto name = text_field(info, "team_public_model_name");
    return name.empty() ? row.model_name : name;
}

/// As LiteLLM names them: no client asks for it by that.
std::string internal_name(const std::string& team) {
    std::string name = "model_name_" + team + "_";
    append_uuid4(name);
    return name;
}

/// Changes one row, and its team's list with it; on the store's thread.
class ModelWriter {
public:
    ModelWriter(const AdminCall& call, const ModelFields& fields)
        : call_(call), actor_(call.caller), fields_(fields), now_(WallClock::now()) {}

    Result<std::string> make(Sql& sql) {
        const auto done = sql.transaction([&](Sql& inner) { return insert(inner); });
        if (!done && done.error().kind == ErrorKind::conflict) return id_is_taken(fields_.id);
        return finish(sql, done);
    }

    Result<std::string> update(Sql& sql) {
        return finish(sql, sql.transaction([&](Sql& inner) { return change(inner); }));
    }

    Result<std::string> remove(Sql& sql) {
        return finish(sql, sql.transaction([&](Sql& inner) { return erase(inner); }));
    }

private:
    Result<std::string> finish(Sql& sql, const Result<void>& done) {
        if (!done) return std::unexpected(done.error());
        call_.live_config->refresh(sql);
        return std::move(answer_);
    }

    static std::unexpected<GatewayError> id_is_taken(const std::string& id) {
        return refuse("model_info.id=" + id +
                          " already belongs to an existing deployment; omit model_info.id to "
                          "auto-generate one.",
                      "model_info.id");
    }

    Result<void> insert(Sql& sql) {
        if (!fields_.id.empty() && call_.snapshot->has_deployment(fields_.id))
            return id_is_taken(fields_.id);
        ModelRow row;
        row.model_id = fields_.id;
        if (row.model_id.empty()) append_uuid4(row.model_id);
        row.model_name = fields_.name.value.value_or("");
        row.created_at = now_;
        row.created_by = call_.caller.user_id();
        JsonFields info;
        merge_fields(fields_.info, info);
        auto team = permit(sql, text_field(info, "team_id"));
        if (!team) return std::unexpected(team.error());
        if (auto good = need_team(info, *team); !good) return good;
        JsonFields params;
        merge_fields(fields_.params, params);
        if (*team) {
            set_text_field(info, "team_public_model_name", row.model_name);
            if (auto added = add_to_team(sql, **team, row.model_name); !added) return added;
            row.model_name = internal_name((*team)->team_id);
        }
        if (auto filled = fill(row, params, std::move(info)); !filled) return filled;
        if (auto made = insert_model_row(sql, row); !made) return made;
        return note(sql, "created", "", row);
    }

    Result<void> change(Sql& sql) {
        const auto found = find_model_row(sql, fields_.id, RowLock::update);
        if (!found) return std::unexpected(found.error());
        if (!*found && call_.snapshot->has_deployment(fields_.id))
            return refuse(
                "Can't edit model. Model in config. Store model in db via `/model/new`. "
                "to edit.");
        if (!*found) return not_found(fields_.id);
        const auto& before = **found;
        auto info = fields_of(before.model_info);
        auto team = permit(sql, text_field(info, "team_id"));
        if (!team) return std::unexpected(team.error());
        auto params = unseal_params(before.litellm_params, seal_key_of(call_.config()));
        if (!params) return refuse(params.error().message);
        if (auto good = permit_new_address(*params, fields_.params); !good) return good;
        merge_fields(fields_.params, *params);
        auto after = before;
        if (auto named = rename(sql, after, info, *team); !named) return named;
        if (auto filled = fill(after, *params, std::move(info)); !filled) return filled;
        if (auto written = update_model_row(sql, before, after); !written) return written;
        return note(sql, "updated", row_json(before), after);
    }

    Result<void> erase(Sql& sql) {
        const auto found = find_model_row(sql, fields_.id, RowLock::update);
        if (!found) return std::unexpected(found.error());
        if (!*found) return not_found(fields_.id);
        const auto& row = **found;
        const auto info = fields_of(row.model_info);
        auto team = permit(sql, text_field(info, "team_id"));
        if (!team) return std::unexpected(team.error());
        if (auto gone = delete_model_row(sql, row.model_id); !gone) return gone;
        if (*team)
            if (auto gone = take_from_team(sql, **team, public_name(row, info)); !gone) return gone;
        answer_.clear();
        JsonWriter json(answer_);
        json.begin_object().key("message");
        json.string("Model: " + row.model_id + " deleted successfully").end_object();
        return audit_row(sql, call_, kModelTable, "deleted", row.model_id, row_json(row), "");
    }

    /// Administrators, and of a team's own models its administrators. Returns the team under lock;
    /// nothing: none is named, or an administrator works on the model of a team that is gone.
    Result<std::optional<TeamRow>> permit(Sql& sql, const std::string& team_id) const {
        if (team_id.empty()) {
            if (actor_.is_admin()) return std::nullopt;
            return row_error(ErrorKind::permission_denied,
                             "User does not have permission to make this model call. Your role=" +
                                 std::string(name_of(actor_.role)) +
                                 ". You can only make model calls if you are a PROXY_ADMIN or if "
                                 "you are a team admin, by specifying a team_id in the model_info.",
                             kModelErrors);
        }
        auto team = find_team_row(sql, team_id, RowLock::update);
        if (!team || (!*team && actor_.is_admin())) return team;
        if (!*team) return no_such_team(team_id);
        const auto power = team_power(sql, call_, **team);
        if (!power) return std::unexpected(power.error());
        if (*power >= TeamPower::team_admin) return team;
        return row_error(ErrorKind::permission_denied,
                         "Team ID=" + team_id +
                             " does not match the API key's team ID, OR you are not the admin for "
                             "this team. Check `/user/info` to verify your team admin status.",
                         kModelErrors);
    }

    static std::unexpected<GatewayError> no_such_team(const std::string& id) {
        return refuse("Team id=" + id + " does not exist in db", "model_info.team_id");
    }

    /// A model is given to teams that are there only.
    static Result<void> need_team(const JsonFields& info, const std::optional<TeamRow>& team) {
        const auto id = text_field(info, "team_id");
        if (id.empty() || team) return {};
        return no_such_team(id);
    }

    /// The name and the team that were sent. A team's model keeps its internal name: what changes
    /// is what the team calls it.
    Result<void> rename(Sql& sql, ModelRow& row, JsonFields& info, std::optional<TeamRow>& team) {
        const auto team_before = text_field(info, "team_id");
        const auto name_before = public_name(row, info);
        merge_fields(fields_.info, info);
        const auto team_after = text_field(info, "team_id");
        const auto name = fields_.name.value.value_or(name_before);
        if (team_after != team_before && !team_before.empty())
            return row_error(ErrorKind::permission_denied,
                             "Cannot reassign a model to a different team.", kModelErrors,
                             "model_info.team_id");
        if (team_after.empty()) {
            row.model_name = name;
            return {};
        }
        set_text_field(info, "team_public_model_name", name);
        if (team_before.empty()) {
            auto joined = permit(sql, team_after);
            if (!joined) return std::unexpected(joined.error());
            if (auto good = need_team(info, *joined); !good) return good;
            row.model_name = internal_name(team_after);
            return add_to_team(sql, **joined, name);
        }
        if (name == name_before || !team) return {};
        if (auto added = add_to_team(sql, *team, name); !added) return added;
        return take_from_team(sql, *team, name_before);
    }

    /// A team without a list may use every model, and goes on to.
    Result<void> add_to_team(Sql& sql, TeamRow& team, const std::string& name) {
        auto good = permit_team_name(*call_.snapshot, team, name, actor_.is_admin());
        if (!good || team.models.empty()) return good;
        if (std::ranges::find(team.models, name) != team.models.end()) return {};
        const auto before = team;
        team.models.push_back(name);
        return save_team(sql, call_, before, team);
    }

    /// Unless another model of the team has the name. The list is never left empty, which would
    /// admit every model.
    Result<void> take_from_team(Sql& sql, TeamRow& team, const std::string& name) {
        if (std::ranges::find(team.models, name) == team.models.end()) return {};
        const auto rows = list_model_rows(sql);
        if (!rows) return std::unexpected(rows.error());
        for (const auto& row : *rows) {
            const auto info = fields_of(row.model_info);
            if (row.model_id != fields_.id && text_field(info, "team_id") == team.team_id &&
                public_name(row, info) == name)
                return {};
        }
        const auto before = team;
        std::erase(team.models, name);
        if (team.models.empty()) team.models.emplace_back("no-default-models");
        return save_team(sql, call_, before, team);
    }

    /// What was sent, checked and sealed, into the row; tried as it will be served.
    Result<void> fill(ModelRow& row, const JsonFields& params, JsonFields info) const {
        if (auto good = refuse_references(fields_.params); !good) return good;
        if (!actor_.is_admin()) {
            if (fields_.blocked.sent)
                return row_error(ErrorKind::permission_denied,
                                 "Only proxy admins can change a model's blocked flag.",
                                 kModelErrors, "blocked");
            auto good = permit_team_fields(fields_.params, fields_.info,
                                           call_.config().access.allow_client_side_credentials);
            if (good) good = need_own_credential(params);
            if (!good) return good;
        }
        if (fields_.blocked.sent) row.blocked = fields_.blocked.value.value_or(false);
        set_text_field(info, "id", row.model_id);
        merge_fields({{"db_model", "true"}}, info);
        row.litellm_params = seal_params(params, seal_key_of(call_.config()));
        row.model_info = fields_json(info);
        row.updated_at = now_;
        row.updated_by = call_.caller.user_id();
        auto tried = stored_model(row);
        tried.blocked = false;
        if (const auto good = call_.live_config->check(tried); !good)
            return refuse(good.error().message, "litellm_params");
        return {};
    }

    Result<void> note(Sql& sql, std::string_view action, std::string_view before,
                      const ModelRow& row) {
        answer_ = row_json(row);
        return audit_row(sql, call_, kModelTable, action, row.model_id, before, answer_);
    }

    const AdminCall& call_;
    const KeyActor actor_;
    const ModelFields& fields_;
    const WallTime now_;
    std::string answer_;
};

Result<std::string> make(Sql& sql, const AdminCall& call, const ModelFields& fields) {
    return ModelWriter(call, fields).make(sql);
}

Result<std::string> update(Sql& sql, const AdminCall& call, const ModelFields& fields) {
    return ModelWriter(call, fields).update(sql);
}

Result<std::string> remove(Sql& sql, const AdminCall& call, const ModelFields& fields) {
    return ModelWriter(call, fields).remove(sql);
}

template <class Parse, class Work>
net::Task<Result<void>> serve_change(RequestContext& context, Parse parse, Work work) {
    const auto on = need_stored_config(context, stores_models(context.config()), kModelErrors,
                                       "; supported_db_objects, where it is set, must name "
                                       "`models`");
    if (!on) co_return std::unexpected(on.error());
    co_return co_await serve_body(context, std::move(parse), work, kModelErrors);
}

}  // namespace

net::Task<Result<void>> make_model(RequestContext& context) {
    return serve_change(context, parse_new_model, make);
}

net::Task<Result<void>> update_model(RequestContext& context) {
    const auto parse = [](Fields& body) -> Result<ModelFields> {
        auto fields = parse_model_update(body);
        if (fields && fields->id.empty())
            return refuse("model_info.id not provided", "model_info.id");
        return fields;
    };
    return serve_change(context, parse, update);
}

net::Task<Result<void>> patch_model(RequestContext& context) {
    const auto parse = [id = context.path_part](Fields& body) -> Result<ModelFields> {
        auto fields = parse_model_update(body);
        if (fields) fields->id = id;
        return fields;
    };
    return serve_change(context, parse, update);
}

net::Task<Result<void>> remove_model(RequestContext& context) {
    const auto parse = [](Fields& body) -> Result<ModelFields> {
        body.require("id");
        ModelFields fields;
        fields.id = body.text("id").value.value_or("");
        if (auto good = body.checked(); !good) return std::unexpected(good.error());
        return fields;
    };
    return serve_change(context, parse, remove);
}

}  // namespace tollweir
