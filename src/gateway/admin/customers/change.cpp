#include "gateway/admin/customers/customer_rows.hpp"
#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "tollweir/gateway/admin/customers.hpp"
#include "tollweir/storage/budgets.hpp"
#include "tollweir/storage/key_companions.hpp"

namespace tollweir {
namespace {

Result<void> check_default_model(const AdminCall& call, const CustomerFields& fields) {
    const auto& model = fields.default_model.value;
    if (!model || call.snapshot->find_group(*model)) return {};
    return row_error(ErrorKind::unprocessable,
                     "Default Model not on proxy. Configure via `/model/new` or config.yaml. "
                     "Default_model=" +
                         *model,
                     "bad_request", "default_model");
}

/// Writes one customer; on the store's thread, in a transaction.
class CustomerWriter {
public:
    CustomerWriter(const AdminCall& call, const CustomerFields& fields)
        : call_(call), fields_(fields) {}

    Result<std::string> make(Sql& sql) {
        const auto insert = [&](Sql& inner) -> Result<void> {
            CustomerRow row;
            row.user_id = fields_.user_id;
            if (auto left = fill(inner, row); !left) return std::unexpected(left.error());
            if (auto made = insert_customer(inner, row); !made) return made;
            return finish(inner, "created", "", row);
        };
        const auto done = sql.transaction(insert);
        if (!done && done.error().kind == ErrorKind::conflict)
            return row_error(ErrorKind::bad_request,
                             "Customer already exists, passed user_id=" + fields_.user_id +
                                 ". Please pass a new user_id.",
                             "bad_request", "user_id");
        if (!done) return std::unexpected(done.error());
        return std::move(answer_);
    }

    Result<std::string> update(Sql& sql) {
        const auto change = [&](Sql& inner) -> Result<void> {
            const auto before = find_customer(inner, fields_.user_id, RowLock::update);
            if (!before) return std::unexpected(before.error());
            if (!*before)
                return row_error(ErrorKind::not_found,
                                 "End User Id=" + fields_.user_id + " does not exist in db",
                                 "not_found", "user_id");
            auto after = **before;
            const auto left = fill(inner, after);
            if (!left) return std::unexpected(left.error());
            if (auto written = tollweir::update_customer(inner, **before, after); !written)
                return written;
            if (auto gone = drop_owner_budget(inner, kCustomerBudget, *left); !gone) return gone;
            return finish(inner, "updated", customer_row_json(**before), after);
        };
        if (const auto done = sql.transaction(change); !done) return std::unexpected(done.error());
        return std::move(answer_);
    }

private:
    /// The row as it shall be, with the rows beside it. Returns the budget row that is left behind.
    Result<std::string> fill(Sql& sql, CustomerRow& row) const {
        if (auto good = check_default_model(call_, fields_); !good)
            return std::unexpected(good.error());
        apply_customer(fields_, row);
        const auto& permission = fields_.object_permission;
        if (permission.is_null()) row.object_permission_id.clear();
        if (permission.value) {
            auto saved = save_object_permission(sql, row.object_permission_id, *permission.value);
            if (!saved) return std::unexpected(saved.error());
            row.object_permission_id = std::move(*saved);
        }
        return save_owner_budget(sql, call_, kCustomerBudget, fields_.budget, change_time(call_),
                                 row.budget_id);
    }

    Result<void> finish(Sql& sql, std::string_view action, std::string_view before,
                        const CustomerRow& row) {
        auto shown = customer_json(sql, row);
        if (!shown) return std::unexpected(shown.error());
        answer_ = std::move(*shown);
        auto noted = audit_row(sql, call_, kCustomerTable, action, row.user_id, before,
                               customer_row_json(row));
        if (!noted || !fields_.spend.sent) return noted;
        return set_budget_spent(sql, customer_scope(row.user_id), row.spend);
    }

    const AdminCall& call_;
    const CustomerFields& fields_;
    std::string answer_;
};

Result<std::string> make(Sql& sql, const AdminCall& call, const CustomerFields& fields) {
    return CustomerWriter(call, fields).make(sql);
}

Result<std::string> update(Sql& sql, const AdminCall& call, const CustomerFields& fields) {
    return CustomerWriter(call, fields).update(sql);
}

}  // namespace

net::Task<Result<void>> make_customer(RequestContext& context) {
    return serve_body(context, parse_customer, make, kCustomerErrors);
}

net::Task<Result<void>> update_customer(RequestContext& context) {
    return serve_body(context, parse_customer, update, kCustomerErrors);
}

}  // namespace tollweir
