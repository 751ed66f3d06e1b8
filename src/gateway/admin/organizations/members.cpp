#include <array>

#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/organizations/organization_rows.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/gateway/admin/organizations.hpp"
#include "tollweir/storage/key_companions.hpp"

namespace tollweir {
namespace {

constexpr std::size_t kMostMembers = 500;
constexpr std::array<std::string_view, 3> kRoles{"org_admin", "internal_user",
                                                 "internal_user_viewer"};

/// One user and what is said of it.
struct MemberFields {
    std::string user_id;
    std::string email;
    Sent<std::string> role;
};

struct MembersFields {
    std::string organization_id;
    std::vector<MemberFields> members;
    Sent<Picodollars> max_budget;
};

Result<MemberFields> parse_member(Fields& body) {
    MemberFields member;
    member.user_id = body.text("user_id").value.value_or("");
    member.email = body.text("user_email").value.value_or("");
    member.role = body.word("role", kRoles);
    if (member.user_id.empty() && member.email.empty()) body.require("user_id");
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    return member;
}

/// `member`: one object, or a list of them.
Result<MembersFields> parse_added(Fields& body) {
    MembersFields fields;
    body.require("organization_id");
    body.require("member");
    fields.organization_id = body.text("organization_id").value.value_or("");
    fields.max_budget = body.dollars("max_budget_in_organization");
    const auto list = body.raw("member");
    std::vector<std::string_view> items{list};
    if (list.starts_with('['))
        items = json_elements(list).value_or(std::vector<std::string_view>());
    if (items.empty() || items.size() > kMostMembers)
        body.refuse("member", "Invalid member: from 1 to " + std::to_string(kMostMembers) +
                                  " members are expected");
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    for (const auto item : items) {
        auto inner = Fields::read(item);
        if (!inner) return std::unexpected(inner.error());
        auto member = parse_member(*inner);
        if (!member) return std::unexpected(member.error());
        fields.members.push_back(std::move(*member));
    }
    return fields;
}

Result<MembersFields> parse_one(Fields& body) {
    MembersFields fields;
    body.require("organization_id");
    fields.organization_id = body.text("organization_id").value.value_or("");
    fields.max_budget = body.dollars("max_budget_in_organization");
    auto member = parse_member(body);
    if (!member) return std::unexpected(member.error());
    fields.members.push_back(std::move(*member));
    return fields;
}

std::unexpected<GatewayError> no_member(const MembersFields& fields) {
    const auto& member = fields.members.front();
    return row_error(ErrorKind::not_found,
                     "User=" + (member.user_id.empty() ? member.email : member.user_id) +
                         " is not a member of organization=" + fields.organization_id,
                     "not_found_error", "user_id");
}

/// Changes members of one organization; on the store's thread, in a transaction.
class MembersWriter {
public:
    MembersWriter(const AdminCall& call, const MembersFields& fields)
        : call_(call), fields_(fields) {}

    Result<std::string> add(Sql& sql) {
        return in_transaction(sql, [this](Sql& inner) { return add_all(inner); });
    }
    Result<std::string> update(Sql& sql) {
        return in_transaction(sql, [this](Sql& inner) { return update_one(inner); });
    }
    Result<std::string> remove(Sql& sql) {
        return in_transaction(sql, [this](Sql& inner) { return remove_one(inner); });
    }

private:
    template <class Step>
    Result<std::string> in_transaction(Sql& sql, Step step) {
        const auto work = [&](Sql& inner) -> Result<void> {
            answer_.clear();
            const auto row = find_organization(inner, fields_.organization_id, RowLock::update);
            if (!row) return std::unexpected(row.error());
            auto good = permit_members(inner, call_, fields_.organization_id);
            if (!good) return good;
            if (!*row) return organization_not_found(fields_.organization_id);
            return step(inner);
        };
        if (const auto done = sql.transaction(work); !done) return std::unexpected(done.error());
        return std::move(answer_);
    }

    Result<void> add_all(Sql& sql) {
        std::vector<OrganizationMemberRow> rows;
        for (const auto& member : fields_.members) {
            auto row = add_one(sql, member);
            if (!row) return std::unexpected(row.error());
            rows.push_back(std::move(*row));
        }
        JsonWriter json(answer_);
        json.begin_object().key("organization_id").string(fields_.organization_id);
        json.key("updated_users").begin_array();
        for (const auto& row : rows) {
            const auto user = show_user(sql, row.user_id);
            if (!user) return std::unexpected(user.error());
            json.raw(*user);
        }
        json.end_array().key("updated_organization_memberships").begin_array();
        for (const auto& row : rows)
            if (auto written = write_organization_member(sql, json, row); !written) return written;
        json.end_array().end_object();
        return {};
    }

    Result<OrganizationMemberRow> add_one(Sql& sql, const MemberFields& member) const {
        const auto time = change_time(call_);
        OrganizationMemberRow row;
        auto user = find_user_id(sql, member.user_id, member.email);
        if (!user) return std::unexpected(user.error());
        if (user->empty()) {
            *user = member.user_id;
            if (user->empty()) append_uuid4(*user);
            if (auto made = insert_plain_user(sql, *user, member.email, time.now); !made)
                return std::unexpected(made.error());
        }
        const auto known =
            find_organization_member(sql, fields_.organization_id, *user, RowLock::none);
        if (!known) return std::unexpected(known.error());
        if (*known)
            return row_error(
                ErrorKind::bad_request,
                "User=" + *user + " is already a member of organization=" + fields_.organization_id,
                kOrganizationErrors, "member");
        row.user_id = std::move(*user);
        row.organization_id = fields_.organization_id;
        row.user_role = member.role.value.value_or("internal_user");
        row.created_at = row.updated_at = time.now;
        if (auto saved = save_budget(sql, row); !saved) return std::unexpected(saved.error());
        if (auto made = insert_organization_member(sql, row); !made)
            return std::unexpected(made.error());
        if (auto noted = note(sql, "created", "", organization_member_json(row), row); !noted)
            return std::unexpected(noted.error());
        return row;
    }

    Result<OrganizationMemberRow> locked(Sql& sql) const {
        const auto& member = fields_.members.front();
        const auto user = find_user_id(sql, member.user_id, member.email);
        if (!user) return std::unexpected(user.error());
        // A membership may outlive its user's row.
        auto row = find_organization_member(
            sql, fields_.organization_id, user->empty() ? member.user_id : *user, RowLock::update);
        if (!row) return std::unexpected(row.error());
        if (!*row) return no_member(fields_);
        return std::move(**row);
    }

    Result<void> update_one(Sql& sql) {
        const auto before = locked(sql);
        if (!before) return std::unexpected(before.error());
        auto row = *before;
        const auto& role = fields_.members.front().role;
        if (role.value) row.user_role = *role.value;
        row.updated_at = change_time(call_).now;
        if (auto saved = save_budget(sql, row); !saved) return saved;
        if (auto done = tollweir::update_organization_member(sql, row); !done) return done;
        auto noted = note(sql, "updated", organization_member_json(*before),
                          organization_member_json(row), row);
        if (!noted) return noted;
        JsonWriter json(answer_);
        return write_organization_member(sql, json, row);
    }

    Result<void> remove_one(Sql& sql) {
        const auto row = locked(sql);
        if (!row) return std::unexpected(row.error());
        JsonWriter json(answer_);
        if (auto written = write_organization_member(sql, json, *row); !written) return written;
        if (auto gone = remove_member(sql, *row); !gone) return gone;
        return note(sql, "deleted", organization_member_json(*row), "", *row);
    }

    Result<void> save_budget(Sql& sql, OrganizationMemberRow& row) const {
        BudgetFields budget;
        budget.max_budget = fields_.max_budget;
        const auto saved = save_owner_budget(sql, call_, kOrganizationMemberBudget, budget,
                                             change_time(call_), row.budget_id);
        if (!saved) return std::unexpected(saved.error());
        return {};
    }

    Result<void> note(Sql& sql, std::string_view action, std::string_view before,
                      std::string_view after, const OrganizationMemberRow& row) const {
        return audit_row(sql, call_, kOrganizationMemberTable, action,
                         row.organization_id + "/" + row.user_id, before, after);
    }

    const AdminCall& call_;
    const MembersFields& fields_;
    std::string answer_;
};

}  // namespace

net::Task<Result<void>> add_organization_members(RequestContext& context) {
    const auto add = [](Sql& sql, const AdminCall& call, const MembersFields& fields) {
        return MembersWriter(call, fields).add(sql);
    };
    return serve_body(context, parse_added, add, kOrganizationErrors);
}

net::Task<Result<void>> update_organization_member(RequestContext& context) {
    const auto update = [](Sql& sql, const AdminCall& call, const MembersFields& fields) {
        return MembersWriter(call, fields).update(sql);
    };
    return serve_body(context, parse_one, update, kOrganizationErrors);
}

net::Task<Result<void>> remove_organization_member(RequestContext& context) {
    const auto remove = [](Sql& sql, const AdminCall& call, const MembersFields& fields) {
        return MembersWriter(call, fields).remove(sql);
    };
    return serve_body(context, parse_one, remove, kOrganizationErrors);
}

}  // namespace tollweir
