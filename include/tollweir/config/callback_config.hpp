#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tollweir/config/s3_config.hpp"
#include "tollweir/core/secret.hpp"

namespace tollweir {

/// Options of one callback; a member of `callback_settings`.
struct CallbackSettings {
    enum class LogFormat : std::uint8_t { json_array, ndjson, single };

    std::string name;
    std::string type;  // `generic_api`: posts to `endpoint`
    bool sends_messages = true;
    std::string endpoint;
    std::vector<std::pair<std::string, Secret>> headers;
    bool on_success = true;
    bool on_failure = true;
    LogFormat format = LogFormat::json_array;
    std::optional<std::int64_t> batch_size;
    std::optional<std::chrono::milliseconds> flush_interval;
    std::string others_json = "{}";  // keys of its own

    friend bool operator==(const CallbackSettings&, const CallbackSettings&) = default;
};

/// The S3 logger's options beyond its bucket.
struct S3LogConfig {
    S3Config target;
    bool team_prefix = false;
    bool key_prefix = false;
    bool strips_files = false;
    bool virtual_hosted_style = false;
    std::optional<std::int64_t> batch_size;
    std::optional<std::chrono::milliseconds> flush_interval;

    friend bool operator==(const S3LogConfig&, const S3LogConfig&) = default;
};

struct SqsLogConfig {
    std::string queue_url;
    std::string region;
    std::string endpoint;
    Secret access_key_id;
    Secret secret_access_key;
    Secret session_token;
    std::string role_name;
    std::string session_name;
    std::optional<std::int64_t> batch_size;
    std::optional<std::chrono::milliseconds> flush_interval;

    friend bool operator==(const SqsLogConfig&, const SqsLogConfig&) = default;
};

/// Langfuse's credentials, from the file or LANGFUSE_*.
struct LangfuseConfig {
    Secret public_key;
    Secret secret_key;
    std::string host;
    std::vector<std::string> default_tags;

    friend bool operator==(const LangfuseConfig&, const LangfuseConfig&) = default;
};

/// Who gets a record of each call, and what is left out of it; of `litellm_settings`.
struct CallbackConfig {
    using Milliseconds = std::chrono::milliseconds;

    std::vector<std::string> success;  // `callbacks` are in both
    std::vector<std::string> failure;
    std::vector<std::string> service;
    std::vector<CallbackSettings> settings;

    bool hides_messages = false;            // turn_off_message_logging
    bool hides_users = false;               // redact_user_api_key_info
    bool hides_messages_in_errors = false;  // redact_messages_in_exceptions
    bool logs_raw = false;                  // log_raw_request_response
    bool ignores_no_log = false;            // global_disable_no_log_param
    bool skips_streams = false;             // disable_streaming_logging
    bool stores_audit_logs = false;         // store_audit_logs

    std::int64_t batch_size = 512;          // DEFAULT_BATCH_SIZE
    Milliseconds flush_interval{5'000};     // DEFAULT_FLUSH_INTERVAL_SECONDS
    std::int64_t max_queue = 50'000;        // LOGGING_WORKER_MAX_QUEUE_SIZE
    std::int64_t max_base64_length = 64;    // MAX_BASE64_LENGTH_FOR_LOGGING
    std::int64_t max_prompt_length = 2048;  // MAX_STRING_LENGTH_PROMPT_IN_DB
    std::optional<std::int64_t> langsmith_batch_size;

    LangfuseConfig langfuse;
    S3LogConfig s3;
    SqsLogConfig sqs;
    std::vector<std::pair<std::string, Secret>> generic_headers;  // generic_logger_headers
    std::string datadog_json = "{}";                              // datadog_params
    std::string datadog_llm_json = "{}";  // datadog_llm_observability_params
    std::string gcs_json = "{}";          // gcs_callback_params

    friend bool operator==(const CallbackConfig&, const CallbackConfig&) = default;
};

}  // namespace tollweir
