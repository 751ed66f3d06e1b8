#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tollweir/config/s3_config.hpp"
#include "tollweir/core/secret.hpp"

namespace tollweir {

enum class CacheType : std::uint8_t {
    local,
    redis,
    redis_semantic,
    qdrant_semantic,
    s3,
    gcs,
    azure_blob,
    disk
};

/// What may be cached; LiteLLM names each also with an `a` before it.
enum class CachedCall : std::uint8_t {
    completion,
    text_completion,
    embedding,
    transcription,
    rerank,
    responses
};

struct SemanticCacheConfig {
    double threshold = 0;  // likeness from 0 to 1 that counts as equal
    std::string embedding_model = "text-embedding-ada-002";
    std::string index;  // of Redis, or the collection of Qdrant
    std::string qdrant_api_base;
    Secret qdrant_api_key;
    std::string qdrant_quantization;  // `binary`, `scalar`, `product`; empty: none

    friend bool operator==(const SemanticCacheConfig&, const SemanticCacheConfig&) = default;
};

/// The response cache; `litellm_settings.cache` and `cache_params`. Redis itself: RedisConfig.
struct CacheConfig {
    using Milliseconds = std::chrono::milliseconds;

    bool is_enabled = false;
    CacheType type = CacheType::local;
    std::optional<Milliseconds> ttl;  // nothing: by the kind of store
    Milliseconds memory_ttl{600'000};
    Milliseconds redis_ttl{60'000};
    Milliseconds redis_miss_ttl{10'000};  // default_redis_batch_cache_expiry
    std::string key_prefix;               // `namespace`
    bool is_shared = false;               // serves every team
    bool only_on_request = false;         // `mode: default_off`
    std::vector<CachedCall> calls = {CachedCall::completion, CachedCall::text_completion,
                                     CachedCall::embedding,  CachedCall::transcription,
                                     CachedCall::rerank,     CachedCall::responses};
    bool keys_hold_provider_params = false;
    bool caches_keys_in_redis = false;  // enable_redis_auth_cache
    std::optional<std::int64_t> redis_flush_size;
    std::vector<std::vector<std::string>> shared_by_groups;  // router_settings.caching_groups

    SemanticCacheConfig semantic;
    S3Config s3;
    std::string gcs_bucket;
    std::string gcs_path;
    std::string gcs_credentials_file;
    std::string azure_account_url;
    std::string azure_container;
    std::string disk_dir;

    friend bool operator==(const CacheConfig&, const CacheConfig&) = default;
};

}  // namespace tollweir
