#include <algorithm>
#include <array>

#include "config/scalar.hpp"
#include "config/setting_readers.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 8> kTypes = {
    "local", "redis", "redis-semantic", "qdrant-semantic", "s3", "gcs", "azure-blob", "disk"};
constexpr std::array<std::string_view, 2> kModes = {"default_on", "default_off"};
constexpr std::array<std::string_view, 6> kCalls = {
    "completion", "text_completion", "embedding", "transcription", "rerank", "responses"};

/// LiteLLM names the asynchronous form of each call too: `acompletion`.
std::optional<CachedCall> parse_call(std::string_view name) {
    for (std::size_t i = 0; i < kCalls.size(); ++i)
        if (name == kCalls[i] || (name.starts_with('a') && name.substr(1) == kCalls[i]))
            return static_cast<CachedCall>(i);
    return std::nullopt;
}

std::vector<CachedCall> read_calls(const Section& params) {
    std::vector<CachedCall> calls;
    for (const auto& name : params.texts("supported_call_types")) {
        const auto call = parse_call(name);
        if (!call) {
            const std::vector<std::string_view> names(kCalls.begin(), kCalls.end());
            params.error("supported_call_types", "no call of that kind is cached: `" +
                                                     name.substr(0, 60) + "`" +
                                                     did_you_mean(name, names));
        } else if (std::ranges::find(calls, *call) == calls.end()) {
            calls.push_back(*call);
        }
    }
    return calls;
}

SemanticCacheConfig read_semantic(const Section& params, CacheType type) {
    const bool is_qdrant = type == CacheType::qdrant_semantic;
    SemanticCacheConfig semantic;
    const auto threshold = params.number("similarity_threshold", 0, 1);
    const bool is_semantic = is_qdrant || type == CacheType::redis_semantic;
    if (is_semantic && !threshold && params.find("similarity_threshold") == nullptr)
        params.error("similarity_threshold", "is missing: a semantic cache needs it");
    semantic.threshold = threshold.value_or(0);
    const auto of_redis = params.text("redis_semantic_cache_embedding_model");
    const auto of_qdrant = params.text("qdrant_semantic_cache_embedding_model");
    set_from(is_qdrant ? of_qdrant : of_redis, semantic.embedding_model);
    const auto index = params.text("redis_semantic_cache_index_name");
    const auto collection = params.text("qdrant_collection_name");
    semantic.index = (is_qdrant ? collection : index).value_or("");
    semantic.qdrant_api_base = params.url("qdrant_api_base").value_or("");
    semantic.qdrant_api_key = params.secret("qdrant_api_key");
    semantic.qdrant_quantization = params.text("qdrant_quantization_config").value_or("");
    return semantic;
}

void read_stores(const Section& params, CacheConfig& cache) {
    cache.s3 = read_s3(params);
    cache.gcs_bucket = params.text("gcs_bucket_name").value_or("");
    cache.gcs_path = params.text("gcs_path").value_or("");
    cache.gcs_credentials_file = params.text("gcs_path_service_account").value_or("");
    cache.azure_account_url = params.url("azure_account_url").value_or("");
    cache.azure_container = params.text("azure_blob_container").value_or("");
    cache.disk_dir = params.text("disk_cache_dir").value_or("");
}

std::vector<std::vector<std::string>> read_group_sets(const Section& router) {
    std::vector<std::vector<std::string>> sets;
    const Node* list = router.list("caching_groups");
    if (list == nullptr) return sets;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        const Node& item = list->items[i];
        std::vector<std::string> names;
        for (const auto& name : item.items)
            if (auto text = as_text(name)) names.push_back(std::move(*text));
        if (item.kind == Node::Kind::list && names.size() == item.items.size()) {
            sets.push_back(std::move(names));
        } else {
            router.findings().error(item.at, item_path(router.path("caching_groups"), i),
                                    "expected a list of groups, found " + describe(item));
        }
    }
    return sets;
}

}  // namespace

S3Config read_s3(const Section& params) {
    S3Config s3;
    s3.bucket = params.text("s3_bucket_name").value_or("");
    s3.region = params.text("s3_region_name").value_or("");
    s3.endpoint = params.url("s3_endpoint_url").value_or("");
    s3.api_version = params.text("s3_api_version").value_or("");
    set_from(params.boolean("s3_use_ssl"), s3.use_tls);
    if (const Node* verify = params.find("s3_verify")) {
        const auto word = verify->is_scalar() ? parse_boolean_word(verify->text) : std::nullopt;
        s3.verify_tls = word.value_or(true);
        if (!word) s3.ca_file = params.text("s3_verify").value_or("");
    }
    s3.access_key_id = params.secret("s3_aws_access_key_id");
    s3.secret_access_key = params.secret("s3_aws_secret_access_key");
    s3.session_token = params.secret("s3_aws_session_token");
    s3.role_name = params.text("s3_aws_role_name").value_or("");
    s3.session_name = params.text("s3_aws_session_name").value_or("");
    s3.path = params.text("s3_path").value_or("");
    return s3;
}

CacheConfig read_cache(const LoadContext& context) {
    const Section litellm = section_of(context, "litellm_settings");
    const Section router = section_of(context, "router_settings");
    const Section general = section_of(context, "general_settings");
    const Section params = litellm.section("cache_params");
    CacheConfig cache;
    const auto of_general = general.boolean("cache_responses");
    const auto of_router = router.boolean("cache_responses");
    cache.is_enabled =
        litellm.boolean("cache").value_or(of_router.value_or(false) || of_general.value_or(false));
    // LiteLLM takes Redis where nothing is said, and memory where something else is.
    cache.type = params.present() ? CacheType::local : CacheType::redis;
    if (!params.present() && of_general.value_or(false) && !read_redis(context).is_configured())
        cache.type = CacheType::local;
    set_from(params.choice<CacheType>("type", kTypes), cache.type);
    cache.ttl = params.duration("ttl", milliseconds(1));
    const auto foreign_ttl = general.duration("cache_ttl", milliseconds(1));
    if (!cache.ttl) cache.ttl = foreign_ttl;
    set_from(litellm.duration("default_in_memory_ttl", milliseconds(1)), cache.memory_ttl);
    set_from(litellm.duration("default_redis_ttl", milliseconds(1)), cache.redis_ttl);
    set_from(litellm.duration("default_redis_batch_cache_expiry", milliseconds(0)),
             cache.redis_miss_ttl);
    cache.key_prefix = params.text("namespace").value_or("");
    set_from(params.boolean("shared"), cache.is_shared);
    cache.only_on_request = params.one_of("mode", kModes).value_or(0) == 1;
    if (params.list("supported_call_types") != nullptr) cache.calls = read_calls(params);
    set_from(litellm.boolean("enable_caching_on_provider_specific_optional_params"),
             cache.keys_hold_provider_params);
    set_from(litellm.boolean("enable_redis_auth_cache"), cache.caches_keys_in_redis);
    cache.redis_flush_size = params.limit("redis_flush_size");
    cache.shared_by_groups = read_group_sets(router);
    cache.semantic = read_semantic(params, cache.type);
    read_stores(params, cache);
    return cache;
}

}  // namespace tollweir
