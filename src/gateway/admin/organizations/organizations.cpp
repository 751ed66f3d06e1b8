#include "tollweir/gateway/admin/organizations.hpp"

#include <algorithm>

#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/keys/key_fields.hpp"
#include "gateway/admin/organizations/organization_rows.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/core/scope.hpp"
#include "tollweir/gateway/admin/query_fields.hpp"
#include "tollweir/storage/budgets.hpp"
#include "tollweir/storage/key_companions.hpp"

namespace tollweir {
namespace {

constexpr std::size_t kMostListed = 1'000;

struct OrganizationFields {
    Sent<std::string> id;
    Sent<std::string> alias;
    Sent<std::vector<std::string>> models;
    Sent<Picodollars> spend;
    Sent<std::string> metadata;
    std::vector<std::pair<std::string, std::string>> metadata_members;
    Sent<std::string> object_permission;
    BudgetFields budget;
};

OrganizationFields parse_fields(Fields& body) {
    OrganizationFields fields;
    fields.id = body.text("organization_id");
    fields.alias = body.text("organization_alias");
    fields.models = body.texts("models");
    fields.spend = body.dollars("spend");
    fields.metadata = body.object("metadata");
    for (const auto* const name : {"model_rpm_limit", "model_tpm_limit"}) {
        auto limits = model_limits(body, name);
        if (limits.sent)
            fields.metadata_members.emplace_back(name, std::move(limits.value).value_or("null"));
    }
    fields.object_permission = body.object("object_permission");
    fields.budget = parse_owner_budget(body);
    return fields;
}

Result<OrganizationFields> parse_new(Fields& body) {
    body.require("organization_alias");
    auto fields = parse_fields(body);
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    return fields;
}

Result<OrganizationFields> parse_update(Fields& body) {
    body.require("organization_id");
    auto fields = parse_fields(body);
    if (fields.alias.is_null())
        body.refuse("organization_alias", "organization_alias cannot be empty");
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    return fields;
}

std::string scope_of(const std::string& id) {
    return scope_key({.kind = ScopeKind::organization, .id = id});
}

Result<void> apply(const OrganizationFields& fields, OrganizationRow& row) {
    if (fields.alias.value) row.organization_alias = *fields.alias.value;
    if (fields.models.sent) row.models = fields.models.value.value_or(std::vector<std::string>());
    if (fields.spend.sent) row.spend = fields.spend.value.value_or(0);
    if (fields.metadata.sent) row.metadata = fields.metadata.value.value_or("{}");
    if (!fields.metadata_members.empty())
        row.metadata = with_members(row.metadata, fields.metadata_members);
    if (row.metadata.size() > Fields::kMaxObject)
        return row_error(ErrorKind::bad_request, "Invalid metadata: it is too long",
                         kOrganizationErrors, "metadata");
    return {};
}

/// Writes one organization; on the store's thread, in a transaction.
class OrganizationWriter {
public:
    OrganizationWriter(const AdminCall& call, const OrganizationFields& fields)
        : call_(call), fields_(fields) {}

    Result<std::string> make(Sql& sql) {
        OrganizationRow row;
        if (fields_.id.value)
            row.organization_id = *fields_.id.value;
        else
            append_uuid4(row.organization_id);
        const auto insert = [&](Sql& inner) -> Result<void> {
            auto made = row;
            made.created_at = change_time(call_).now;
            made.created_by = call_.caller.user_id();
            if (auto left = fill(inner, made); !left) return std::unexpected(left.error());
            if (auto done = insert_organization(inner, made); !done) return done;
            return finish(inner, "created", "", made);
        };
        const auto done = sql.transaction(insert);
        if (!done && done.error().kind == ErrorKind::conflict)
            return row_error(ErrorKind::bad_request,
                             "Organization with id '" + row.organization_id + "' already exists.",
                             kOrganizationErrors, "organization_id");
        if (!done) return std::unexpected(done.error());
        return std::move(answer_);
    }

    Result<std::string> update(Sql& sql) {
        const auto change = [&](Sql& inner) -> Result<void> {
            const auto before = find_organization(inner, *fields_.id.value, RowLock::update);
            if (!before) return std::unexpected(before.error());
            if (!*before) return organization_not_found(*fields_.id.value);
            auto after = **before;
            const auto left = fill(inner, after);
            if (!left) return std::unexpected(left.error());
            if (auto done = tollweir::update_organization(inner, **before, after); !done)
                return done;
            if (auto gone = drop_owner_budget(inner, kOrganizationBudget, *left); !gone)
                return gone;
            return finish(inner, "updated", organization_row_json(**before), after);
        };
        if (const auto done = sql.transaction(change); !done) return std::unexpected(done.error());
        return std::move(answer_);
    }

private:
    /// Returns the budget row that is left behind.
    Result<std::string> fill(Sql& sql, OrganizationRow& row) const {
        const auto time = change_time(call_);
        row.updated_at = time.now;
        row.updated_by = call_.caller.user_id();
        if (auto good = apply(fields_, row); !good) return std::unexpected(good.error());
        const auto& permission = fields_.object_permission;
        if (permission.is_null()) row.object_permission_id.clear();
        if (permission.value) {
            auto saved = save_object_permission(sql, row.object_permission_id, *permission.value);
            if (!saved) return saved;
            row.object_permission_id = std::move(*saved);
        }
        return save_owner_budget(sql, call_, kOrganizationBudget, fields_.budget, time,
                                 row.budget_id);
    }

    Result<void> finish(Sql& sql, std::string_view action, std::string_view before,
                        const OrganizationRow& row) {
        answer_.clear();
        JsonWriter json(answer_);
        if (auto written = write_organization(sql, json, row); !written) return written;
        auto noted = audit_row(sql, call_, kOrganizationTable, action, row.organization_id, before,
                               organization_row_json(row));
        if (!noted || !fields_.spend.sent) return noted;
        return set_budget_spent(sql, scope_of(row.organization_id), row.spend);
    }

    const AdminCall& call_;
    const OrganizationFields& fields_;
    std::string answer_;
};

Result<std::string> make(Sql& sql, const AdminCall& call, const OrganizationFields& fields) {
    if (auto good = permit_organizations(call); !good) return std::unexpected(good.error());
    return OrganizationWriter(call, fields).make(sql);
}

Result<std::string> update(Sql& sql, const AdminCall& call, const OrganizationFields& fields) {
    if (auto good = permit_organizations(call); !good) return std::unexpected(good.error());
    return OrganizationWriter(call, fields).update(sql);
}

/// What its teams and keys may do must not widen by its going: so they go, or leave it, first.
Result<void> permit_removal(Sql& sql, const std::string& id) {
    const auto use = find_organization_use(sql, id);
    if (!use) return std::unexpected(use.error());
    if (use->teams.empty() && use->keys.empty()) return {};
    return row_error(ErrorKind::bad_request,
                     "Organization " + id + " still has " + std::to_string(use->teams.size()) +
                         " teams and " + std::to_string(use->keys.size()) +
                         " keys; delete them or move them first",
                     kOrganizationErrors, "organization_ids");
}

Result<void> remove_one(Sql& sql, const AdminCall& call, const OrganizationRow& row,
                        JsonWriter& json) {
    const auto& id = row.organization_id;
    if (auto good = permit_removal(sql, id); !good) return good;
    if (auto written = write_organization(sql, json, row); !written) return written;
    const auto members = find_organization_members(sql, id);
    if (!members) return std::unexpected(members.error());
    for (const auto& member : *members)
        if (auto gone = remove_member(sql, member); !gone) return gone;
    if (auto deleted = delete_organization(sql, id); !deleted) return deleted;
    if (auto gone = drop_owner_budget(sql, kOrganizationBudget, row.budget_id); !gone) return gone;
    return audit_row(sql, call, kOrganizationTable, "deleted", id, organization_row_json(row), "");
}

Result<std::string> remove(Sql& sql, const AdminCall& call, const std::vector<std::string>& ids) {
    if (auto good = permit_organizations(call); !good) return std::unexpected(good.error());
    std::string shown;
    const auto delete_them = [&](Sql& inner) -> Result<void> {
        const auto rows = find_organization_rows(inner, ids, RowLock::update);
        if (!rows) return std::unexpected(rows.error());
        for (const auto& id : ids)
            if (std::ranges::find(*rows, id, &OrganizationRow::organization_id) == rows->end())
                return organization_not_found(id);
        shown.clear();
        JsonWriter json(shown);
        json.begin_array();
        for (const auto& row : *rows)
            if (auto gone = remove_one(inner, call, row, json); !gone) return gone;
        json.end_array();
        for (const auto& row : *rows) {
            auto dropped = drop_budgets_of(inner, scope_of(row.organization_id));
            if (!dropped) return dropped;
        }
        return {};
    };
    if (const auto done = sql.transaction(delete_them); !done) return std::unexpected(done.error());
    return shown;
}

}  // namespace

net::Task<Result<void>> make_organization(RequestContext& context) {
    return serve_body(context, parse_new, make, kOrganizationErrors);
}

net::Task<Result<void>> update_organization(RequestContext& context) {
    return serve_body(context, parse_update, update, kOrganizationErrors);
}

net::Task<Result<void>> remove_organizations(RequestContext& context) {
    const auto parse = [](Fields& body) -> Result<std::vector<std::string>> {
        body.require("organization_ids");
        auto ids = body.texts("organization_ids");
        if (auto good = body.checked(); !good) return std::unexpected(good.error());
        return std::move(*ids.value);
    };
    return serve_body(context, parse, remove, kOrganizationErrors);
}

net::Task<Result<void>> list_organizations(RequestContext& context) {
    QueryFields query(context.client->head().query);
    OrganizationFilter filter;
    filter.id = query.text("org_id");
    filter.alias_part = query.text("org_alias");
    if (auto good = query.checked(); !good)
        co_return std::unexpected(as_admin_error(good.error(), kOrganizationErrors));
    const auto list = [filter = std::move(filter)](Sql& sql,
                                                   const AdminCall& call) -> Result<std::string> {
        auto narrowed = filter;
        if (!KeyActor(call.caller).sees_all()) {
            narrowed.member = call.caller.user_id();
            if (narrowed.member.empty()) return "[]";
        }
        const auto rows = list_organizations(sql, narrowed, kMostListed);
        if (!rows) return std::unexpected(rows.error());
        std::string out;
        JsonWriter json(out);
        json.begin_array();
        for (const auto& row : *rows)
            if (auto written = write_organization(sql, json, row); !written)
                return std::unexpected(written.error());
        json.end_array();
        return out;
    };
    co_return co_await serve_rows(context, list, kOrganizationErrors);
}

net::Task<Result<void>> show_organization(RequestContext& context) {
    QueryFields query(context.client->head().query);
    auto id = query.text("organization_id");
    if (id.empty()) query.refuse("organization_id", "organization_id is required");
    if (auto good = query.checked(); !good)
        co_return std::unexpected(as_admin_error(good.error(), kOrganizationErrors));
    const auto show = [id = std::move(id)](Sql& sql, const AdminCall& call) -> Result<std::string> {
        if (auto good = permit_look(sql, call, id); !good) return std::unexpected(good.error());
        const auto row = find_organization(sql, id);
        if (!row) return std::unexpected(row.error());
        if (!*row) return organization_not_found(id);
        std::string out;
        JsonWriter json(out);
        if (auto written = write_organization(sql, json, **row); !written)
            return std::unexpected(written.error());
        return out;
    };
    co_return co_await serve_rows(context, show, kOrganizationErrors);
}

}  // namespace tollweir
