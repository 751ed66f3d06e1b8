#include "tollweir/gateway/admin/tags.hpp"

#include <algorithm>

#include "gateway/admin/budgets/owner_budget.hpp"
#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/row_json.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "tollweir/core/scope.hpp"
#include "tollweir/storage/budgets.hpp"
#include "tollweir/storage/tag_row.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kErrorType = "bad_request_error";
constexpr std::string_view kTable = "LiteLLM_TagTable";
constexpr std::size_t kMostListed = 10'000;

struct TagFields {
    std::string name;
    Sent<std::string> description;
    Sent<std::vector<std::string>> models;
    Sent<Picodollars> spend;
    BudgetFields budget;
};

Result<TagFields> parse_tag(Fields& body) {
    TagFields fields;
    body.require("name");
    fields.name = body.text("name").value.value_or("");
    fields.description = body.text("description");
    fields.models = body.texts("models");
    fields.spend = body.dollars("spend");
    fields.budget = parse_owner_budget(body);
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    return fields;
}

std::unexpected<GatewayError> not_found(const std::string& name) {
    return row_error(ErrorKind::not_found, "Tag " + name + " not found", "not_found_error", "name");
}

std::string scope_of(const std::string& name) {
    return scope_key({.kind = ScopeKind::tag, .id = name});
}

std::string row_json(const TagRow& row) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    write_columns(json, row, tag_columns());
    json.end_object();
    return out;
}

/// As LiteLLM shows a tag: its name is called otherwise than the column.
Result<void> write_tag(Sql& sql, JsonWriter& json, const TagRow& row) {
    json.begin_object().key("name").string(row.tag_name);
    write_columns(json, row, tag_columns().subspan(1));
    if (auto written = write_budget_of(sql, json, row.budget_id); !written) return written;
    json.end_object();
    return {};
}

/// The models that a tag names are deployments' ids; `model_info` says which groups they are of.
Result<std::string> names_of_models(const AdminCall& call, const std::vector<std::string>& ids) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    for (const auto& id : ids) {
        const auto found = std::ranges::find(call.snapshot->deployments(), id, &Deployment::id);
        const bool is_deployment = found != call.snapshot->deployments().end();
        if (!is_deployment && !call.snapshot->find_group(id))
            return row_error(ErrorKind::bad_request, "Model " + id + " not found", kErrorType,
                             "models");
        json.key(id).string(is_deployment ? found->group : id);
    }
    json.end_object();
    return out;
}

/// Writes one tag; on the store's thread, in a transaction.
class TagWriter {
public:
    TagWriter(const AdminCall& call, const TagFields& fields) : call_(call), fields_(fields) {}

    Result<std::string> make(Sql& sql) {
        const auto insert = [&](Sql& inner) -> Result<void> {
            TagRow row;
            row.tag_name = fields_.name;
            row.created_at = change_time(call_).now;
            row.created_by = call_.caller.user_id();
            if (auto left = fill(inner, row); !left) return std::unexpected(left.error());
            if (auto made = insert_tag(inner, row); !made) return made;
            return finish(inner, "created", "", row);
        };
        const auto done = sql.transaction(insert);
        if (!done && done.error().kind == ErrorKind::conflict)
            return row_error(ErrorKind::bad_request, "Tag " + fields_.name + " already exists",
                             kErrorType, "name");
        if (!done) return std::unexpected(done.error());
        return std::move(answer_);
    }

    Result<std::string> update(Sql& sql) {
        const auto change = [&](Sql& inner) -> Result<void> {
            const auto before = find_tag(inner, fields_.name, RowLock::update);
            if (!before) return std::unexpected(before.error());
            if (!*before) return not_found(fields_.name);
            auto after = **before;
            const auto left = fill(inner, after);
            if (!left) return std::unexpected(left.error());
            if (auto done = tollweir::update_tag(inner, **before, after); !done) return done;
            if (auto gone = drop_owner_budget(inner, kTagBudget, *left); !gone) return gone;
            return finish(inner, "updated", row_json(**before), after);
        };
        if (const auto done = sql.transaction(change); !done) return std::unexpected(done.error());
        return std::move(answer_);
    }

private:
    /// Returns the budget row that is left behind.
    Result<std::string> fill(Sql& sql, TagRow& row) const {
        const auto time = change_time(call_);
        row.updated_at = time.now;
        if (fields_.description.sent) row.description = fields_.description.value.value_or("");
        if (fields_.spend.sent) row.spend = fields_.spend.value.value_or(0);
        if (fields_.models.sent) {
            row.models = fields_.models.value.value_or(std::vector<std::string>());
            auto names = names_of_models(call_, row.models);
            if (!names) return names;
            row.model_info = std::move(*names);
        }
        return save_owner_budget(sql, call_, kTagBudget, fields_.budget, time, row.budget_id);
    }

    Result<void> finish(Sql& sql, std::string_view action, std::string_view before,
                        const TagRow& row) {
        answer_.clear();
        JsonWriter json(answer_);
        json.begin_object().key("message");
        json.string("Tag " + row.tag_name + " " + std::string(action) + " successfully");
        json.key("tag");
        if (auto written = write_tag(sql, json, row); !written) return written;
        json.end_object();
        auto noted = audit_row(sql, call_, kTable, action, row.tag_name, before, row_json(row));
        if (!noted || !fields_.spend.sent) return noted;
        return set_budget_spent(sql, scope_of(row.tag_name), row.spend);
    }

    const AdminCall& call_;
    const TagFields& fields_;
    std::string answer_;
};

Result<std::string> make(Sql& sql, const AdminCall& call, const TagFields& fields) {
    return TagWriter(call, fields).make(sql);
}

Result<std::string> update(Sql& sql, const AdminCall& call, const TagFields& fields) {
    return TagWriter(call, fields).update(sql);
}

Result<std::string> remove(Sql& sql, const AdminCall& call, const std::string& name) {
    const auto delete_it = [&](Sql& inner) -> Result<void> {
        const auto row = find_tag(inner, name, RowLock::update);
        if (!row) return std::unexpected(row.error());
        if (!*row) return not_found(name);
        if (auto deleted = delete_tag(inner, name); !deleted) return deleted;
        if (auto gone = drop_owner_budget(inner, kTagBudget, (*row)->budget_id); !gone) return gone;
        auto noted = audit_row(inner, call, kTable, "deleted", name, row_json(**row), "");
        if (!noted) return noted;
        return drop_budgets_of(inner, scope_of(name));
    };
    if (const auto done = sql.transaction(delete_it); !done) return std::unexpected(done.error());
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("message").string("Tag " + name + " deleted successfully").end_object();
    return out;
}

Result<std::string> show(Sql& sql, const AdminCall&, const std::vector<std::string>& names) {
    const auto rows = find_tags(sql, names);
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty())
        return row_error(ErrorKind::not_found, "No tags found", "not_found_error", "names");
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    for (const auto& row : *rows) {
        json.key(row.tag_name);
        if (auto written = write_tag(sql, json, row); !written)
            return std::unexpected(written.error());
    }
    json.end_object();
    return out;
}

Result<std::string> list(Sql& sql, const AdminCall&) {
    const auto rows = list_tags(sql, kMostListed);
    if (!rows) return std::unexpected(rows.error());
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& row : *rows)
        if (auto written = write_tag(sql, json, row); !written)
            return std::unexpected(written.error());
    json.end_array();
    return out;
}

}  // namespace

net::Task<Result<void>> make_tag(RequestContext& context) {
    return serve_body(context, parse_tag, make, kErrorType);
}

net::Task<Result<void>> update_tag(RequestContext& context) {
    return serve_body(context, parse_tag, update, kErrorType);
}

net::Task<Result<void>> show_tags(RequestContext& context) {
    const auto parse = [](Fields& body) -> Result<std::vector<std::string>> {
        body.require("names");
        auto names = body.texts("names");
        if (auto good = body.checked(); !good) return std::unexpected(good.error());
        return std::move(*names.value);
    };
    return serve_body(context, parse, show, kErrorType);
}

net::Task<Result<void>> remove_tag(RequestContext& context) {
    const auto parse = [](Fields& body) -> Result<std::string> {
        body.require("name");
        auto name = body.text("name");
        if (auto good = body.checked(); !good) return std::unexpected(good.error());
        return std::move(*name.value);
    };
    return serve_body(context, parse, remove, kErrorType);
}

net::Task<Result<void>> list_tags(RequestContext& context) {
    return serve_rows(context, list, kErrorType);
}

}  // namespace tollweir
