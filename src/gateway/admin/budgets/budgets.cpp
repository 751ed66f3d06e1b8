#include "tollweir/gateway/admin/budgets.hpp"

#include "gateway/admin/budgets/owner_budget.hpp"
#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/core/time_text.hpp"
#include "tollweir/gateway/admin/query_fields.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kErrorType = "bad_request_error";
constexpr std::string_view kTable = "LiteLLM_BudgetTable";
constexpr std::size_t kMostListed = 10'000;

std::string budget_json(const BudgetRow& row) {
    std::string out;
    JsonWriter json(out);
    write_budget_row(json, &row);
    return out;
}

std::string budgets_json(const std::vector<BudgetRow>& rows) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& row : rows) write_budget_row(json, &row);
    json.end_array();
    return out;
}

std::unexpected<GatewayError> not_found(const std::string& id) {
    return row_error(ErrorKind::not_found, "Budget not found, passed budget_id=" + id,
                     "not_found_error", "budget_id");
}

Result<BudgetFields> parse_new(Fields& body) {
    auto fields = parse_budget_fields(body);
    if (fields.budget_id.value && fields.budget_id.value->starts_with(kReservedBudgetPrefix))
        body.refuse("budget_id", "Invalid budget_id: ids that begin with '" +
                                     std::string(kReservedBudgetPrefix) +
                                     "' are the gateway's own");
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    return fields;
}

Result<BudgetFields> parse_update(Fields& body) {
    body.require("budget_id");
    auto fields = parse_budget_fields(body);
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    return fields;
}

Result<std::string> make(Sql& sql, const AdminCall& call, const BudgetFields& fields) {
    const auto time = change_time(call);
    BudgetRow row;
    if (fields.budget_id.value)
        row.budget_id = *fields.budget_id.value;
    else
        append_uuid4(row.budget_id);
    apply_budget(fields, ResetRule::calendar, time, row);
    row.created_at = row.updated_at = time.now;
    row.created_by = row.updated_by = call.caller.user_id();
    auto shown = budget_json(row);
    const auto insert = [&](Sql& inner) -> Result<void> {
        if (auto made = insert_budget_row(inner, row); !made) return made;
        return audit_row(inner, call, kTable, "created", row.budget_id, "", shown);
    };
    const auto done = sql.transaction(insert);
    if (!done && done.error().kind == ErrorKind::conflict)
        return row_error(ErrorKind::bad_request,
                         "Budget with id '" + row.budget_id + "' already exists.", kErrorType,
                         "budget_id");
    if (!done) return std::unexpected(done.error());
    return shown;
}

Result<std::string> update(Sql& sql, const AdminCall& call, const BudgetFields& fields) {
    std::string shown;
    const auto change = [&](Sql& inner) -> Result<void> {
        const auto time = change_time(call);
        const auto before = find_budget_row(inner, *fields.budget_id.value, RowLock::update);
        if (!before) return std::unexpected(before.error());
        if (!*before) return not_found(*fields.budget_id.value);
        auto after = **before;
        const bool is_customers = after.budget_id.starts_with(kCustomerBudget.prefix);
        apply_budget(fields, is_customers ? kCustomerBudget.rule : ResetRule::calendar, time,
                     after);
        after.updated_at = time.now;
        after.updated_by = call.caller.user_id();
        if (auto written = update_budget_row(inner, **before, after); !written) return written;
        shown = budget_json(after);
        return audit_row(inner, call, kTable, "updated", after.budget_id, budget_json(**before),
                         shown);
    };
    if (const auto done = sql.transaction(change); !done) return std::unexpected(done.error());
    return shown;
}

/// As LiteLLM's foreign keys have it: what may be without a budget loses it, what must have one
/// keeps the row from going. So do settings that name it.
Result<void> permit_removal(Sql& sql, const AdminCall& call, const std::string& id) {
    if (call.config().budgets.max_end_user_budget_id == id)
        return row_error(
            ErrorKind::bad_request,
            "Budget " + id + " cannot be deleted: litellm_settings.max_end_user_budget_id names it",
            kErrorType, "id");
    const auto uses = find_budget_uses(sql, id);
    if (!uses) return std::unexpected(uses.error());
    for (const auto& use : *uses)
        if (use.what == "organizations" || use.what == "teams")
            return row_error(ErrorKind::bad_request,
                             "Budget " + id + " cannot be deleted: it is in use by " +
                                 std::to_string(use.count) + " " + std::string(use.what),
                             kErrorType, "id");
    return {};
}

Result<std::string> remove(Sql& sql, const AdminCall& call, const std::string& id) {
    std::string shown;
    const auto delete_it = [&](Sql& inner) -> Result<void> {
        const auto row = find_budget_row(inner, id, RowLock::update);
        if (!row) return std::unexpected(row.error());
        if (!*row) return not_found(id);
        if (auto good = permit_removal(inner, call, id); !good) return good;
        if (auto released = release_budget_row(inner, id); !released) return released;
        if (auto deleted = delete_budget_row(inner, id); !deleted) return deleted;
        shown = budget_json(**row);
        return audit_row(inner, call, kTable, "deleted", id, shown, "");
    };
    if (const auto done = sql.transaction(delete_it); !done) return std::unexpected(done.error());
    return shown;
}

/// One field of a budget, as forms show it.
class SettingWriter {
public:
    explicit SettingWriter(JsonWriter& json) : json_(json) {}

    void write(std::string_view name, std::string_view type, std::string_view description,
               const std::string& value) {
        json_.begin_object().key("field_name").string(name).key("field_type").string(type);
        json_.key("field_description").string(description).key("field_value").raw(value);
        json_.key("stored_in_db").boolean(value != "null").key("field_default_value").null();
        json_.key("premium_field").boolean(false).key("nested_fields").null().end_object();
    }

private:
    JsonWriter& json_;
};

std::string settings_json(const BudgetRow& row) {
    const auto money = [](const auto& amount) { return amount ? dollars(*amount) : "null"; };
    const auto count = [](const auto& number) {
        return number ? std::to_string(*number) : std::string("null");
    };
    std::string duration = "null";
    if (!row.budget_duration.empty()) {
        duration.clear();
        append_json_string(duration, row.budget_duration);
    }
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    SettingWriter settings(json);
    settings.write("max_parallel_requests", "Integer", "Requests that may run at the same time",
                   count(row.max_parallel_requests));
    settings.write("tpm_limit", "Integer", "Tokens a minute", count(row.tpm_limit));
    settings.write("rpm_limit", "Integer", "Requests a minute", count(row.rpm_limit));
    settings.write("budget_duration", "String", "Period after which spend begins anew, as 30d",
                   duration);
    settings.write("max_budget", "Float", "USD a period; calls beyond it are refused",
                   money(row.max_budget));
    settings.write("soft_budget", "Float", "USD after which an alert is sent",
                   money(row.soft_budget));
    json.end_array();
    return out;
}

}  // namespace

net::Task<Result<void>> make_budget(RequestContext& context) {
    return serve_body(context, parse_new, make, kErrorType);
}

net::Task<Result<void>> update_budget(RequestContext& context) {
    return serve_body(context, parse_update, update, kErrorType);
}

net::Task<Result<void>> remove_budget(RequestContext& context) {
    const auto parse = [](Fields& body) -> Result<std::string> {
        body.require("id");
        auto id = body.text("id");
        if (auto good = body.checked(); !good) return std::unexpected(good.error());
        return std::move(*id.value);
    };
    return serve_body(context, parse, remove, kErrorType);
}

net::Task<Result<void>> show_budgets(RequestContext& context) {
    const auto parse = [](Fields& body) -> Result<std::vector<std::string>> {
        body.require("budgets");
        auto ids = body.texts("budgets");
        if (ids.value && ids.value->empty())
            body.refuse("budgets", "Specify list of budget id's to query. Passed in=[]");
        if (auto good = body.checked(); !good) return std::unexpected(good.error());
        return std::move(*ids.value);
    };
    const auto show = [](Sql& sql, const AdminCall&,
                         const std::vector<std::string>& ids) -> Result<std::string> {
        const auto rows = find_budget_rows(sql, ids);
        if (!rows) return std::unexpected(rows.error());
        return budgets_json(*rows);
    };
    return serve_body(context, parse, show, kErrorType);
}

net::Task<Result<void>> list_budgets(RequestContext& context) {
    const auto list = [](Sql& sql, const AdminCall&) -> Result<std::string> {
        const auto rows = list_budget_rows(sql, kMostListed);
        if (!rows) return std::unexpected(rows.error());
        return budgets_json(*rows);
    };
    return serve_rows(context, list, kErrorType);
}

net::Task<Result<void>> show_budget_settings(RequestContext& context) {
    QueryFields query(context.client->head().query);
    auto id = query.text("budget_id");
    if (id.empty()) query.refuse("budget_id", "budget_id is required");
    if (auto good = query.checked(); !good)
        co_return std::unexpected(as_admin_error(good.error(), kErrorType));
    const auto show = [id = std::move(id)](Sql& sql, const AdminCall&) -> Result<std::string> {
        const auto row = find_budget_row(sql, id);
        if (!row) return std::unexpected(row.error());
        if (!*row) return not_found(id);
        return settings_json(**row);
    };
    co_return co_await serve_rows(context, show, kErrorType);
}

}  // namespace tollweir
