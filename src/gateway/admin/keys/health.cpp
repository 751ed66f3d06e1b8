#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/gateway/admin/keys.hpp"
#include "tollweir/gateway/respond.hpp"

namespace tollweir {
namespace {

/// What `metadata.logging` of the key names: `[{"callback_name": "langfuse", ...}]`.
std::vector<std::string> loggers_of(const KeyRecord& key) {
    std::vector<std::string> names;
    const auto metadata = json_members(key.metadata_json).value_or(JsonParts());
    const auto items = json_elements(find_part(metadata, "logging"));
    for (const auto item : items.value_or(std::vector<std::string_view>())) {
        const auto parts = json_members(item).value_or(JsonParts());
        if (auto name = decode_json_string(find_part(parts, "callback_name")))
            names.push_back(std::move(*name));
    }
    return names;
}

}  // namespace

/// Who comes here has been let in: so the presented key works. Its own loggers are a later part's.
net::Task<Result<void>> check_key_health(RequestContext& context) {
    std::vector<std::string> loggers;
    if (const auto& key = context.identity.key) loggers = loggers_of(*key);
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("key").string(loggers.empty() ? "healthy" : "unhealthy");
    json.key("logging_callbacks");
    if (loggers.empty()) {
        json.null();
    } else {
        json.begin_object().key("callbacks").begin_array();
        for (const auto& name : loggers) json.string(name);
        json.end_array().key("status").string("unhealthy");
        json.key("details")
            .string(
                "loggers of keys are not built into this version of Tollweir yet "
                "(docs/status.md)")
            .end_object();
    }
    json.end_object();
    co_return co_await respond(context, 200, kJson, out);
}

}  // namespace tollweir
