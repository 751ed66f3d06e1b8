#include <algorithm>

#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/keys/key_removal.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "gateway/admin/teams/team_fields.hpp"
#include "tollweir/auth/auth_error.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/gateway/admin/query_fields.hpp"
#include "tollweir/gateway/admin/teams.hpp"
#include "tollweir/storage/budgets.hpp"
#include "tollweir/storage/key_companions.hpp"
#include "tollweir/storage/key_owners.hpp"
#include "tollweir/storage/keys.hpp"
#include "tollweir/storage/organization_row.hpp"

namespace tollweir {
namespace {

std::unexpected<GatewayError> refuse(std::string message) {
    return row_error(ErrorKind::bad_request, std::move(message), kTeamErrors);
}

/// Nobody but an administrator gives a team more than they have themselves.
Result<void> permit_bounds(Sql& sql, const AdminCall& call, const TeamRow& row) {
    const KeyActor actor(call.caller);
    if (actor.is_admin()) return {};
    const auto users = find_users(sql, {actor.user_id});
    if (!users) return std::unexpected(users.error());
    const auto found = users->find(actor.user_id);
    if (found == users->end()) return {};
    const auto& own = *found->second;
    const auto exceeds = [](const auto& given, const auto& most) {
        return most && (!given || *given > *most);
    };
    if (exceeds(row.tpm_limit, own.limits.tpm_limit))
        return refuse("tpm limit higher than user max. User tpm limit=" +
                      std::to_string(*own.limits.tpm_limit));
    if (exceeds(row.rpm_limit, own.limits.rpm_limit))
        return refuse("rpm limit higher than user max. User rpm limit=" +
                      std::to_string(*own.limits.rpm_limit));
    if (exceeds(row.max_budget, own.limits.max_budget))
        return refuse("max budget higher than user max. User max budget=" +
                      dollars(*own.limits.max_budget));
    if (own.models.admits_all()) return {};
    if (row.models.empty()) return refuse("Model not in allowed user models. Name models");
    for (const auto& model : row.models)
        if (!own.models.holds(model))
            return refuse("Model not in allowed user models. User allowed models=" +
                          python_list(own.models.names()) + ". User requested model=" + model);
    return {};
}

/// The organization exists, and whoever is no administrator of the gateway administers it.
Result<void> permit_organization(Sql& sql, const AdminCall& call, const std::string& id) {
    const KeyActor actor(call.caller);
    if (id.empty()) {
        if (actor.is_admin()) return {};
        return row_error(ErrorKind::permission_denied,
                         "Organization admins can make teams in their organizations only: pass an "
                         "organization_id",
                         kTeamErrors, "organization_id");
    }
    const auto organization = find_organization(sql, id);
    if (!organization) return std::unexpected(organization.error());
    if (!*organization) return refuse("Organization not found, passed organization_id=" + id);
    if (actor.is_admin()) return {};
    const auto own = find_organization_member(sql, id, actor.user_id, RowLock::none);
    if (!own) return std::unexpected(own.error());
    if (*own && (*own)->user_role == "org_admin") return {};
    return row_error(ErrorKind::permission_denied,
                     "User=" + actor.user_id + " is no admin of organization=" + id, kTeamErrors);
}

/// Writes a team's row and those beside it; on the store's thread, in a transaction.
class TeamWriter {
public:
    TeamWriter(const AdminCall& call, const TeamFields& fields) : call_(call), fields_(fields) {}

    Result<std::string> make(Sql& sql) {
        auto id = fields_.team_id();
        if (id.empty()) append_uuid4(id);
        const auto done = sql.transaction([&](Sql& inner) { return insert(inner, id); });
        if (!done && done.error().kind == ErrorKind::conflict)
            return refuse("Team id = " + id + " already exists. Please use a different team id.");
        if (!done) return std::unexpected(done.error());
        return std::move(answer_);
    }

    Result<std::string> update(Sql& sql) {
        const auto done = sql.transaction([&](Sql& inner) { return change(inner); });
        if (!done) return std::unexpected(done.error());
        return std::move(answer_);
    }

private:
    Result<void> insert(Sql& sql, const std::string& id) {
        TeamRow row;
        row.team_id = id;
        const auto time = change_time(call_);
        row.created_at = time.now;
        if (auto applied = apply_team(fields_, time, row); !applied) return applied;
        if (auto good = permit_organization(sql, call_, row.organization_id); !good) return good;
        if (auto good = permit_bounds(sql, call_, row); !good) return good;
        if (auto saved = save_companions(sql, time, row); !saved) return saved;
        if (auto added = insert_team_row(sql, row); !added) return added;
        const auto before = row;
        if (auto joined = add_members(sql, row); !joined) return joined;
        if (auto written = update_team_row(sql, before, row); !written) return written;
        return finish(sql, "created", "", row);
    }

    /// Those that were named, and whoever makes the team as its admin.
    Result<void> add_members(Sql& sql, TeamRow& row) const {
        const std::string maker(call_.caller.user_id());
        const bool named =
            std::ranges::find(fields_.members, maker, &Joining::user_id) != fields_.members.end();
        if (!maker.empty() && !named && !call_.caller.is_master()) {
            if (auto joined = join_team(sql, call_, {maker, {}, "admin", {}}, row); !joined)
                return std::unexpected(joined.error());
        } else if (!named && !maker.empty()) {
            // The master key's user has no row.
            auto members = parse_members(row.members_with_roles);
            members.push_back({maker, {}, "admin"});
            row.members_with_roles = members_json(members);
        }
        for (const auto& member : fields_.members)
            if (auto joined = join_team(sql, call_, member, row); !joined)
                return std::unexpected(joined.error());
        return {};
    }

    Result<void> change(Sql& sql) {
        const auto before =
            lock_team(sql, call_, fields_.team_id(), TeamPower::team_admin, "/team/update");
        if (!before) return std::unexpected(before.error());
        if (auto good = permit_change(sql, *before); !good) return good;
        auto after = *before;
        const auto time = change_time(call_);
        if (auto applied = apply_team(fields_, time, after); !applied) return applied;
        if (after.organization_id != before->organization_id)
            if (auto good = permit_organization(sql, call_, after.organization_id); !good)
                return good;
        if (auto saved = save_companions(sql, time, after); !saved) return saved;
        if (auto written = update_team_row(sql, *before, after); !written) return written;
        return finish(sql, "updated", team_row_json(*before), after);
    }

    /// What binds the team is not its own admin's to lift.
    Result<void> permit_change(Sql& sql, const TeamRow& before) const {
        const auto power = team_power(sql, call_, before);
        if (!power) return std::unexpected(power.error());
        if (*power == TeamPower::manages) return {};
        const auto& shared = fields_.shared;
        const bool binds = shared.max_budget.sent || shared.budget_duration.sent ||
                           shared.budget_limits.sent || shared.spend.sent ||
                           shared.tpm_limit.sent || shared.rpm_limit.sent ||
                           shared.max_parallel_requests.sent || shared.model_max_budget.sent ||
                           shared.organization_id.sent || shared.blocked.sent ||
                           shared.access_group_ids.sent || shared.object_permission.sent;
        if (!binds) return {};
        return row_error(ErrorKind::permission_denied,
                         "Only proxy admins can change what binds a team: budgets, limits, its "
                         "organization",
                         kTeamErrors);
    }

    Result<void> save_companions(Sql& sql, const ChangeTime& time, TeamRow& row) const {
        const auto& permission = fields_.shared.object_permission;
        if (permission.is_null()) row.object_permission_id.clear();
        if (permission.value) {
            auto saved = save_object_permission(sql, row.object_permission_id, *permission.value);
            if (!saved) return std::unexpected(saved.error());
            row.object_permission_id = std::move(*saved);
        }
        if (fields_.model_aliases.sent) {
            const auto id =
                save_model_aliases(sql, row.model_id, fields_.model_aliases.value.value_or("{}"),
                                   call_.caller.user_id(), time.now);
            if (!id) return std::unexpected(id.error());
            row.model_id = *id;
        }
        return save_member_budget(sql, time, row);
    }

    /// The budget row of members without one of their own, which the metadata names.
    Result<void> save_member_budget(Sql& sql, const ChangeTime& time, TeamRow& row) const {
        if (!fields_.member_budget.sets_terms()) return {};
        const auto metadata = json_members(row.metadata).value_or(JsonParts());
        auto id = decode_json_string(find_part(metadata, "team_member_budget_id")).value_or("");
        const auto left =
            save_owner_budget(sql, call_, kTeamMemberBudget, fields_.member_budget, time, id);
        if (!left) return std::unexpected(left.error());
        if (id.empty()) return {};
        std::string json;
        append_json_string(json, id);
        row.metadata = with_members(row.metadata, {{"team_member_budget_id", json}});
        return {};
    }

    Result<void> finish(Sql& sql, std::string_view action, std::string_view before,
                        const TeamRow& row) {
        answer_.clear();
        JsonWriter json(answer_);
        json.begin_object();
        if (auto written = write_team(sql, json, row); !written) return written;
        json.end_object();
        auto noted =
            audit_row(sql, call_, kTeamTable, action, row.team_id, before, team_row_json(row));
        if (!noted || !fields_.shared.spend.sent) return noted;
        return set_budget_spent(sql, team_scope(row.team_id), row.spend);
    }

    const AdminCall& call_;
    const TeamFields& fields_;
    std::string answer_;
};

Result<std::string> make(Sql& sql, const AdminCall& call, const TeamFields& fields) {
    return TeamWriter(call, fields).make(sql);
}

Result<std::string> update(Sql& sql, const AdminCall& call, const TeamFields& fields) {
    return TeamWriter(call, fields).update(sql);
}

// --- Changes of a locked row.

/// What a route changes of a team, as `change(row)`, which may refuse; answers with the row.
template <class Change>
Result<std::string> change_team(Sql& sql, const AdminCall& call, const std::string& id,
                                TeamPower least_power, std::string_view route, Change change) {
    std::string out;
    const auto done = sql.transaction([&](Sql& inner) -> Result<void> {
        const auto before = lock_team(inner, call, id, least_power, route);
        if (!before) return std::unexpected(before.error());
        auto after = *before;
        if (Result<void> changed = change(after); !changed) return changed;
        if (auto saved = save_team(inner, call, *before, after); !saved) return saved;
        out.clear();
        JsonWriter json(out);
        json.begin_object();
        if (auto written = write_team(inner, json, after); !written) return written;
        json.end_object();
        return {};
    });
    if (!done) return std::unexpected(done.error());
    return out;
}

Result<std::string> parse_team_id(Fields& body) {
    body.require("team_id");
    auto id = body.text("team_id").value.value_or("");
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    return id;
}

net::Task<Result<void>> set_blocked(RequestContext& context, bool blocked) {
    const auto work = [blocked](Sql& sql, const AdminCall& call, const std::string& id) {
        return change_team(sql, call, id, TeamPower::manages,
                           blocked ? "/team/block" : "/team/unblock",
                           [blocked](TeamRow& row) -> Result<void> {
                               row.blocked = blocked;
                               return {};
                           });
    };
    return serve_body(context, parse_team_id, work, kTeamErrors);
}

struct NamedTeamItems {
    std::string team_id;
    std::vector<std::string> items;
};
auto parse_items(std::string_view field) {
    return [field](Fields& body) -> Result<NamedTeamItems> {
        body.require("team_id");
        body.require(field);
        NamedTeamItems named;
        named.team_id = body.text("team_id").value.value_or("");
        named.items = body.texts(field).value.value_or(std::vector<std::string>());
        if (auto good = body.checked(); !good) return std::unexpected(good.error());
        return named;
    };
}

Result<std::string> add_models(Sql& sql, const AdminCall& call, const NamedTeamItems& named) {
    return change_team(sql, call, named.team_id, TeamPower::team_admin, "/team/model/add",
                       [&](TeamRow& row) -> Result<void> {
                           for (const auto& model : named.items)
                               if (std::ranges::find(row.models, model) == row.models.end())
                                   row.models.push_back(model);
                           return {};
                       });
}

Result<std::string> remove_models(Sql& sql, const AdminCall& call, const NamedTeamItems& named) {
    return change_team(sql, call, named.team_id, TeamPower::team_admin, "/team/model/delete",
                       [&](TeamRow& team) -> Result<void> {
                           const bool had_some = !team.models.empty();
                           std::erase_if(team.models, [&](const std::string& model) {
                               return std::ranges::find(named.items, model) != named.items.end();
                           });
                           // No list admits every model.
                           if (had_some && team.models.empty())
                               return refuse(
                                   "These are all of the team's models, and without a list it may "
                                   "use any: set models to [\"no-default-models\"] instead");
                           return {};
                       });
}

std::string permissions_json(const TeamRow& row) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("team_id").string(row.team_id);
    json.key("team_member_permissions").begin_array();
    for (const auto& route : row.team_member_permissions) json.string(route);
    json.end_array().key("all_available_permissions").begin_array();
    for (const auto route : member_routes()) json.string(route);
    json.end_array().end_object();
    return out;
}

Result<std::string> set_permissions(Sql& sql, const AdminCall& call, const NamedTeamItems& named) {
    if (auto good = check_member_permissions(named.items); !good)
        return std::unexpected(good.error());
    std::string permissions;
    const auto changed = change_team(sql, call, named.team_id, TeamPower::team_admin,
                                     "/team/permissions_update", [&](TeamRow& row) -> Result<void> {
                                         row.team_member_permissions = named.items;
                                         permissions = permissions_json(row);
                                         return {};
                                     });
    if (!changed) return changed;
    return permissions;
}

// --- Deleting.

Result<std::vector<std::string>> parse_ids(Fields& body) {
    body.require("team_ids");
    auto ids = body.texts("team_ids").value.value_or(std::vector<std::string>());
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    return ids;
}

/// Deletes teams with their keys and memberships, all or none; on the store's thread.
class TeamRemover {
public:
    TeamRemover(const AdminCall& call, const std::vector<std::string>& ids)
        : call_(call), ids_(ids) {}

    Result<std::string> run(Sql& sql) {
        const auto done = sql.transaction([&](Sql& inner) { return remove(inner); });
        if (!done) return std::unexpected(done.error());
        for (const auto& row : keys_) forget_key(call_, row.token);
        std::string out;
        JsonWriter json(out);
        json.begin_object().key("deleted_teams").begin_array();
        for (const auto& id : ids_) json.string(id);
        json.end_array().end_object();
        return out;
    }

private:
    Result<void> remove(Sql& sql) {
        for (const auto& id : ids_) {
            const auto team = lock_team(sql, call_, id, TeamPower::manages, "/team/delete");
            if (!team) return std::unexpected(team.error());
            auto left = *team;
            for (const auto& member : parse_members(team->members_with_roles))
                if (auto gone = leave_team(sql, member.user_id, left); !gone)
                    return std::unexpected(gone.error());
            const auto metadata = json_members(team->metadata).value_or(JsonParts());
            const auto budget =
                decode_json_string(find_part(metadata, "team_member_budget_id")).value_or("");
            if (auto gone = drop_owner_budget(sql, kTeamMemberBudget, budget); !gone) return gone;
            auto noted = audit_row(sql, call_, kTeamTable, "deleted", id, team_row_json(*team), "");
            if (!noted) return noted;
        }
        const TeamDeletion deletion{std::string(call_.caller.user_id()),
                                    std::string(call_.caller_key()), call_.changed_by,
                                    WallClock::now()};
        if (auto archived = archive_teams(sql, ids_, deletion); !archived) return archived;
        const auto tokens = tokens_of_teams(sql, ids_);
        if (!tokens) return std::unexpected(tokens.error());
        auto keys = find_key_rows(sql, *tokens, RowLock::update);
        if (!keys) return std::unexpected(keys.error());
        keys_ = std::move(*keys);
        if (auto gone = remove_key_rows(sql, call_, keys_); !gone) return gone;
        for (const auto& id : ids_)
            if (auto dropped = drop_budgets_of(sql, team_scope(id)); !dropped) return dropped;
        return {};
    }

    const AdminCall& call_;
    const std::vector<std::string>& ids_;
    std::vector<KeyRow> keys_;
};

Result<std::string> remove_all(Sql& sql, const AdminCall& call,
                               const std::vector<std::string>& ids) {
    return TeamRemover(call, ids).run(sql);
}

}  // namespace

net::Task<Result<void>> make_team(RequestContext& context) {
    const auto& rules = context.config().key_defaults.team;
    const auto parse = [&rules](Fields& body) -> Result<TeamFields> {
        auto fields = parse_new_team(body);
        if (fields) fill_team_defaults(rules, *fields);
        return fields;
    };
    co_return co_await serve_body(context, parse, make, kTeamErrors);
}

net::Task<Result<void>> update_team(RequestContext& context) {
    return serve_body(context, parse_team_update, update, kTeamErrors);
}

net::Task<Result<void>> remove_teams(RequestContext& context) {
    return serve_body(context, parse_ids, remove_all, kTeamErrors);
}

net::Task<Result<void>> block_team(RequestContext& context) {
    return set_blocked(context, true);
}

net::Task<Result<void>> unblock_team(RequestContext& context) {
    return set_blocked(context, false);
}

net::Task<Result<void>> add_team_models(RequestContext& context) {
    return serve_body(context, parse_items("models"), add_models, kTeamErrors);
}

net::Task<Result<void>> remove_team_models(RequestContext& context) {
    return serve_body(context, parse_items("models"), remove_models, kTeamErrors);
}

net::Task<Result<void>> update_member_permissions(RequestContext& context) {
    return serve_body(context, parse_items("team_member_permissions"), set_permissions,
                      kTeamErrors);
}

net::Task<Result<void>> list_member_permissions(RequestContext& context) {
    QueryFields query(context.client->head().query);
    auto id = query.text("team_id");
    if (id.empty()) query.refuse("team_id", "team_id is required");
    if (auto good = query.checked(); !good)
        co_return std::unexpected(as_admin_error(good.error(), kTeamErrors));
    const auto work = [id = std::move(id)](Sql& sql, const AdminCall& call) -> Result<std::string> {
        const auto row = find_team_row(sql, id);
        if (!row) return std::unexpected(row.error());
        if (!*row) return team_not_found(id);
        const auto power = team_power(sql, call, **row);
        if (!power) return std::unexpected(power.error());
        if (*power == TeamPower::none && !KeyActor(call.caller).sees_all())
            return row_error(ErrorKind::permission_denied,
                             "User=" + std::string(call.caller.user_id()) +
                                 " not authorized to access this team=" + id,
                             kTeamErrors);
        return permissions_json(**row);
    };
    co_return co_await serve_rows(context, work, kTeamErrors);
}

}  // namespace tollweir
