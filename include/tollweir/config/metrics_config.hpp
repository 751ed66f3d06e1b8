#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace tollweir {

/// An item of `litellm_settings.prometheus_metrics_config`.
struct MetricsGroup {
    std::string name;
    std::vector<std::string> metrics;
    std::vector<std::string> labels;  // empty: all of theirs

    friend bool operator==(const MetricsGroup&, const MetricsGroup&) = default;
};

/// What /metrics shows; of `litellm_settings`.
struct MetricsConfig {
    std::vector<MetricsGroup> groups;          // empty: every metric
    std::vector<std::string> metadata_labels;  // `metadata.team_tier`
    std::vector<std::string> tag_labels;
    bool shows_budgets_at_start = false;
    bool shows_end_users = false;
    std::chrono::minutes budget_refresh{5};

    friend bool operator==(const MetricsConfig&, const MetricsConfig&) = default;
};

}  // namespace tollweir
