#include "gateway/admin/spend/activity_json.hpp"

#include <functional>

#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

using KeySums = std::map<std::string_view, ActivitySums>;

struct Part {
    ActivitySums sums;
    KeySums keys;

    void add(const ActivityRow& row) {
        sums.add(row.sums);
        keys[row.key_hash].add(row.sums);
    }
};
using Parts = std::map<std::string_view, Part>;

struct DayParts {
    Part whole;
    Parts models;
    Parts model_groups;
    Parts providers;
    Parts endpoints;
    Parts mcp_servers;
    Parts owners;

    void add(const ActivityRow& row) {
        whole.add(row);
        const auto count = [&](Parts& parts, std::string_view name) {
            if (!name.empty()) parts[name].add(row);
        };
        count(models, row.model);
        count(model_groups, row.model_group);
        count(providers, row.provider);
        count(endpoints, row.endpoint);
        count(mcp_servers, row.mcp_tool);
        owners[row.owner.empty() ? std::string_view("Unassigned") : row.owner].add(row);
    }
};

void write_sums(JsonWriter& json, const ActivitySums& sums) {
    json.key("metrics").begin_object().key("spend").raw(dollars(sums.spend));
    json.key("prompt_tokens").number(sums.prompt_tokens);
    json.key("completion_tokens").number(sums.completion_tokens);
    json.key("cache_read_input_tokens").number(sums.cache_read_tokens);
    json.key("cache_creation_input_tokens").number(sums.cache_write_tokens);
    json.key("total_tokens").number(sums.total_tokens());
    json.key("successful_requests").number(sums.succeeded);
    json.key("failed_requests").number(sums.failed);
    json.key("api_requests").number(sums.calls).end_object();
}

class Writer {
public:
    Writer(std::string& out, const ActivityLabels& labels) : json_(out), labels_(labels) {}

    void write(const std::map<std::string_view, DayParts, std::greater<>>& days,
               ActivityPage page) {
        ActivitySums total;
        json_.begin_object().key("results").begin_array();
        for (const auto& [day, parts] : days) {
            write_day(day, parts);
            total.add(parts.whole.sums);
        }
        json_.end_array();
        write_totals(total, page);
        json_.end_object();
    }

private:
    void write_keys(std::string_view name, const KeySums& keys) {
        json_.key(name).begin_object();
        for (const auto& [hash, sums] : keys) {
            json_.key(hash).begin_object();
            write_sums(json_, sums);
            const auto label = labels_.keys.find(std::string(hash));
            const auto write_label = [&](std::string_view field, std::string_view text) {
                json_.key(field);
                text.empty() ? json_.null() : json_.string(text);
            };
            const bool is_known = label != labels_.keys.end();
            json_.key("metadata").begin_object();
            write_label("key_alias", is_known ? label->second.alias : std::string_view());
            write_label("team_id", is_known ? label->second.team_id : std::string_view());
            json_.end_object().end_object();
        }
        json_.end_object();
    }

    void write_parts(std::string_view name, const Parts& parts, bool are_owners = false) {
        json_.key(name).begin_object();
        for (const auto& [part_name, part] : parts) {
            json_.key(part_name).begin_object();
            write_sums(json_, part.sums);
            json_.key("metadata").begin_object();
            if (const auto label = labels_.owners.find(std::string(part_name));
                are_owners && label != labels_.owners.end())
                json_.key(labels_.owner_label).string(label->second);
            json_.end_object();
            write_keys("api_key_breakdown", part.keys);
            json_.end_object();
        }
        json_.end_object();
    }

    void write_day(std::string_view day, const DayParts& parts) {
        json_.begin_object().key("date").string(day);
        write_sums(json_, parts.whole.sums);
        json_.key("breakdown").begin_object();
        write_parts("models", parts.models);
        write_parts("model_groups", parts.model_groups);
        write_parts("providers", parts.providers);
        write_parts("endpoints", parts.endpoints);
        write_parts("mcp_servers", parts.mcp_servers);
        write_parts("entities", parts.owners, true);
        write_keys("api_keys", parts.whole.keys);
        json_.end_object().end_object();
    }

    void write_totals(const ActivitySums& total, ActivityPage page) {
        json_.key("metadata").begin_object().key("total_spend").raw(dollars(total.spend));
        json_.key("total_prompt_tokens").number(total.prompt_tokens);
        json_.key("total_completion_tokens").number(total.completion_tokens);
        json_.key("total_tokens").number(total.total_tokens());
        json_.key("total_api_requests").number(total.calls);
        json_.key("total_successful_requests").number(total.succeeded);
        json_.key("total_failed_requests").number(total.failed);
        json_.key("total_cache_read_input_tokens").number(total.cache_read_tokens);
        json_.key("total_cache_creation_input_tokens").number(total.cache_write_tokens);
        json_.key("page").number(page.page).key("total_pages").number(page.pages);
        json_.key("has_more").boolean(page.page < page.pages).end_object();
    }

    JsonWriter json_;
    const ActivityLabels& labels_;
};

}  // namespace

std::string activity_json(const std::vector<ActivityRow>& rows, const ActivityLabels& labels,
                          ActivityPage page) {
    std::map<std::string_view, DayParts, std::greater<>> days;
    for (const auto& row : rows) days[row.day].add(row);
    std::string out;
    Writer(out, labels).write(days, page);
    return out;
}

}  // namespace tollweir
