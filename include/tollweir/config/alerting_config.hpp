#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tollweir/core/calendar.hpp"
#include "tollweir/core/secret.hpp"

namespace tollweir {

enum class AlertChannel : std::uint8_t { slack, email, webhook, pagerduty };

/// Gathers alerts of a type; `general_settings.alert_type_config`.
struct AlertDigest {
    std::string type;
    bool is_on = false;
    std::chrono::milliseconds interval{86'400'000};

    friend bool operator==(const AlertDigest&, const AlertDigest&) = default;
};

/// Of `general_settings`, and `router_settings.alerting_config`.
struct AlertingConfig {
    using Milliseconds = std::chrono::milliseconds;

    std::vector<AlertChannel> channels;
    Milliseconds slow_after{300'000};                                   // alerting_threshold
    std::optional<std::vector<std::string>> types;                      // nothing: the usual ones
    std::vector<std::pair<std::string, std::vector<Secret>>> webhooks;  // by type
    Secret router_webhook;  // alerting_config.webhook_url
    std::vector<AlertDigest> digests;
    std::optional<BudgetDuration> spend_report_frequency;

    Milliseconds daily_report_frequency{43'200'000};
    Milliseconds report_check_interval{300'000};
    Milliseconds budget_alert_ttl{86'400'000};
    Milliseconds outage_alert_ttl{60'000};
    Milliseconds region_outage_alert_ttl{60'000};
    std::int64_t minor_outage_threshold = 5;
    std::int64_t major_outage_threshold = 10;
    std::int64_t max_outage_list_size = 10;
    bool logs_alerts = false;  // log_to_console

    friend bool operator==(const AlertingConfig&, const AlertingConfig&) = default;
};

}  // namespace tollweir
