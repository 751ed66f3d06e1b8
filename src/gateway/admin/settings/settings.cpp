#include "tollweir/gateway/admin/settings.hpp"

#include <algorithm>
#include <array>

#include "gateway/admin/json_fields.hpp"
#include "gateway/admin/sent_references.hpp"
#include "gateway/admin/setting_change.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/gateway/admin/query_fields.hpp"
#include "tollweir/storage/config_row.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kErrors = "auth_error";
constexpr std::string_view kGeneral = "general_settings";
constexpr std::string_view kVariables = "environment_variables";
// In the order in which their rows are locked.
constexpr std::array<std::string_view, 4> kSections{kVariables, kGeneral, "litellm_settings",
                                                    "router_settings"};
// What is sent is added to what is stored, as LiteLLM does; null takes all of it away.
constexpr std::array<std::string_view, 3> kAddedTo{"callbacks", "success_callback",
                                                   "failure_callback"};
constexpr std::size_t kMostBytes = std::size_t{256} * 1024;  // of a section

std::unexpected<GatewayError> refuse(std::string message, std::string_view param = {}) {
    return row_error(ErrorKind::bad_request, std::move(message), kErrors, param);
}

/// What changes in a section; null takes a setting out.
struct SectionChange {
    std::string name;
    JsonFields values;
};

Result<void> check_sent(const SectionChange& change) {
    for (const auto& [name, value] : change.values) {
        const auto path = change.name + "." + name.substr(0, 80);
        if (is_of_the_file_alone(change.name, name))
            return refuse(path + " can be set in the configuration file only", name);
        if (holds_reference(value)) return refuse(reference_refused(path), name);
    }
    return {};
}

Result<std::vector<SectionChange>> parse_update(Fields& body) {
    std::vector<SectionChange> changes;
    for (const auto name : kSections)
        if (const auto object = body.object(name); object.value)
            changes.push_back({std::string(name), fields_of(*object.value)});
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    for (const auto& change : changes)
        if (auto good = check_sent(change); !good) return std::unexpected(good.error());
    return changes;
}

/// The texts of variables: numbers and switches are texts too.
JsonFields sealed_variables(const JsonFields& values, const Secret& seal_key) {
    JsonFields texts;
    for (const auto& [name, value] : values) {
        if (value == "null" || value.starts_with('"'))
            texts.emplace_back(name, value);
        else
            set_text_field(texts, name, value);
    }
    return fields_of(seal_params(texts, seal_key));
}

void add_items(const std::string& stored, std::string& sent) {
    auto items = json_elements(stored);
    const auto added = json_elements(sent);
    if (!items || !added) return;
    for (const auto item : *added)
        if (std::ranges::find(*items, item) == items->end()) items->push_back(item);
    std::string joined = "[";
    for (const auto item : *items) joined.append(joined.size() > 1 ? "," : "").append(item);
    sent = joined + "]";
}

/// Writes sections; on the store's thread.
class SettingsWriter {
public:
    explicit SettingsWriter(const AdminCall& call) : call_(call) {}

    Result<void> write(Sql& sql, std::span<const SectionChange> changes) {
        const auto done = sql.transaction([&](Sql& inner) -> Result<void> {
            for (const auto& change : changes)
                if (auto written = write_one(inner, change); !written) return written;
            return {};
        });
        if (done) call_.live_config->refresh(sql);
        return done;
    }

    /// The section that was written last, as the store has it now.
    const std::string& value() const { return value_; }

private:
    Result<void> write_one(Sql& sql, const SectionChange& change) {
        const auto before = find_config_value(sql, change.name, RowLock::update);
        if (!before) return std::unexpected(before.error());
        auto stored = fields_of(*before);
        auto sent = change.values;
        if (change.name == kVariables) sent = sealed_variables(sent, seal_key_of(call_.config()));
        for (auto& [name, value] : sent)
            if (const auto* own = find_field(stored, name);
                own != nullptr && std::ranges::find(kAddedTo, name) != kAddedTo.end())
                add_items(*own, value);
        merge_fields(sent, stored);
        value_ = fields_json(stored);
        if (value_.size() > kMostBytes)
            return refuse("Invalid " + change.name + ": it is too long");
        if (auto good = try_out(sql, {change.name, value_}); !good) return good;
        if (auto put = put_config_value(sql, change.name, value_); !put) return put;
        return audit_row(sql, call_, kConfigTable, "updated", change.name,
                         before->empty() ? "" : shown_section(change.name, *before),
                         shown_section(change.name, value_));
    }

    Result<void> try_out(Sql& sql, StoredSection section) const {
        auto settings = list_stored_settings(sql);
        if (!settings) return std::unexpected(settings.error());
        std::erase_if(settings->sections,
                      [&](const StoredSection& other) { return other.name == section.name; });
        const auto row = row_name(section);
        const auto name = section.name;
        settings->sections.push_back(std::move(section));
        if (auto good = call_.live_config->check(*settings, row); !good)
            return refuse(good.error().message, name);
        return {};
    }

    const AdminCall& call_;
    std::string value_;
};

Result<std::string> update(Sql& sql, const AdminCall& call,
                           const std::vector<SectionChange>& changes) {
    if (auto done = SettingsWriter(call).write(sql, changes); !done)
        return std::unexpected(done.error());
    return R"({"message":"Config updated successfully"})";
}

Result<std::string> write_field(Sql& sql, const AdminCall& call, const SectionChange& change) {
    SettingsWriter writer(call);
    if (auto done = writer.write(sql, {&change, 1}); !done) return std::unexpected(done.error());
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("param_name").string(kGeneral);
    json.key("param_value").raw(shown_section(kGeneral, writer.value())).end_object();
    return out;
}

/// `field_name` and `config_type`, which LiteLLM has one of.
std::string field_name_of(Fields& body) {
    static constexpr std::array<std::string_view, 1> kTypes{kGeneral};
    body.require("field_name");
    body.require("config_type");
    body.word("config_type", kTypes);
    auto name = body.text("field_name").value.value_or("");
    if (!name.empty() && !is_known_general_setting(name))
        body.refuse("field_name", "Invalid field=" + name + " passed in.");
    return name;
}

Result<SectionChange> parse_field(Fields& body) {
    const auto name = field_name_of(body);
    body.require("field_value");
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    SectionChange change{std::string(kGeneral), {{name, std::string(body.raw("field_value"))}}};
    if (auto good = check_sent(change); !good) return std::unexpected(good.error());
    return change;
}

Result<SectionChange> parse_removed_field(Fields& body) {
    const auto name = field_name_of(body);
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    return SectionChange{std::string(kGeneral), {{name, "null"}}};
}

Result<std::string> remove_field(Sql& sql, const AdminCall& call, const SectionChange& change) {
    const auto stored = find_config_value(sql, kGeneral);
    if (!stored) return std::unexpected(stored.error());
    const auto& name = change.values.front().first;
    if (find_field(fields_of(*stored), name) == nullptr)
        return refuse("Field name=" + name + " not in config", "field_name");
    return write_field(sql, call, change);
}

Result<std::string> show_field(Sql& sql, const std::string& name) {
    const auto stored = find_config_value(sql, kGeneral);
    if (!stored) return std::unexpected(stored.error());
    const auto fields = fields_of(*stored);
    const auto* value = find_field(fields, name);
    if (value == nullptr) return refuse("Field name=" + name + " not in DB", "field_name");
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("field_name").string(name).key("field_value");
    is_hidden_setting(name) ? json.string("***") : json.raw(*value);
    json.end_object();
    return out;
}

Result<std::string> list(Sql& sql, const AdminCall& call) {
    const auto stored = find_config_value(sql, kGeneral);
    if (!stored) return std::unexpected(stored.error());
    const auto fields = fields_of(*stored);
    std::string out;
    JsonWriter json(out);
    const auto write = [&](std::string_view key, std::string_view value) {
        json.key(key).raw(value.empty() ? "null" : value);
    };
    json.begin_array();
    for (const auto& setting : call.live_config->general_settings()) {
        json.begin_object().key("field_name").string(setting.name);
        json.key("field_type").string(setting.type);
        json.key("field_description").string(setting.description);
        write("field_value", setting.value_json);
        json.key("stored_in_db");
        if (find_field(fields, setting.name) != nullptr)
            json.boolean(true);
        else
            setting.value_json.empty() ? json.null() : json.boolean(false);
        write("field_default_value", setting.default_json);
        json.key("premium_field").boolean(false).key("nested_fields").null().end_object();
    }
    json.end_array();
    return out;
}

}  // namespace

net::Task<Result<void>> update_settings(RequestContext& context) {
    return serve_setting_change(context, parse_update, update, kErrors);
}

net::Task<Result<void>> update_setting(RequestContext& context) {
    return serve_setting_change(context, parse_field, write_field, kErrors);
}

net::Task<Result<void>> remove_setting(RequestContext& context) {
    return serve_setting_change(context, parse_removed_field, remove_field, kErrors);
}

net::Task<Result<void>> show_setting(RequestContext& context) {
    QueryFields query(context.client->head().query);
    auto name = query.text("field_name");
    if (name.empty()) query.refuse_value("field_name", "Field required");
    if (auto good = query.checked(); !good)
        co_return std::unexpected(as_admin_error(good.error(), kErrors));
    const auto show = [name = std::move(name)](Sql& sql, const AdminCall&) {
        return show_field(sql, name);
    };
    co_return co_await serve_settings(context, show, kErrors);
}

net::Task<Result<void>> list_general_settings(RequestContext& context) {
    QueryFields query(context.client->head().query);
    if (query.text("config_type") != kGeneral)
        query.refuse_value("config_type", "Input should be 'general_settings'");
    if (auto good = query.checked(); !good)
        co_return std::unexpected(as_admin_error(good.error(), kErrors));
    co_return co_await serve_settings(context, list, kErrors);
}

}  // namespace tollweir
