#include "gateway/admin/spend/activity_json.hpp"

#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

using Part = ActivityBreakdown::Part;

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

    void write(const ActivityBreakdown::Days& days, ActivityPage page) {
        ActivitySums total;
        json_.begin_object().key("results").begin_array();
        for (const auto& [day, parts] : days) {
            write_day(day, parts);
            total.add(parts.sums);
        }
        json_.end_array();
        write_totals(total, page);
        json_.end_object();
    }

private:
    void write_key(std::string_view hash, const ActivitySums& sums) {
        json_.key(hash).begin_object();
        write_sums(json_, sums);
        const auto label = labels_.keys.find(hash);
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

    void write_part(std::string_view list, const ActivityBreakdown::Day& day, Part part) {
        json_.key(list).begin_object();
        for (const auto& [name, sums, keys] : day.part(part)) {
            json_.key(name).begin_object();
            write_sums(json_, sums);
            json_.key("metadata").begin_object();
            if (const auto label = labels_.owners.find(name);
                part == Part::entities && label != labels_.owners.end())
                json_.key(labels_.owner_label).string(label->second);
            json_.end_object().key("api_key_breakdown").begin_object();
            for (const auto& key : keys) write_key(key.key, key.sums);
            json_.end_object().end_object();
        }
        json_.end_object();
    }

    void write_day(std::string_view date, const ActivityBreakdown::Day& day) {
        json_.begin_object().key("date").string(date);
        write_sums(json_, day.sums);
        json_.key("breakdown").begin_object();
        write_part("models", day, Part::models);
        write_part("model_groups", day, Part::model_groups);
        write_part("providers", day, Part::providers);
        write_part("endpoints", day, Part::endpoints);
        write_part("mcp_servers", day, Part::mcp_servers);
        write_part("entities", day, Part::entities);
        json_.key("api_keys").begin_object();
        for (const auto& key : day.part(Part::keys)) write_key(key.name, key.sums);
        json_.end_object().end_object().end_object();
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

std::string activity_json(const ActivityBreakdown::Days& days, const ActivityLabels& labels,
                          ActivityPage page) {
    std::string out;
    Writer(out, labels).write(days, page);
    return out;
}

}  // namespace tollweir
