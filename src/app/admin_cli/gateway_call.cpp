#include "app/admin_cli/gateway_call.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/percent.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir::admin_cli {
namespace {

constexpr std::chrono::days kSummedDays{29};  // before today
constexpr std::size_t kHashSize = 64;

/// Fields by name in the order they were first given; the last value counts.
class FieldList {
public:
    void set(std::string name, std::string value) {
        const auto found = std::ranges::find(fields_, name, &Field::first);
        if (found != fields_.end())
            found->second = std::move(value);
        else
            fields_.emplace_back(std::move(name), std::move(value));
    }
    bool has(std::string_view name) const {
        return std::ranges::find(fields_, name, &Field::first) != fields_.end();
    }

    std::string as_query() const {
        std::string out;
        for (const auto& [name, value] : fields_)
            out += (out.empty() ? "?" : "&") + name + "=" + percent_encoded(value);
        return out;
    }

    /// `member.role` is `role` of the object `member`, which stands behind all else.
    std::string as_body() const {
        std::string out;
        JsonWriter json(out);
        json.begin_object();
        for (const auto& [name, value] : fields_)
            if (!name.starts_with(kMember)) json.key(name).raw(value);
        bool is_open = false;
        for (const auto& [name, value] : fields_) {
            if (!name.starts_with(kMember)) continue;
            if (!is_open) json.key("member").begin_object();
            is_open = true;
            json.key(name.substr(kMember.size())).raw(value);
        }
        if (is_open) json.end_object();
        json.end_object();
        return out;
    }

private:
    using Field = std::pair<std::string, std::string>;
    static constexpr std::string_view kMember = "member.";

    std::vector<Field> fields_;
};

std::string json_text(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

std::string json_list(std::string_view list) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (std::size_t at = 0; at < list.size();) {
        const auto end = std::min(list.find(',', at), list.size());
        if (end > at) json.string(list.substr(at, end - at));
        at = end + 1;
    }
    json.end_array();
    return out;
}

std::string json_whole(std::string_view digits) {
    std::uint64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return std::to_string(number);
}

std::string json_of(ValueKind kind, const std::string& value) {
    if (kind == ValueKind::present) return "true";
    if (value == "null") return value;
    switch (kind) {
        case ValueKind::list:
            return json_list(value);
        case ValueKind::whole:
            return json_whole(value);
        case ValueKind::money:
        case ValueKind::json:
            return value;
        case ValueKind::text:
        case ValueKind::day:
        case ValueKind::present:
            break;
    }
    return json_text(value);
}

void set_any(FieldList& fields, const std::string& assignment) {
    const auto equals = assignment.find('=');
    const auto value = assignment.substr(equals + 1);
    fields.set(assignment.substr(0, equals), is_valid_json(value) ? value : json_text(value));
}

void set_fixed(FieldList& fields, const Command& command, bool is_get) {
    if (!is_get) {
        const auto object = "{" + std::string(command.fixed) + "}";
        const auto members = json_members(object).value_or(JsonParts());
        for (const auto& [name, value] : members) fields.set(name, std::string(value));
        return;
    }
    for (std::string_view rest = command.fixed; !rest.empty();) {
        const auto part = rest.substr(0, rest.find('&'));
        const auto equals = part.find('=');
        fields.set(std::string(part.substr(0, equals)), std::string(part.substr(equals + 1)));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    }
}

void set_words(FieldList& fields, const Request& request, bool is_get) {
    std::size_t at = 0;
    for (const auto& word : request.command->words) {
        if (word.name.empty() || at == request.words.size()) continue;
        if (word.count == Word::Count::many) {
            std::string list;
            JsonWriter json(list);
            json.begin_array();
            while (at < request.words.size()) json.string(request.words[at++]);
            json.end_array();
            fields.set(std::string(word.field), list);
        } else {
            const auto& text = request.words[at++];
            fields.set(std::string(word.field), is_get ? text : json_text(text));
        }
    }
}

void set_days(FieldList& fields, WallTime now) {
    const auto today = std::chrono::floor<std::chrono::days>(now);
    const auto day = [](WallTime time) { return rfc3339(time).substr(0, 10); };
    if (!fields.has("start_date")) fields.set("start_date", day(today - kSummedDays));
    if (!fields.has("end_date")) fields.set("end_date", day(today));
}

/// Sums by day tell keys and models of every owner; users, teams and tags have sums of their own.
std::string_view summary_path(std::string_view by) {
    if (by == "team") return "/team/daily/activity/aggregated";
    if (by == "tag") return "/tag/daily/activity/aggregated";
    return "/user/daily/activity/aggregated";
}

}  // namespace

GatewayCall plan_call(const Request& request, WallTime now) {
    const auto& command = *request.command;
    const bool is_get = command.method == "GET";
    FieldList fields;
    set_fixed(fields, command, is_get);
    set_words(fields, request, is_get);
    for (const auto& [option, value] : request.values) {
        if (option->use == ValueUse::any_field) set_any(fields, value);
        if (option->use == ValueUse::field)
            fields.set(option->field_name(), is_get ? value : json_of(option->kind, value));
    }
    if (command.is_between_days) set_days(fields, now);
    const auto* by = request.find("by");
    const auto path = command.view == View::spend_summary
                          ? summary_path(by != nullptr ? std::string_view(*by) : "key")
                          : command.path;
    GatewayCall call{std::string(command.method), std::string(path), ""};
    if (is_get)
        call.target += fields.as_query();
    else
        call.body = fields.as_body();
    return call;
}

GatewayCall plan_alias_search(std::string_view alias) {
    return {"GET", "/key/list?return_full_object=true&size=2&key_alias=" + percent_encoded(alias),
            ""};
}

bool names_key_itself(std::string_view word) {
    return word.starts_with("sk-") ||
           (word.size() == kHashSize && std::ranges::all_of(word, [](char c) {
                return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            }));
}

}  // namespace tollweir::admin_cli
