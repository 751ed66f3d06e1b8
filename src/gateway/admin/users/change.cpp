#include <algorithm>

#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/keys/key_maker.hpp"
#include "gateway/admin/keys/key_removal.hpp"
#include "gateway/admin/organizations/organization_rows.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "gateway/admin/teams/team_rows.hpp"
#include "gateway/admin/users/user_rows.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/scope.hpp"
#include "tollweir/gateway/admin/users.hpp"
#include "tollweir/storage/budgets.hpp"
#include "tollweir/storage/key_companions.hpp"
#include "tollweir/storage/keys.hpp"
#include "tollweir/storage/organization_row.hpp"

namespace tollweir {
namespace {

constexpr std::size_t kMostAtOnce = 500;

std::string user_scope(const std::string& id) {
    return scope_key({.kind = ScopeKind::user, .id = id});
}

/// Of two objects; where both have a member, the second one's counts.
std::string merged(std::string_view first, std::string_view second) {
    const auto base = json_members(first).value_or(JsonParts());
    const auto over = json_members(second).value_or(JsonParts());
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    for (const auto& [name, value] : base) {
        const auto other = find_part(over, name);
        json.key(name).raw(other.empty() ? value : other);
    }
    for (const auto& [name, value] : over)
        if (find_part(base, name).empty()) json.key(name).raw(value);
    json.end_object();
    return out;
}

Result<void> save_permission(Sql& sql, const UserFields& fields, UserRow& row) {
    const auto& permission = fields.shared.object_permission;
    if (permission.is_null()) row.object_permission_id.clear();
    if (!permission.value) return {};
    auto saved = save_object_permission(sql, row.object_permission_id, *permission.value);
    if (!saved) return std::unexpected(saved.error());
    row.object_permission_id = std::move(*saved);
    return {};
}

/// Makes one user; on the store's thread, in a transaction.
class UserMaker {
public:
    UserMaker(const AdminCall& call, const UserFields& fields) : call_(call), fields_(fields) {}

    Result<std::string> run(Sql& sql) {
        row_ = {};
        row_.user_id = fields_.user_id();
        if (row_.user_id.empty()) append_uuid4(row_.user_id);
        const auto done = sql.transaction([&](Sql& inner) { return make(inner); });
        if (!done && done.error().kind == ErrorKind::conflict)
            return row_error(ErrorKind::conflict,
                             "User with user_id=" + row_.user_id + " already exists.",
                             "bad_request_error", "user_id");
        if (!done) return std::unexpected(done.error());
        if (!key_.token.empty()) forget_key(call_, key_.token);
        return answer();
    }

private:
    Result<void> make(Sql& sql) {
        UserRow row;
        row.user_id = row_.user_id;
        const auto time = change_time(call_);
        if (auto good = permit(sql); !good) return good;
        if (const auto& email = fields_.email.value) {
            const auto others = find_users_by_email(sql, *email);
            if (!others) return std::unexpected(others.error());
            if (!others->empty())
                return row_error(ErrorKind::conflict,
                                 "User with user_email=" + *email + " already exists.",
                                 "bad_request_error", "user_email");
        }
        apply_user(fields_, time, row);
        row.created_at = time.now;
        if (auto saved = save_permission(sql, fields_, row); !saved) return saved;
        if (auto added = insert_user_row(sql, row); !added) return added;
        if (auto joined = join(sql); !joined) return joined;
        const auto kept = find_user_row(sql, row.user_id);
        if (!kept) return std::unexpected(kept.error());
        row_ = **kept;
        auto noted =
            audit_row(sql, call_, kUserTable, "created", row_.user_id, "", user_row_json(row_));
        if (!noted) return noted;
        if (auto made = make_first_key(sql); !made) return made;
        if (!fields_.shared.spend.sent) return {};
        return set_budget_spent(sql, user_scope(row_.user_id), row_.spend);
    }

    Result<void> permit(Sql& sql) const {
        const auto standing = user_standing(sql, call_);
        if (!standing) return std::unexpected(standing.error());
        if (auto good = permit_role(*standing, fields_.role); !good) return good;
        if (standing->is_admin()) return {};
        const auto& own = standing->organizations;
        const bool within = !fields_.organizations.empty() &&
                            std::ranges::all_of(fields_.organizations, [&](const std::string& id) {
                                return std::ranges::find(own, id) != own.end();
                            });
        if (within && !fields_.shared.spend.sent) return {};
        return row_error(ErrorKind::permission_denied,
                         "Organization admins can create users in their organizations only: pass "
                         "them in organizations",
                         "auth_error", "organizations");
    }

    Result<void> join(Sql& sql) const {
        for (const auto& id : fields_.organizations) {
            const auto organization = find_organization(sql, id);
            if (!organization) return std::unexpected(organization.error());
            if (!*organization)
                return row_error(ErrorKind::bad_request,
                                 "Organization not found, passed organization_id=" + id,
                                 "bad_request_error", "organizations");
            OrganizationMemberRow member;
            member.user_id = row_.user_id;
            member.organization_id = id;
            member.user_role = "internal_user";
            member.created_at = member.updated_at = WallClock::now();
            if (auto added = insert_organization_member(sql, member); !added) return added;
        }
        for (const auto& joined : fields_.teams) {
            const auto team =
                lock_team(sql, call_, joined.team_id, TeamPower::team_admin, "/user/new");
            if (!team) return std::unexpected(team.error());
            auto after = *team;
            Joining joining{row_.user_id, {}, joined.role, {}};
            if (joined.max_budget) joining.budget.max_budget.set(*joined.max_budget);
            if (auto user = join_team(sql, call_, joining, after); !user)
                return std::unexpected(user.error());
            if (auto saved = save_team(sql, call_, *team, after); !saved) return saved;
        }
        return {};
    }

    Result<void> make_first_key(Sql& sql) {
        key_ = {};
        if (!fields_.makes_key) return {};
        const auto& rules = call_.config().key_defaults;
        auto fields =
            settle_key_fields(rules, KeyPurpose::person, key_of_user(fields_, row_.user_id));
        if (!fields) return std::unexpected(fields.error());
        auto made = make_key(sql, call_, *fields, KeyPurpose::person);
        if (!made) return std::unexpected(made.error());
        key_ = std::move(*made);
        return {};
    }

    /// The key's answer, with what is the user's own in place of the key's.
    std::string answer() const {
        constexpr std::string_view kNoKey = R"({"key":"","token":null})";
        return merged(key_.json.empty() ? kNoKey : std::string_view(key_.json),
                      user_row_json(row_));
    }

    const AdminCall& call_;
    const UserFields& fields_;
    UserRow row_;
    MadeKey key_;
};

/// Changes one user; on the store's thread.
class UserUpdater {
public:
    UserUpdater(const AdminCall& call, const UserFields& fields) : call_(call), fields_(fields) {}

    /// The row as it is then.
    Result<UserRow> run(Sql& sql) {
        const auto done = sql.transaction([&](Sql& inner) { return change(inner); });
        if (!done && done.error().kind == ErrorKind::conflict)
            return row_error(ErrorKind::conflict, "This sso_user_id is another user's",
                             "bad_request_error", "sso_user_id");
        if (!done) return std::unexpected(done.error());
        return after_;
    }

private:
    Result<void> change(Sql& sql) {
        const auto before = find_named_user(sql, fields_, RowLock::update);
        if (!before) return std::unexpected(before.error());
        const auto standing = user_standing(sql, call_);
        if (!standing) return std::unexpected(standing.error());
        const auto within = is_in_organizations(sql, *standing, before->user_id);
        if (!within) return std::unexpected(within.error());
        if (auto good = permit_user_change(*standing, *within, fields_, *before); !good)
            return good;
        after_ = *before;
        apply_user(fields_, change_time(call_), after_);
        if (auto saved = save_permission(sql, fields_, after_); !saved) return saved;
        if (auto written = update_user_row(sql, *before, after_); !written) return written;
        auto noted = audit_row(sql, call_, kUserTable, "updated", after_.user_id,
                               user_row_json(*before), user_row_json(after_));
        if (!noted || !fields_.shared.spend.sent) return noted;
        return set_budget_spent(sql, user_scope(after_.user_id), after_.spend);
    }

    const AdminCall& call_;
    const UserFields& fields_;
    UserRow after_;
};

Result<std::string> make(Sql& sql, const AdminCall& call, const UserFields& fields) {
    return UserMaker(call, fields).run(sql);
}

Result<std::string> update(Sql& sql, const AdminCall& call, const UserFields& fields) {
    const auto row = UserUpdater(call, fields).run(sql);
    if (!row) return std::unexpected(row.error());
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("user_id").string(row->user_id);
    json.key("data").raw(user_row_json(*row)).end_object();
    return out;
}

// --- Many at once.

struct BulkUser {
    std::string name;  // id or address, for the answer
    Result<UserFields> fields;
};
struct BulkUpdate {
    std::vector<BulkUser> users;
    Sent<std::string> of_all;  // what all users get: the fields as they were sent
};

Result<BulkUpdate> parse_bulk(Fields& body) {
    BulkUpdate update;
    const auto all = body.boolean("all_users").value.value_or(false);
    if (all) {
        body.require("user_updates");
        update.of_all = body.object("user_updates");
        if (auto good = body.checked(); !good) return std::unexpected(good.error());
        return update;
    }
    body.require("users");
    const auto list = body.array("users", 2 * 1024 * 1024);
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    const auto items = json_elements(*list.value);
    if (items->size() > kMostAtOnce)
        return fail(ErrorKind::bad_request, "Maximum " + std::to_string(kMostAtOnce) +
                                                " users can be updated at once. Got " +
                                                std::to_string(items->size()));
    for (const auto item : *items) {
        BulkUser user{"", UserFields()};
        auto inner = Fields::read(item);
        if (inner) {
            user.name =
                inner->text("user_id").value.value_or(inner->text("user_email").value.value_or(""));
            user.fields = parse_user_update(*inner);
        } else {
            user.fields = std::unexpected(inner.error());
        }
        update.users.push_back(std::move(user));
    }
    return update;
}

Result<std::vector<BulkUser>> all_users(Sql& sql, const std::string& updates) {
    std::vector<BulkUser> users;
    const auto listed = list_user_rows(sql, {}, "user_id", false, 0, kMostAtOnce + 1);
    if (!listed) return std::unexpected(listed.error());
    if (listed->users.size() > kMostAtOnce)
        return row_error(ErrorKind::bad_request,
                         "There are more than " + std::to_string(kMostAtOnce) +
                             " users: name them in users, so many at a time",
                         "bad_request_error", "all_users");
    for (const auto& row : listed->users) {
        std::string id;
        append_json_string(id, row.user_id);
        auto body = Fields::read(with_members(updates, {{"user_id", id}}));
        if (!body) return std::unexpected(body.error());
        users.push_back({row.user_id, parse_user_update(*body)});
    }
    return users;
}

Result<std::string> update_many(Sql& sql, const AdminCall& call, const BulkUpdate& update) {
    std::vector<BulkUser> users = update.users;
    if (update.of_all.value) {
        auto all = all_users(sql, *update.of_all.value);
        if (!all) return std::unexpected(all.error());
        users = std::move(*all);
    }
    std::string results;
    JsonWriter json(results);
    json.begin_array();
    std::size_t updated = 0;
    for (const auto& user : users) {
        Result<UserRow> row = user.fields ? UserUpdater(call, *user.fields).run(sql)
                                          : std::unexpected(user.fields.error());
        if (!row && row.error().kind == ErrorKind::unavailable) return std::unexpected(row.error());
        json.begin_object().key("user_id").string(row ? row->user_id : user.name);
        json.key("user_email");
        row && !row->user_email.empty() ? json.string(row->user_email) : json.null();
        json.key("success").boolean(row.has_value());
        if (row)
            json.key("updated_user").raw(user_row_json(*row));
        else
            json.key("error").string(row.error().message).key("updated_user").null();
        json.end_object();
        updated += row ? 1 : 0;
    }
    json.end_array();
    std::string out;
    JsonWriter answer(out);
    answer.begin_object().key("results").raw(results);
    answer.key("total_requested").number(users.size());
    answer.key("successful_updates").number(updated);
    answer.key("failed_updates").number(users.size() - updated).end_object();
    return out;
}

// --- Deleting.

Result<std::vector<std::string>> parse_ids(Fields& body) {
    body.require("user_ids");
    auto ids = body.texts("user_ids");
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    std::ranges::sort(*ids.value);
    ids.value->erase(std::ranges::unique(*ids.value).begin(), ids.value->end());
    return std::move(*ids.value);
}

/// Deletes users with their keys and memberships, all or none; on the store's thread.
class UserRemover {
public:
    UserRemover(const AdminCall& call, const std::vector<std::string>& ids)
        : call_(call), ids_(ids) {}

    Result<std::string> run(Sql& sql) {
        const auto done = sql.transaction([&](Sql& inner) { return remove(inner); });
        if (!done) return std::unexpected(done.error());
        for (const auto& row : keys_) forget_key(call_, row.token);
        return std::to_string(ids_.size());
    }

private:
    Result<void> remove(Sql& sql) {
        const auto rows = find_user_rows(sql, ids_, RowLock::update);
        if (!rows) return std::unexpected(rows.error());
        for (const auto& id : ids_)
            if (std::ranges::find(*rows, id, &UserRow::user_id) == rows->end())
                return user_not_found(id);
        for (const auto& row : *rows)
            if (auto left = leave_teams(sql, row); !left) return left;
        for (const auto& row : *rows)
            if (auto left = leave_organizations(sql, row); !left) return left;
        if (auto gone = delete_user_rows(sql, ids_); !gone) return gone;
        for (const auto& row : *rows) {
            if (auto gone = delete_memberships_of(sql, row.user_id); !gone) return gone;
            auto noted =
                audit_row(sql, call_, kUserTable, "deleted", row.user_id, user_row_json(row), "");
            if (!noted) return noted;
        }
        const auto tokens = tokens_of_users(sql, ids_);
        if (!tokens) return std::unexpected(tokens.error());
        auto keys = find_key_rows(sql, *tokens, RowLock::update);
        if (!keys) return std::unexpected(keys.error());
        keys_ = std::move(*keys);
        if (auto gone = remove_key_rows(sql, call_, keys_); !gone) return gone;
        for (const auto& id : ids_)
            if (auto dropped = drop_budgets_of(sql, user_scope(id)); !dropped) return dropped;
        return {};
    }

    Result<void> leave_teams(Sql& sql, const UserRow& user) const {
        TeamFilter filter;
        filter.user_id = user.user_id;
        const auto listed = list_team_rows(sql, filter, "team_id", false, 0, 10'000);
        if (!listed) return std::unexpected(listed.error());
        for (const auto& team : listed->teams) {
            auto after = team;
            if (auto left = leave_team(sql, user.user_id, after); !left)
                return std::unexpected(left.error());
            if (auto saved = save_team(sql, call_, team, after); !saved) return saved;
        }
        return {};
    }

    static Result<void> leave_organizations(Sql& sql, const UserRow& user) {
        const auto memberships = find_organizations_of_user(sql, user.user_id);
        if (!memberships) return std::unexpected(memberships.error());
        for (const auto& membership : *memberships)
            if (auto gone = remove_member(sql, membership); !gone) return gone;
        return {};
    }

    const AdminCall& call_;
    const std::vector<std::string>& ids_;
    std::vector<KeyRow> keys_;
};

Result<void> permit_only_admin(const AdminCall& call, std::string message) {
    if (KeyActor(call.caller).is_admin()) return {};
    return row_error(ErrorKind::permission_denied, std::move(message), "auth_error");
}

Result<std::string> remove_all(Sql& sql, const AdminCall& call,
                               const std::vector<std::string>& ids) {
    if (auto good = permit_only_admin(call, "Only proxy admins can delete users"); !good)
        return std::unexpected(good.error());
    return UserRemover(call, ids).run(sql);
}

Result<std::string> update_in_bulk(Sql& sql, const AdminCall& call, const BulkUpdate& update) {
    if (auto good = permit_only_admin(call, "Only proxy admins can perform bulk user updates");
        !good)
        return std::unexpected(good.error());
    return update_many(sql, call, update);
}

}  // namespace

net::Task<Result<void>> make_user(RequestContext& context) {
    const auto& config = context.config();
    const auto parse = [&config](Fields& body) -> Result<UserFields> {
        auto fields = parse_new_user(body);
        if (fields) fill_user_defaults(config.key_defaults, config.budgets, *fields);
        return fields;
    };
    co_return co_await serve_body(context, parse, make, kUserErrors);
}

net::Task<Result<void>> update_user(RequestContext& context) {
    return serve_body(context, parse_user_update, update, kUserErrors);
}

net::Task<Result<void>> update_users_in_bulk(RequestContext& context) {
    return serve_body(context, parse_bulk, update_in_bulk, kUserErrors);
}

net::Task<Result<void>> remove_users(RequestContext& context) {
    return serve_body(context, parse_ids, remove_all, kUserErrors);
}

}  // namespace tollweir
