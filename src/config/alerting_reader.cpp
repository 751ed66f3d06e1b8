#include <algorithm>
#include <array>

#include "config/setting_readers.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSecond{1000};
constexpr std::array<std::string_view, 4> kChannels = {"slack", "email", "webhook", "pagerduty"};

// Source: spec/data-plane.md, 12.5.
constexpr std::array<std::string_view, 22> kTypes = {
    "llm_exceptions",        "llm_too_slow",
    "llm_requests_hanging",  "budget_alerts",
    "spend_reports",         "failed_tracking_spend",
    "db_exceptions",         "daily_reports",
    "cooldown_deployment",   "new_model_added",
    "outage_alerts",         "region_outage_alerts",
    "fallback_reports",      "new_virtual_key_created",
    "virtual_key_updated",   "virtual_key_deleted",
    "new_team_created",      "team_updated",
    "team_deleted",          "new_internal_user_created",
    "internal_user_updated", "internal_user_deleted"};

void check_type(const Section& general, std::string_view key, const std::string& type) {
    if (std::ranges::find(kTypes, type) != kTypes.end()) return;
    const std::vector<std::string_view> names(kTypes.begin(), kTypes.end());
    general.warn(key,
                 "no alert is called `" + type.substr(0, 60) + "`" + did_you_mean(type, names));
}

std::vector<AlertChannel> read_channels(const Section& general) {
    std::vector<AlertChannel> channels;
    for (const auto& name : general.texts_or_one("alerting")) {
        const auto* found = std::ranges::find(kChannels, name);
        if (found == kChannels.end()) {
            const std::vector<std::string_view> names(kChannels.begin(), kChannels.end());
            general.error("alerting", "alerts go to slack, email, webhook or pagerduty, found `" +
                                          name.substr(0, 60) + "`" + did_you_mean(name, names));
        } else {
            channels.push_back(static_cast<AlertChannel>(found - kChannels.begin()));
        }
    }
    return channels;
}

std::vector<std::pair<std::string, std::vector<Secret>>> read_webhooks(const Section& general) {
    std::vector<std::pair<std::string, std::vector<Secret>>> webhooks;
    const Section map = general.section("alert_to_webhook_url");
    for (const auto& entry : map.entries()) {
        check_type(general, "alert_to_webhook_url", entry.key);
        std::vector<Secret> urls;
        for (auto& url : map.texts_or_one(entry.key)) urls.emplace_back(std::move(url));
        webhooks.emplace_back(entry.key, std::move(urls));
    }
    return webhooks;
}

std::vector<AlertDigest> read_digests(const Section& general) {
    std::vector<AlertDigest> digests;
    const Section map = general.section("alert_type_config");
    for (const auto& entry : map.entries()) {
        check_type(general, "alert_type_config", entry.key);
        const Section fields = map.entry(entry.key);
        AlertDigest digest{entry.key, fields.boolean("digest").value_or(false)};
        set_from(fields.duration("digest_interval", kSecond), digest.interval);
        digests.push_back(std::move(digest));
    }
    return digests;
}

void read_args(const Section& args, AlertingConfig& alerting) {
    set_from(args.duration("daily_report_frequency", kSecond), alerting.daily_report_frequency);
    set_from(args.duration("report_check_interval", kSecond), alerting.report_check_interval);
    set_from(args.duration("budget_alert_ttl", kSecond), alerting.budget_alert_ttl);
    set_from(args.duration("outage_alert_ttl", kSecond), alerting.outage_alert_ttl);
    set_from(args.duration("region_outage_alert_ttl", kSecond), alerting.region_outage_alert_ttl);
    set_from(args.limit("minor_outage_alert_threshold"), alerting.minor_outage_threshold);
    set_from(args.limit("major_outage_alert_threshold"), alerting.major_outage_threshold);
    set_from(args.limit("max_outage_alert_list_size"), alerting.max_outage_list_size);
    set_from(args.boolean("log_to_console"), alerting.logs_alerts);
}

}  // namespace

AlertingConfig read_alerting(const LoadContext& context) {
    const Section general = section_of(context, "general_settings");
    const Section router = section_of(context, "router_settings").section("alerting_config");
    AlertingConfig alerting;
    alerting.channels = read_channels(general);
    set_from(router.duration("alerting_threshold", milliseconds(1)), alerting.slow_after);
    set_from(general.duration("alerting_threshold", milliseconds(1)), alerting.slow_after);
    if (general.list("alert_types") != nullptr) {
        alerting.types = general.texts("alert_types");
        for (const auto& type : *alerting.types) check_type(general, "alert_types", type);
    }
    alerting.webhooks = read_webhooks(general);
    alerting.router_webhook = router.secret("webhook_url");
    alerting.digests = read_digests(general);
    alerting.spend_report_frequency = general.period("spend_report_frequency");
    read_args(general.section("alerting_args"), alerting);
    return alerting;
}

}  // namespace tollweir
