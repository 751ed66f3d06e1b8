#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tollweir/core/calendar.hpp"
#include "tollweir/core/error_counts.hpp"
#include "tollweir/core/money.hpp"
#include "tollweir/core/pattern.hpp"
#include "tollweir/core/secret.hpp"

namespace tollweir {

/// A parameter that clients may bring themselves; `configurable_clientside_auth_params`.
struct ClientSideParam {
    std::string name;                // `api_key`, `api_base`
    std::optional<Pattern> pattern;  // of what they may say; nothing: anything

    friend bool operator==(const ClientSideParam&, const ClientSideParam&) = default;
};

/// What a deployment of Bedrock or SageMaker is called with; SigV4's inputs.
struct AwsAccess {
    Secret access_key_id;
    Secret secret_access_key;
    Secret session_token;
    Secret web_identity_token;  // or a reference `oidc/...`
    std::string region;
    std::string profile;
    std::string role;  // ARN to assume
    std::string session_name;
    std::string sts_endpoint;
    std::string external_id;
    std::string bedrock_endpoint;

    friend bool operator==(const AwsAccess&, const AwsAccess&) = default;
};

/// What a deployment of Vertex AI is called with.
struct VertexAccess {
    std::string project;
    std::string location;
    Secret credentials;  // a path, or the JSON of a service account

    friend bool operator==(const VertexAccess&, const VertexAccess&) = default;
};

/// How a deployment's tokens are counted; `model_info.custom_tokenizer`.
struct CustomTokenizer {
    std::string identifier;
    std::string revision;
    Secret auth_token;

    friend bool operator==(const CustomTokenizer&, const CustomTokenizer&) = default;
};

/// How a deployment is used, beyond where it is and what it is sent: of `litellm_params` and
/// `model_info`. Nothing and empty: the router's setting, or none.
struct DeploymentPolicy {
    using Milliseconds = std::chrono::milliseconds;

    std::optional<std::int64_t> num_retries;
    std::optional<std::int64_t> allowed_fails;
    ErrorCounts allowed_fails_by_error;
    std::optional<Milliseconds> cooldown_time;  // 0: never left out
    std::optional<std::int64_t> max_parallel_requests;

    std::optional<Picodollars> max_budget;
    std::optional<BudgetDuration> budget_duration;

    std::vector<std::string> tags;
    std::vector<Pattern> tag_patterns;  // over `User-Agent: ...`
    std::string region;
    std::string silent_model;  // a group that gets a copy of each request
    std::vector<std::string> access_groups;
    std::string team_id;  // the only team that sees it, under the name:
    std::string team_public_model_name;
    std::string tier;  // `free`, `paid`

    std::vector<ClientSideParam> client_side_params;
    bool use_in_pass_through = false;
    bool modify_params = false;  // with the global setting taken in
    bool merge_reasoning = false;
    bool mock_timeout = false;
    std::optional<std::size_t> max_file_bytes;
    std::string data_sources_json;  // Azure's `dataSources`; empty: none

    std::optional<std::int64_t> max_tokens;
    std::optional<std::int64_t> max_input_tokens;
    std::optional<std::int64_t> max_output_tokens;

    std::string health_check_model;
    std::string health_check_voice;
    std::optional<Milliseconds> health_check_timeout;
    bool background_health_check = true;  // `disable_background_health_check: true` clears it

    std::string watsonx_region;
    std::shared_ptr<const AwsAccess> aws;        // null: none of it is given
    std::shared_ptr<const VertexAccess> vertex;  // likewise
    std::shared_ptr<const CustomTokenizer> tokenizer;

    friend bool operator==(const DeploymentPolicy&, const DeploymentPolicy&) = default;
};

}  // namespace tollweir
