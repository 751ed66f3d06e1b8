#include "app/admin_cli/spend_summary.hpp"

#include <algorithm>
#include <map>

#include "app/admin_cli/shown_value.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir::admin_cli {
namespace {

std::string_view part_of(std::string_view by) {
    if (by == "key") return "api_keys";
    if (by == "model") return "models";
    return "entities";
}

std::string_view label_of(std::string_view by) {
    if (by == "key") return "key_alias";
    if (by == "user") return "user_email";
    if (by == "team") return "team_alias";
    return "";
}

std::int64_t whole_of(const JsonNode& object, std::string_view name) {
    const auto* value = object.find(name);
    return value == nullptr ? 0 : json_integer(value->text).value_or(0);
}

void add(SpendSum& sum, const JsonNode& part, std::string_view label) {
    if (const auto* metrics = part.find("metrics")) {
        if (const auto* spend = metrics->find("spend"))
            sum.spend += parse_dollars(spend->text).value_or(0);
        sum.requests += whole_of(*metrics, "api_requests");
        sum.failed += whole_of(*metrics, "failed_requests");
        sum.tokens += whole_of(*metrics, "total_tokens");
    }
    if (const auto* metadata = part.find("metadata"); metadata != nullptr && sum.label.empty())
        sum.label = text_of(*metadata, label);
}

}  // namespace

std::vector<SpendSum> sum_days(const JsonNode& answer, std::string_view by) {
    std::map<std::string_view, SpendSum> sums;  // by the name's JSON
    const auto* days = answer.find("results");
    if (days == nullptr) return {};
    for (const auto& day : days->children) {
        const auto* breakdown = day.find("breakdown");
        const auto* parts = breakdown == nullptr ? nullptr : breakdown->find(part_of(by));
        if (parts == nullptr) continue;
        for (const auto& part : parts->children) add(sums[part.key], part, label_of(by));
    }
    std::vector<SpendSum> sorted;
    for (auto& [key, sum] : sums) {
        sum.name = decode_json_string(key).value_or("");
        sorted.push_back(std::move(sum));
    }
    std::ranges::sort(sorted, [](const SpendSum& a, const SpendSum& b) {
        return a.spend != b.spend ? a.spend > b.spend : a.name < b.name;
    });
    return sorted;
}

}  // namespace tollweir::admin_cli
