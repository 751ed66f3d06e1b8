#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tollweir/core/money.hpp"
#include "tollweir/core/price_table.hpp"
#include "tollweir/core/shared_value.hpp"

namespace tollweir {

/// What is added to a provider's cost; `litellm_settings.cost_margin_config`.
struct CostMargin {
    std::string provider;  // `global`: those without one of their own
    Billionths share = 0;
    Picodollars fixed = 0;  // a request

    friend bool operator==(const CostMargin&, const CostMargin&) = default;
};

/// What is taken off a provider's cost; `litellm_settings.cost_discount_config`.
struct CostDiscount {
    std::string provider;
    Billionths share = 0;

    friend bool operator==(const CostDiscount&, const CostDiscount&) = default;
};

/// How spend is booked and for how long its rows are kept.
struct SpendConfig {
    using Milliseconds = std::chrono::milliseconds;

    bool writes_logs = true;                // `disable_spend_logs: true` clears it
    bool writes_updates = true;             // `disable_spend_updates`
    bool logs_errors = true;                // `disable_error_logs`
    bool resets_budgets = true;             // `disable_reset_budget`
    bool stores_prompts = false;            // `store_prompts_in_spend_logs`
    std::optional<Milliseconds> retention;  // rows older than it go; nothing: kept
    Milliseconds retention_interval{86'400'000};
    std::string cleanup_cron;  // instead of the interval; a line that parse_cron takes
    std::size_t cleanup_batch_rows = 1'000;  // SPEND_LOG_CLEANUP_BATCH_SIZE
    std::size_t cleanup_batches = 500;       // a run; SPEND_LOG_RUN_LOOPS

    std::vector<CostDiscount> discounts;
    std::vector<CostMargin> margins;

    std::vector<std::string> tag_headers;  // `extra_spend_tag_headers`, lower case
    bool tags_user_agent = true;   // `disable_add_user_agent_to_request_tags: true` clears it
    bool tracks_end_users = true;  // `disable_end_user_cost_tracking: true` clears it

    /// tollweir_settings.model_prices: rows of the operator's own, in front of the built-in ones;
    /// null: none.
    SharedValue<PriceFile> own_prices;
    std::string price_map_url;  // LITELLM_MODEL_COST_MAP_URL: read on request; empty: none

    /// tollweir_settings.journal: the folder of the spend journal.
    std::string journal_dir = "./data/journal";

    friend bool operator==(const SpendConfig&, const SpendConfig&) = default;
};

}  // namespace tollweir
