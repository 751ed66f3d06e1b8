#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tollweir/core/completion_bound.hpp"
#include "tollweir/core/cost.hpp"
#include "tollweir/core/deployment_policy.hpp"
#include "tollweir/core/endpoint.hpp"
#include "tollweir/core/health.hpp"
#include "tollweir/core/hedging.hpp"
#include "tollweir/core/price.hpp"
#include "tollweir/core/price_field.hpp"
#include "tollweir/core/prompt_bound.hpp"
#include "tollweir/core/retry_budget.hpp"
#include "tollweir/core/routing_strategy.hpp"
#include "tollweir/core/secret.hpp"
#include "tollweir/core/shared_value.hpp"
#include "tollweir/core/token_count.hpp"

namespace tollweir {

class Provider;
struct TokenRecipe;
struct CellSet;

/// Where connections go and which may be shared: one pool of connections an origin.
struct Origin {
    bool tls = false;
    std::string host;  // lower case; an IPv6 address without brackets
    std::uint16_t port = 80;

    friend bool operator==(const Origin&, const Origin&) = default;
};

/// Value of the Host header: the port where it is not the scheme's own.
std::string host_header(const Origin& origin);

/// The first lines of an upstream request, made once a deployment and endpoint: everything but the
/// length of the body. `headers` are complete lines with CRLF; secret, never logged.
struct UpstreamHead {
    std::string path;  // absolute path with query
    std::string headers;
    std::string_view method = "POST ";  // with the blank behind it

    friend bool operator==(const UpstreamHead&, const UpstreamHead&) = default;
};

using SharedPrice = SharedValue<ModelPrice>;

/// Limits as counters. Which ones count a deployment is no part of what it is, so any two are
/// equal.
struct BoundCells : std::shared_ptr<const CellSet> {
    using std::shared_ptr<const CellSet>::shared_ptr;
    BoundCells(std::shared_ptr<const CellSet> cells) : shared_ptr(std::move(cells)) {}

    friend bool operator==(const BoundCells&, const BoundCells&) { return true; }
};

using JsonFields = std::vector<std::pair<std::string, std::string>>;  // name, JSON text

/// One model at one address with one credential. Immutable, part of the snapshot.
struct Deployment {
    std::string id;
    std::string group;         // `model_name`: the model group, or the pattern it came from
    std::string model;         // upstream's model without provider prefix; may hold `*`
    std::string model_string;  // `litellm_params.model` as written
    const Provider* provider = nullptr;
    bool wildcard = false;  // `group` is a pattern

    Origin origin;
    std::string api_base;    // for humans and headers: no userinfo, no query, no trailing slash
    std::string base_path;   // path of api_base, no trailing slash
    std::string base_query;  // query of api_base without `?`
    Secret api_key;
    // Where there is no key: a token of the configuration's, or how one is fetched (Azure).
    Secret access_token;
    std::shared_ptr<const TokenRecipe> token_recipe;
    std::string api_version;
    std::string organization;

    std::vector<std::pair<std::string, std::string>> extra_headers;
    JsonFields defaults;       // body fields set where the request does not name them
    JsonFields extra_body;     // body fields always set
    bool drop_params = false;  // with the global setting taken in
    std::vector<std::string> additional_drop_params;
    std::vector<std::string> allowed_openai_params;

    std::optional<std::string> mock_response;  // JSON text; no upstream is called
    std::chrono::milliseconds mock_delay{0};

    std::optional<std::chrono::milliseconds> timeout;         // whole answer that is not a stream
    std::optional<std::chrono::milliseconds> stream_timeout;  // first byte and each gap of a stream

    double weight = 0;  // the router's part of the file; 0: not given
    int order = 0;
    std::int64_t rpm = 0;
    std::int64_t tpm = 0;

    DeploymentPolicy policy;
    /// What the file states in place of the price table's row, each name once: prices of
    /// `litellm_params`, then prices, limits and abilities of `model_info`. All can be set.
    std::vector<PriceOverride> price_overrides;

    std::string mode;  // `model_info.mode`
    std::string base_model;
    std::string info_json = "{}";    // `model_info` as JSON, `id` included
    std::string params_json = "{}";  // `litellm_params` as JSON without secrets

    // Heads for a model without wildcard; filled by the snapshot from Provider::head.
    std::array<UpstreamHead, kEndpointCount> heads;
    std::shared_ptr<Health> health;

    // Filled in by the snapshot (config/price_book.hpp). Where `model` holds `*`, of what the file
    // states alone: Snapshot::price_for knows the model that was called.
    SharedPrice price;           // null: not known
    CostTerms cost_terms;        // of its provider
    TokenCounter token_counter;  // of `base_model`, else of `model`
    bool is_free = false;        // known to cost nothing
    // Its limits as counters, and its provider's; null: none were bound (Limiter::bind). The same
    // cells after a reload.
    BoundCells cells;

    friend bool operator==(const Deployment&, const Deployment&) = default;
};

/// How the tokens of a call are counted: where a wildcard leaves the model open, by the name that
/// the upstream was given.
TokenCounter token_counter_for(const Deployment& deployment, std::string_view upstream_model);

/// What clients name in `model`: deployments that may serve it.
struct ModelGroup {
    std::string name;  // or a pattern with `*`
    std::vector<const Deployment*> deployments;
    std::vector<std::string> access_groups = {};  // `model_info.access_groups` of any of them
    /// Of a group of groups, one a deployment; empty: the deployments' own attributes weigh.
    std::vector<double> weights = {};
    /// Every deployment is free: no budget is asked (spec/management-api.md 4.1).
    bool is_free = false;
    /// How long its answers are; lives on under the group's name when a reload replaces the group.
    /// Never null in a snapshot.
    std::shared_ptr<CompletionBound> bound = nullptr;
    /// The same of its prompts.
    std::shared_ptr<PromptBound> prompts = nullptr;
    /// What retries it may cause; likewise.
    std::shared_ptr<RetryBudget> retries = nullptr;
    /// Null: its streams are asked for once; likewise.
    std::shared_ptr<Hedging> hedging = nullptr;
    /// A stream that breaks goes on elsewhere.
    bool is_continued = false;
    StrategyTerms strategy = {};
};

}  // namespace tollweir
